import { describe, expect, test } from 'vitest'
import { parsePostsuper } from './postsuper.js'

describe('[J2] the command line of postsuper', () => {
  test.each([
    ['-d ALL', [['delete', 'ALL']], undefined],
    ['-dABC', [['delete', 'ABC']], undefined],
    [
      '-h A -H B -r -',
      [
        ['hold', 'A'],
        ['release', 'B'],
        ['requeue', '-'],
      ],
      undefined,
    ],
    ['-d ALL deferred hold', [['delete', 'ALL']], ['deferred', 'hold']],
    ['-s -p', [], undefined],
  ])('%s', (line, steps, queues) => {
    expect(parsePostsuper(line.split(' '))).toEqual({
      kind: 'steps',
      steps: steps.map(([operation, target]) => ({ operation, target })),
      queues: queues ?? ['hold', 'incoming', 'active', 'deferred'],
    })
  })

  test.each([
    ['-x', 'there is no option -x'],
    ['-d', 'option -d needs a queue id, ALL, or -'],
    ['-d ALL somewhere', 'invalid directory name: somewhere; known are hold, incoming, active, deferred'],
  ])('%s', (line, sentence) => {
    expect(parsePostsuper(line.split(' '))).toEqual({ kind: 'wrong', sentence })
  })
})
