import { describe, expect, test } from 'vitest'
import { readPasswdFileLine, readShadowLine } from './user-record.js'

const SHA512 = `$6$salt$${'.'.repeat(86)}`
const DAY = 86_400_000
const never = Number.POSITIVE_INFINITY

describe('a line of a passwd-file', () => {
  test.each([
    ['all fields', 'bob:{PLAIN}secret:1000:1000:Bob:/home/bob:/bin/sh:userdb_quota=x', 'bob', 'plain'],
    ['password only', 'bob:{PLAIN}secret', 'bob', 'plain'],
    ['an address for a name', 'bob@example.com:{PLAIN}secret::::::', 'bob@example.com', 'plain'],
    ['a hash without its scheme', `bob:${SHA512}`, 'bob', 'sha512Crypt'],
    ['a name only', 'bob', 'bob', undefined],
    ['an empty password', 'bob::1000', 'bob', undefined],
    ['a password elsewhere', 'bob:x:1000:1000::/home/bob', 'bob', undefined],
    ['a password nobody has', 'bob:*:1000', 'bob', undefined],
    ['any password, says the file; nobody, say we', 'bob:::::::nopassword', 'bob', undefined],
  ])('with %s', (_, line, name, kind) => {
    const result = readPasswdFileLine(line, 'CRYPT')
    expect(result.kind).toBe('user')
    if (result.kind !== 'user') return
    expect(result.record.name).toBe(name)
    expect(result.record.hash?.kind).toBe(kind)
    expect(result.record.isDisabled).toBe(false)
  })

  test.each(['', '   ', '# bob:{PLAIN}secret', ':{PLAIN}secret'])('%j names nobody', (line) => {
    expect(readPasswdFileLine(line, 'CRYPT')).toEqual({ kind: 'none' })
  })

  test.each([
    [`bob:!${SHA512}`, true],
    ['bob:!', true],
    ['bob:{PLAIN}s:::::: nologin', true],
    ['bob:{PLAIN}s::::::a=b nologin=yes', true],
    ['bob:{PLAIN}s::::::nologin=no', false],
    ['bob:{PLAIN}!s', false],
  ])('%s is locked: %s', (line, isDisabled) => {
    expect(readPasswdFileLine(line, 'CRYPT')).toMatchObject({ kind: 'user', record: { isDisabled } })
  })

  test('may hold clear passwords that look like locks when its scheme is PLAIN', () => {
    expect(readPasswdFileLine('bob:!x', 'PLAIN')).toMatchObject({
      record: { hash: { kind: 'plain', secret: '!x' }, isDisabled: false },
    })
  })

  test('may bind a user to networks, IPv6 with its colons', () => {
    const result = readPasswdFileLine('bob:{PLAIN}s::::::a=b allow_nets=192.0.2.0/24,2001:db8::/32 c=d', 'CRYPT')
    const networks = result.kind === 'user' ? result.record.networks : null
    expect(networks?.('192.0.2.9')).toBe(true)
    expect(networks?.('2001:db8::9')).toBe(true)
    expect(networks?.('198.51.100.1')).toBe(false)
  })

  test.each([
    ['bob:{SSHA}c2VjcmV0', 'user bob: the password scheme {SSHA} is not supported'],
    ['a/b:{PLAIN}s', 'the user name cannot be used (slash)'],
    ['bob:{PLAIN}s::::::allow_nets=everywhere', 'allow_nets holds something that is not a network'],
  ])('%s cannot be loaded', (line, reason) => {
    expect(readPasswdFileLine(line, 'CRYPT')).toEqual({ kind: 'problem', reason })
  })
})

describe('a line of shadow(5)', () => {
  test.each([
    ['nothing ends', '20000:0:99999:7:::', (20_000 + 99_999 + 1) * DAY, never],
    ['no ageing at all', '20000::::::', never, never],
    ['ageing off by -1', '20000:-1:-1:-1:-1:-1:', never, never],
    ['a password of 30 days', '20000:0:30:7:::', 20_031 * DAY, never],
    ['and 5 more to change it', '20000:0:30:7:5::', 20_031 * DAY, 20_036 * DAY],
    ['a password to be changed now', '0:0:99999:7:::', 0, never],
    ['an account that ends', '20000:0:99999:7::20100:', (20_000 + 99_999 + 1) * DAY, 20_100 * DAY],
    ['both ends: the earlier one', '20000:0:30:7:5:20010:', 20_031 * DAY, 20_010 * DAY],
  ])('%s', (_, days, expires, disabledFrom) => {
    expect(readShadowLine(`bob:${SHA512}:${days}`, 'CRYPT')).toMatchObject({
      kind: 'user',
      record: { name: 'bob', hash: { kind: 'sha512Crypt' }, isDisabled: false, expires, disabledFrom },
    })
  })

  test.each([
    ['!', null],
    ['!!', null],
    ['*', null],
    ['!*', null],
    ['*NP*', null],
    ['', null],
    [`!${SHA512}`, 'sha512Crypt'],
    [`!!${SHA512}`, 'sha512Crypt'],
  ])('the password %j cannot be used', (password, kind) => {
    const result = readShadowLine(`bob:${password}:20000:0:99999:7:::`, 'CRYPT')
    expect(result.kind === 'user' ? (result.record.hash?.kind ?? null) : result).toBe(kind)
    expect(result).toMatchObject({ record: { isDisabled: password.startsWith('!') } })
  })

  test.each([
    ['bob:$y$j9T$c2VjcmV0$c2VjcmV0:20000::::::', 'user bob: the hash $y$ (yescrypt) is not supported'],
    ['bob:*:soon::::::', 'a day that is not a number'],
  ])('%s cannot be loaded', (line, reason) => {
    expect(readShadowLine(line, 'CRYPT')).toEqual({ kind: 'problem', reason })
  })
})
