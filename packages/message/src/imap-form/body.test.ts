import { HostError } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { bodyFromBodyStructure, rev1BodyStructure } from './body.js'

const text = '"TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1152 23'
// RFC 9051 §7.5.2
const attachment =
  '"TEXT" "PLAIN" ("CHARSET" "US-ASCII" "NAME" "cc.diff") "<960723163407.20117h@cac.washington.edu>" "Compiler diff" "BASE64" 4554 73'
const envelope = '(NIL "s ) (" (("x" NIL "a" "b")) NIL NIL NIL NIL NIL NIL NIL)'

describe('BODY of a BODYSTRUCTURE', () => {
  test.each([
    ['text', `(${text} NIL NIL NIL NIL)`, `(${text})`],
    ['text without extension data', `(${text})`, `(${text})`],
    ['text with some', `(${text} "md5" ("inline" NIL))`, `(${text})`],
    ['extensions nobody defined yet', `(${text} NIL NIL NIL NIL (1 ("x" NIL)) 7)`, `(${text})`],
    [
      'a multipart (RFC 9051 §7.5.2)',
      `((${text} NIL NIL NIL NIL)(${attachment} NIL ("attachment" ("filename" "a)b")) ("en" "de") NIL) "MIXED" ("boundary" "x") NIL NIL NIL)`,
      `((${text})(${attachment}) "MIXED")`,
    ],
    [
      'something basic',
      '("IMAGE" "PNG" NIL NIL NIL "BASE64" 9 NIL NIL NIL NIL)',
      '("IMAGE" "PNG" NIL NIL NIL "BASE64" 9)',
    ],
    [
      'an enclosed message',
      `("message" "rfc822" NIL NIL NIL "7bit" 9 ${envelope} ((${text} NIL NIL NIL NIL) "mixed" NIL NIL NIL NIL) 4 NIL NIL NIL NIL)`,
      `("message" "rfc822" NIL NIL NIL "7bit" 9 ${envelope} ((${text}) "mixed") 4)`,
    ],
    [
      'literals that look like structure',
      '("text" {5}\r\nplain ({4}\r\nna"e {3}\r\n) () NIL NIL "7bit" 1 2 NIL ({2}\r\n)) NIL) NIL NIL)',
      '("text" {5}\r\nplain ({4}\r\nna"e {3}\r\n) () NIL NIL "7bit" 1 2)',
    ],
  ])('%s', (_, wire, expected) => {
    expect(bodyFromBodyStructure(wire)).toBe(expected)
  })

  test.each([
    '',
    '(',
    ')',
    '("text"',
    `(${text}`,
    `(${text} NIL))`,
    '("a" {9}\r\nb)',
    '("a" "b" NIL)',
    'NIL',
    '(("a")) "x"',
  ])('of what is none: %s', (wire) => {
    expect(() => bodyFromBodyStructure(wire)).toThrow(HostError)
  })

  test('nests as deep as it comes', () => {
    const depth = 50_000
    const wire = `${'('.repeat(depth)}(${text} NIL NIL NIL NIL)${' "mixed" NIL NIL NIL NIL)'.repeat(depth)}`
    expect(bodyFromBodyStructure(wire)).toBe(`${'('.repeat(depth)}(${text})${' "mixed")'.repeat(depth)}`)
  })
})

describe('BODYSTRUCTURE for RFC 3501', () => {
  const encloses = (subtype: string, body: string): string =>
    `("message" "${subtype}" NIL NIL NIL "8bit" 9 ${envelope} ${body} 4 NIL ("inline" NIL) NIL NIL)`
  const leaf = `(${text} NIL NIL NIL NIL)`
  const basic = '("message" "global" NIL NIL NIL "8bit" 9 NIL ("inline" NIL) NIL NIL)'

  test.each([
    ['an enclosed message/global is a part of basic type', encloses('global', leaf), basic],
    [
      'within others, which stay',
      `(${leaf}${encloses('rfc822', encloses('global', encloses('rfc822', leaf)))} "mixed" ("boundary" "x") NIL NIL NIL)`,
      `(${leaf}${encloses('rfc822', basic)} "mixed" ("boundary" "x") NIL NIL NIL)`,
    ],
    [
      'parameters and languages of those names',
      '("a" "b" ("message" "global" "x" "y") NIL NIL "7bit" 1 NIL NIL ("message" "global") NIL)',
      null,
    ],
    ['message/rfc822 alone', encloses('rfc822', leaf), null],
  ])('%s', (_, wire, expected) => {
    expect(rev1BodyStructure(wire)).toBe(expected ?? wire)
  })
})
