import { describe, expect, test } from 'vitest'
import { apopArguments, userName } from './user-name.js'

describe('userName', () => {
  test.each([
    ['robin', 'robin'],
    ['robin@example.com', 'robin@example.com'],
    ['nested user', 'nested user'],
    ['j\xc3\xb6rg', 'jörg'],
  ])('%j', (octets, name) => {
    expect(userName(octets)).toBe(name)
  })

  test.each(['', 'j\xf6rg', 'a\tb', 'a\rb', 'a\x7fb', 'a\xc2\x85b', '\xed\xa0\x80'])('refused: %j', (octets) => {
    expect(userName(octets)).toBeUndefined()
  })
})

describe('apopArguments', () => {
  const digest = 'c4c9334bac560ecc979e58001b3e22fb'

  test('the example of RFC 1939 §7', () => {
    expect(apopArguments(`mrose ${digest}`)).toEqual({ user: 'mrose', digest })
  })

  test('a name may have a space', () => {
    expect(apopArguments(`nested user ${digest}`)).toEqual({ user: 'nested user', digest })
  })

  test.each([
    '',
    'mrose',
    digest,
    ` ${digest}`,
    `mrose ${digest.toUpperCase()}`,
    `mrose ${digest}0`,
    `mrose ${digest.slice(1)}`,
    `mrose ${digest} `,
    `m\xffrose ${digest}`,
  ])('refused: %j', (octets) => {
    expect(apopArguments(octets)).toBeUndefined()
  })
})
