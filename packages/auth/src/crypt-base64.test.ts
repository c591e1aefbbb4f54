import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeBcrypt,
  decodeSha512Crypt,
  decodeUnpadded,
  encodeBcrypt,
  encodeSha512Crypt,
  unpadded,
} from './crypt-base64.js'

describe('each alphabet reads what it writes', () => {
  test('SHA-512-crypt', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (octets) => {
        expect(decodeSha512Crypt(encodeSha512Crypt(octets))).toEqual(octets)
      }),
    )
  })
  test('bcrypt', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        expect(decodeBcrypt(encodeBcrypt(octets))).toEqual(octets)
      }),
    )
  })
  test('argon2', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        expect(decodeUnpadded(unpadded(octets))).toEqual(octets)
      }),
    )
  })
})

describe('text that is not of the alphabet is refused', () => {
  test.each([
    ['SHA-512-crypt: too short', decodeSha512Crypt('.'.repeat(85))],
    ['SHA-512-crypt: a plus sign', decodeSha512Crypt(`+${'.'.repeat(85)}`)],
    ['bcrypt: a plus sign', decodeBcrypt('ab+d')],
    ['argon2: padding', decodeUnpadded('YQ==')],
    ['argon2: bits past the end', decodeUnpadded('YR')],
    ['argon2: the URL alphabet', decodeUnpadded('-_-_')],
  ])('%s', (_, decoded) => {
    expect(decoded).toBeNull()
  })
})
