import { describe, expect, test } from 'vitest'
import { ComplianceFailure, check } from './check.js'

describe('equal', () => {
  const same: readonly (readonly [string, unknown, unknown])[] = [
    ['numbers', 1, 1],
    ['NaN', Number.NaN, Number.NaN],
    ['plain objects in any order of members', { a: 1, b: [2] }, { b: [2], a: 1 }],
    ['an absent and an undefined member', { a: 1 }, { a: 1, b: undefined }],
    ['a typed array and an array', Uint32Array.of(1, 2), [1, 2]],
    ['typed arrays of two kinds', Uint8Array.of(1), Float64Array.of(1)],
    ['empty lists', new Uint32Array(0), []],
  ]
  test.each(same)('holds for %s', (_, one, other) => {
    expect(check.equal(one, other, 'claim')).toBeUndefined()
  })

  const different: readonly (readonly [string, unknown, unknown, string])[] = [
    ['values', 1, 2, 'claim: expected 2, found 1'],
    ['kinds of value', '1', 1, 'claim: expected 1, found "1"'],
    ['null and undefined', null, undefined, 'claim: expected undefined, found null'],
    ['members', { a: { b: 1 } }, { a: { b: 2 } }, 'claim: at a.b expected 2, found 1'],
    ['a member too many', { a: 1, b: 2 }, { a: 1 }, 'claim: at b expected undefined, found 2'],
    ['a member too few', {}, { a: 1 }, 'claim: at a expected 1, found undefined'],
    ['entries', [1, 2], [1, 3], 'claim: at [1] expected 3, found 2'],
    ['lengths', Uint32Array.of(7), [7, 8], 'claim: expected 2 entries, found 1: expected [7,8], found [7]'],
    ['a list and an object', [], {}, 'claim: expected {}, found []'],
  ]
  test.each(different)('tells where %s differ', (_, actual, expected, message) => {
    expect(() => check.equal(actual, expected, 'claim')).toThrow(new ComplianceFailure(message))
  })

  test('shows no more of a long value than helps', () => {
    const long = new Uint8Array(3_000_000)
    const longer = new Uint8Array(3_000_001)
    let message = ''
    try {
      check.equal(long, longer, 'octets')
    } catch (failure) {
      message = String(failure)
    }
    expect(message).toContain('expected 3000001 entries, found 3000000')
    expect(message.length).toBeLessThan(1_200)
  })
})

describe('ok', () => {
  test('holds for true', () => {
    expect(check.ok(true, 'claim')).toBeUndefined()
  })

  test('repeats its claim', () => {
    expect(() => check.ok(false, 'UIDs ascend')).toThrow('UIDs ascend: not so')
  })
})

describe('rejects', () => {
  test('answers the reason', async () => {
    const reason = new Error('gone')
    expect(await check.rejects(Promise.reject(reason), 'claim')).toBe(reason)
  })

  test('answers a reason that is undefined', async () => {
    expect(await check.rejects(Promise.reject(undefined), 'claim')).toBeUndefined()
  })

  test('fails for a promise that resolves', async () => {
    await expect(check.rejects(Promise.resolve({ kind: 'done' }), 'claim')).rejects.toThrow(
      'claim: it resolved with {"kind":"done"}',
    )
  })
})

describe('kind', () => {
  test('narrows to the kind', () => {
    const result: { kind: 'created'; mailbox: number } | { kind: 'exists' } = JSON.parse(
      '{"kind":"created","mailbox":7}',
    )
    expect(check.kind(result, 'created', 'claim').mailbox).toBe(7)
  })

  test('fails for another kind', () => {
    const result: { kind: 'created' } | { kind: 'exists' } = JSON.parse('{"kind":"exists"}')
    expect(() => check.kind(result, 'created', 'claim')).toThrow(
      'claim: expected kind "created", found {"kind":"exists"}',
    )
  })
})
