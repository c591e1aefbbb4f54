import { describe, expect, test } from 'vitest'
import { UnsupportedHash } from './errors.js'
import { costOf, decoyOf, decoyOfScheme, PASSWORD_SCHEMES, parseStoredHash } from './stored-hash.js'

const SHA512 = `$6$salt$${'.'.repeat(86)}`
const BCRYPT = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
const ARGON2 = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

describe('a stored password is taken apart', () => {
  test.each([
    ['{PLAIN}secret', 'plain'],
    ['{plain}se{cr}et', 'plain'],
    ['{CLEARTEXT}secret', 'plain'],
    ['{PLAIN.B64}c2VjcmV0', 'plain'],
    ['{PLAIN.HEX}736563726574', 'plain'],
    [`{SHA512-CRYPT}${SHA512}`, 'sha512Crypt 5000'],
    [SHA512, 'sha512Crypt 5000'],
    [SHA512.replace('$6$', '$6$rounds=1000$'), 'sha512Crypt 1000'],
    [`{CRYPT}${SHA512}`, 'sha512Crypt 5000'],
    [`{BLF-CRYPT}${BCRYPT}`, 'bcrypt 5'],
    [BCRYPT.replace('2y', '2a'), 'bcrypt 5'],
    [`{CRYPT}${BCRYPT.replace('2y', '2b')}`, 'bcrypt 5'],
    [`{ARGON2ID}${ARGON2}`, 'argon2id 65536 2 1 32'],
    [ARGON2, 'argon2id 65536 2 1 32'],
  ])('%s', (text, cost) => {
    expect(costOf(parseStoredHash(text))).toBe(cost)
  })

  test('a bare text is of the default scheme', () => {
    expect(parseStoredHash('$6$not a hash', 'PLAIN')).toEqual({ kind: 'plain', secret: '$6$not a hash' })
  })
})

describe('what nobody here can check is named, and the secret is not', () => {
  test.each([
    ['{SSHA}c2VjcmV0', '{SSHA}'],
    ['{SCRAM-SHA-256}4096,c2VjcmV0', '{SCRAM-SHA-256}'],
    ['$1$c2VjcmV0$c2VjcmV0', '$1$ (MD5-crypt)'],
    ['$5$c2VjcmV0$c2VjcmV0', '$5$ (SHA-256-crypt)'],
    ['$y$j9T$c2VjcmV0$c2VjcmV0', '$y$ (yescrypt)'],
    ['{CRYPT}$2x$05$c2VjcmV0', '$2x$'],
    ['$argon2i$v=19$m=65536,t=2,p=1$c2VjcmV0$c2VjcmV0', '$argon2i$'],
    ['$zz$c2VjcmV0', '$zz$'],
    ['c2VjcmV0', '{PLAIN}'],
    ['{PLAIN}', '{PLAIN} without a password'],
    ['{PLAIN.B64}c2VjcmV0=x', '{PLAIN.B64}'],
    ['{PLAIN.HEX}7', '{PLAIN.HEX}'],
    ['{PLAIN.HEX}ff', '{PLAIN.HEX}'],
    [`{SHA512-CRYPT}${BCRYPT}`, '{SHA512-CRYPT}'],
    [`{BLF-CRYPT}${SHA512}`, '{BLF-CRYPT}'],
    ['{ARGON2ID}c2VjcmV0', '{ARGON2ID}'],
    [SHA512.slice(0, -1), 'malformed SHA-512-crypt'],
    [SHA512.replace('$6$', '$6$rounds=999$'), 'fewer than 1000'],
    [SHA512.replace('$6$', '$6$rounds=1000001$'), 'over the limit of 1000000'],
    [BCRYPT.slice(0, -1), 'malformed bcrypt'],
    [BCRYPT.replace('$05$', '$03$'), 'malformed bcrypt'],
    [BCRYPT.replace('$05$', '$17$'), 'over the limit of 16'],
    [ARGON2.replace('v=19', 'v=16'), 'version 16'],
    [ARGON2.replace('m=65536', 'm=7'), 'malformed argon2id'],
    [ARGON2.replace('m=65536', 'm=1048577'), 'over the limit of 1048576'],
    [ARGON2.replace('t=2', 't=33'), 'over the limit of 32'],
    [ARGON2.replace('p=1', 'p=65'), 'over the limit of 64'],
    [ARGON2.replace('t=2', 't=0'), 'malformed argon2id'],
  ])('%s', (text, words) => {
    const parse = (): unknown => parseStoredHash(text)
    expect(parse).toThrow(UnsupportedHash)
    expect(parse).toThrow(words)
    expect(parse).not.toThrow('c2VjcmV0')
  })
})

describe('a decoy', () => {
  test.each([SHA512, BCRYPT, ARGON2, '{PLAIN}secret'])('costs what %s costs, and is another hash', (text) => {
    const like = parseStoredHash(text)
    const decoy = decoyOf(like)
    expect(costOf(decoy)).toBe(costOf(like))
    expect(decoy).not.toEqual(like)
  })

  test.each(PASSWORD_SCHEMES)('for no users at all exists for %s', (scheme) => {
    expect(costOf(decoyOfScheme(scheme))).not.toBe('')
    expect(decoyOfScheme(scheme)).not.toEqual(decoyOfScheme(scheme))
  })
})
