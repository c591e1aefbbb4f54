import { HostError } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badUserName, type UserNameRules, userNames } from './user-name.js'

describe('a login name in its normal form', () => {
  test.each<readonly [string, UserNameRules, string, string | null]>([
    ['is in lower case by default', {}, 'Bob@Example.COM', 'bob@example.com'],
    ['keeps its case with %u', { usernameFormat: '%u' }, 'Bob@Example.COM', 'Bob@Example.COM'],
    ['[E4] loses its domain with %Ln', { usernameFormat: '%Ln' }, 'VENTAS@MyMail.com', 'ventas'],
    ['[E4] may be its domain with %Ld', { usernameFormat: '%Ld' }, 'VENTAS@MyMail.com', 'mymail.com'],
    ['[E4] keeps a blank of the format', { usernameFormat: '%Lu %n' }, 'VENTAS@MyMail.com', 'ventas@mymail.com VENTAS'],
    ['[E4] takes other text as it is', { usernameFormat: '%d!%n%%x' }, 'a@b', 'b!a%x'],
    ['is split at the last @', { usernameFormat: '%n|%d' }, 'a@b@c', 'a@b|c'],
    ['without @ has no domain', { usernameFormat: '%n|%d' }, 'a', 'a|'],
    ['is qualified when it has no domain', { qualifyWith: 'Example.com' }, 'bob', 'bob@example.com'],
    ['is not qualified when it has one', { qualifyWith: 'example.com' }, 'bob@example.net', 'bob@example.net'],
    ['loses a local domain', { domains: ['Example.com'] }, 'bob@EXAMPLE.com', 'bob'],
    ['keeps another domain', { domains: ['example.com'] }, 'bob@example.net', 'bob@example.net'],
    ['folds ASCII letters only', {}, 'ÄB\u212a', 'Äb\u212a'],
    ['is none when the format leaves nothing', { usernameFormat: '%n' }, '@example.com', null],
    ['is none when the format leaves dots', { usernameFormat: '%n' }, '..@example.com', null],
    ['is none when it grows too long', { usernameFormat: '%u%u' }, 'x'.repeat(128), null],
    ['is none when it may not be a name', {}, 'a/b', null],
  ])('%s', (_, rules, login, expected) => {
    expect(userNames(rules).normalise(login)).toBe(expected)
  })

  test('is a name, whatever comes in', () => {
    const names = userNames({ usernameFormat: '%Ln', qualifyWith: 'example.com' })
    const codeUnits = fc.array(fc.nat(0xffff).map((unit) => String.fromCharCode(unit % 3 === 0 ? unit % 128 : unit)))
    fc.assert(
      fc.property(codeUnits, (units) => {
        const login = units.join('')
        const name = names.normalise(login)
        if (name !== null) expect(badUserName(name)).toBeNull()
      }),
    )
  })
})

describe('a name is refused', () => {
  test.each([
    ['', 'empty'],
    ['x'.repeat(256), 'tooLong'],
    ['ö'.repeat(128), 'tooLong'],
    ['a\0b', 'control'],
    ['a\r\nb', 'control'],
    ['a\u0085b', 'control'],
    ['a\u2028b', 'control'],
    ['\ud800', 'malformed'],
    ['../x', 'slash'],
    ['.', 'dots'],
    ['..', 'dots'],
  ] as const)('%j: %s', (name, reason) => {
    expect(badUserName(name)).toBe(reason)
  })

  test.each(['a', 'x'.repeat(255), 'user+ext@example.com', 'jürgen', '...', 'a b'])('but not %j', (name) => {
    expect(badUserName(name)).toBeNull()
  })
})

describe('names in the file', () => {
  test('are compared without case when the format folds case', () => {
    expect(userNames({ usernameFormat: '%Lu' }).keyOf('Bob')).toBe('bob')
  })
  test('are compared as they are when it does not', () => {
    expect(userNames({ usernameFormat: '%u' }).keyOf('Bob')).toBe('Bob')
  })
})

describe('rules without a meaning are refused', () => {
  test.each<readonly [string, UserNameRules, string]>([
    ['an unknown variable', { usernameFormat: '%h/x' }, '%h'],
    ['a variable of the other syntax', { usernameFormat: '%{user}' }, '%{u'],
    ['a lone percent sign', { usernameFormat: '%u%' }, '%'],
    ['no variable at all', { usernameFormat: 'everybody' }, 'names no part'],
    ['no format at all', { usernameFormat: '' }, 'names no part'],
    ['a domain both added and dropped', { qualifyWith: 'a.example', domains: ['A.example'] }, 'drops it again'],
  ])('%s', (_, rules, words) => {
    expect(() => userNames(rules)).toThrow(HostError)
    expect(() => userNames(rules)).toThrow(words)
  })
})
