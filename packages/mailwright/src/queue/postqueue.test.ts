import { describe, expect, test } from 'vitest'
import { parsePostqueue } from './postqueue.js'

describe('[J3] the command line of postqueue', () => {
  test.each([
    [['-p'], { kind: 'list', form: 'lines' }],
    [['-pv'], { kind: 'list', form: 'lines' }],
    [['-v', '-j'], { kind: 'list', form: 'json' }],
    [['-f'], { kind: 'flush', only: {} }],
    [['-i', 'BE6B52240CE'], { kind: 'flush', only: { id: 'BE6B52240CE' } }],
    [['-iBE6B52240CE'], { kind: 'flush', only: { id: 'BE6B52240CE' } }],
    [['-s', 'one.example'], { kind: 'flush', only: { site: 'one.example' } }],
    [['-s', '[192.0.2.1]'], { kind: 'flush', only: { site: '[192.0.2.1]' } }],
  ])('%j', (args, expected) => {
    expect(parsePostqueue(args)).toEqual(expected)
  })

  test.each([
    [['-i', 'x!'], 'Cannot flush queue ID - invalid name: "x!"'],
    [['-s', 'bad site'], 'Cannot flush mail queue - invalid destination: "bad site"'],
    [['-s', 'a\nb'], 'Cannot flush mail queue - invalid destination: "a?b"'],
  ])('%j is refused', (args, sentence) => {
    expect(parsePostqueue(args)).toEqual({ kind: 'wrong', sentence })
  })

  test.each([[[]], [['-z']], [['-s']], [['-i']], [['-f', '-p']], [['-p', 'x']], [['-']]])('%j: usage', (args) => {
    expect(parsePostqueue(args)).toMatchObject({
      kind: 'wrong',
      sentence: expect.stringMatching(/^usage: postqueue -f/),
    })
  })
})
