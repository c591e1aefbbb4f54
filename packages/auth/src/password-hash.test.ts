import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { UnsupportedHash, UnusablePassword } from './errors.js'
import { createHashPool } from './hash-pool.js'
import { hashPassword, verifyHash } from './password-hash.js'
import { PASSWORD_SCHEMES } from './stored-hash.js'

const pool = createHashPool({ threads: 1 })
afterAll(() => pool.close())

/** The least each scheme allows: here the text is on trial, not its strength. */
const costs = { sha512Rounds: 1_000, bcryptCost: 4, argon2Memory: 64, argon2Passes: 1 }

/** Stored by other programs, each named; the password comes first. */
const FOREIGN: readonly (readonly [string, string, string])[] = [
  [
    'openssl passwd -6',
    'correct horse battery staple',
    '$6$mailwright$HM/SY8Et9MG9qPCx06ypmQ8I51IPTAvhZdQMXPDzwlSdjTaLHfUWwOSCMVPGCQ3ifzOYXszXvbP4.B35qBtLJ/',
  ],
  ['htpasswd -B (APR)', 'secret', '$2y$05$nEMO.ByFId/2pzqJGbt2gePZmMtwadPODusWPhi0DEDaxAvq1D4m2'],
  ['htpasswd -B, UTF-8', 'pässwörd €', '{BLF-CRYPT}$2y$06$EldFlRbKLq8ARvmyGukP9etb.Ephc0hx6cGNosgL6KsA0LQ29Erde'],
  ['libxcrypt, $2a$', 'U*U', '{CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['libxcrypt, $2b$', 'U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['libxcrypt, 72 octets', 'x'.repeat(72), '$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i'],
  [
    'libxcrypt, cut at 72 octets',
    `${'x'.repeat(72)}tail`,
    '$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i',
  ],
  [
    'argon2 -id -t 2 -m 16 -p 1',
    'password',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ],
  [
    'argon2 -id -t 2 -k 256 -p 2',
    'password',
    '{ARGON2ID}$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
  ],
  [
    'argon2 with memory that is no multiple of its lanes',
    'correct horse',
    '$argon2id$v=19$m=1003,t=3,p=3$c2FsdHlTQUxUMTIz$uZpZviVJy/+1LlMtdOObNN0/j14ytDIpixMjKFwhjqw',
  ],
  [
    'argon2 -l 24, UTF-8',
    'pässwörd €',
    '$argon2id$v=19$m=64,t=1,p=1$c2FsdHlTQUxUMTIz$XeIkXDk5uO/r/y6Ysj/na1R3kl1/Hfvz',
  ],
  [
    'argon2 -l 96',
    'long',
    '$argon2id$v=19$m=64,t=1,p=1$c2FsdHlTQUxUMTIz$JkOSautA9hdSzXPUvuFlMJkUr7SyMYDtezRQwWFEXmIHtsqRB1wEZIAbOXe9anClwOmDrCrzG0p/3fYlO0ZaIiWy1jBKSWCbaV7cJ7FDOag7WPCxGadpj2njcemiCG5A',
  ],
  ['clear text', 'secret', '{PLAIN}secret'],
]

describe('a hash of another program is checked', () => {
  test.each(FOREIGN)('%s', async (_, password, hash) => {
    expect(await verifyHash(hash, password, { pool })).toBe(true)
    expect(await verifyHash(hash, `X${password}`, { pool })).toBe(false)
    expect(await verifyHash(hash, password.slice(0, -5), { pool })).toBe(false)
  })
})

describe('a new hash', () => {
  test.each(PASSWORD_SCHEMES)(
    'of scheme %s is right for its password only, and stands in one field',
    async (scheme) => {
      const password = 'fünf: Wörter, {mit} $6$ darin '
      const hash = await hashPassword(password, scheme, { pool, costs })
      expect(hash).toMatch(/^\{[A-Z0-9.-]+\}[^:\r\n]+$/)
      expect(await verifyHash(hash, password, { pool })).toBe(true)
      expect(await verifyHash(hash, password.trim(), { pool })).toBe(false)
      if (scheme !== 'PLAIN') expect(await hashPassword(password, scheme, { pool, costs })).not.toBe(hash)
    },
  )

  test('is argon2id unless another scheme is named', async () => {
    expect(await hashPassword('secret', undefined, { pool })).toMatch(
      /^\{ARGON2ID\}\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    )
  })

  test('in clear text survives any password', async () => {
    const possible = fc
      .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
      .filter((text) => !text.includes('\0'))
    await fc.assert(
      fc.asyncProperty(possible, async (password) => {
        const hash = await hashPassword(password, 'PLAIN')
        expect(hash).not.toMatch(/[:\r\n]/)
        expect(await verifyHash(hash, password)).toBe(true)
      }),
    )
  })

  test.each([
    ['empty', '', 'ARGON2ID'],
    ['a NUL', 'a\0b', 'ARGON2ID'],
    ['over 512 octets', 'ö'.repeat(257), 'SHA512-CRYPT'],
    ['half a character', '\ud800', 'PLAIN'],
    ['over 72 octets for bcrypt', 'ö'.repeat(37), 'BLF-CRYPT'],
  ] as const)('is refused to a password: %s', async (_, password, scheme) => {
    await expect(hashPassword(password, scheme, { pool, costs })).rejects.toThrow(UnusablePassword)
  })

  test.each([
    ['SHA512-CRYPT', { sha512Rounds: 999 }],
    ['BLF-CRYPT', { bcryptCost: 31 }],
    ['ARGON2ID', { argon2Memory: 1_048_577 }],
  ] as const)('of costs out of bounds is refused before it is computed: %s', async (scheme, wrong) => {
    await expect(hashPassword('secret', scheme, { pool, costs: wrong })).rejects.toThrow(UnsupportedHash)
  })
})

describe('a password that could not be set', () => {
  test.each(['', 'a\0b', 'x'.repeat(513), '\udfff'])('is never right: %j', async (password) => {
    expect(await verifyHash('{PLAIN}x', password, { pool })).toBe(false)
    expect(await verifyHash(await hashPassword('x', 'BLF-CRYPT', { pool, costs }), password, { pool })).toBe(false)
  })

  test('does not match what stands in for it', async () => {
    expect(await verifyHash('{PLAIN}impossible', '', { pool })).toBe(false)
  })
})

test('a hash that nobody can check throws', async () => {
  await expect(verifyHash('$y$j9T$a$b', 'x', { pool })).rejects.toThrow(UnsupportedHash)
})
