import { fromLatin1 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { Boundaries } from './boundaries.js'

function match(open: readonly string[], line: string): string | undefined {
  const boundaries = new Boundaries<string>(80, 1_024)
  for (const boundary of open) boundaries.open(boundary, boundary)
  const found = boundaries.match(fromLatin1(line), 0, line.length)
  return found && `${found.owner}${found.isClose ? ' closes' : ''}`
}

describe('a delimiter line (RFC 2046 §5.1.1)', () => {
  test.each([
    ['a boundary', ['b'], '--b\r\n', 'b'],
    ['its close', ['b'], '--b--\r\n', 'b closes'],
    ['padding', ['b'], '--b \t\r\n', 'b'],
    ['something after it', ['b'], '--bc\r\n', 'b'],
    ['another word', ['b'], '--c\r\n', undefined],
    ['too short', ['bb'], '--b\r\n', undefined],
    ['any open level', ['a', 'b', 'c'], '--a\r\n', 'a'],
    ['the longest that matches', ['bb', 'b'], '--bb\r\n', 'bb'],
    ['a boundary that ends like a close', ['b', 'b--'], '--b--\r\n', 'b--'],
    ['the close of such a one', ['b', 'b--'], '--b----\r\n', 'b-- closes'],
  ])('%s', (_, open, line, expected) => {
    expect(match(open, line)).toBe(expected)
  })

  test('a closed level is forgotten with those within, and one it hid shows again', () => {
    const boundaries = new Boundaries<number>(80, 1_024)
    const line = fromLatin1('--b\r\n')
    boundaries.open('b', 1)
    boundaries.open('b', 2)
    boundaries.open('c', 3)
    expect(boundaries.match(line, 0, line.length)?.owner).toBe(2)
    boundaries.closeFrom(2)
    expect(boundaries.match(line, 0, line.length)?.owner).toBe(1)
    expect(boundaries.match(fromLatin1('--c\r\n'), 0, 5)).toBeUndefined()
    boundaries.closeFrom(3)
    boundaries.closeFrom(1)
    expect(boundaries.isEmpty).toBe(true)
  })
})
