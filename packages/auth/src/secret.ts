import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { HASH_LIMITS } from './limits.js'

const comparisonKey = randomBytes(32)

/** Compares two texts in a time that tells nothing of where they differ, nor of their lengths. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(keyed(one), keyed(other))
}

/** Compares octets in a time that tells nothing of where they differ. Different lengths are unequal. */
export function sameOctets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** A number that stands for a text within this process: says nothing of it outside. 48 bits, so chance hits are rare. */
export function fingerprint(text: string): number {
  return keyed(text).readUIntBE(0, 6)
}

function keyed(text: string): Buffer {
  return createHmac('sha256', comparisonKey).update(text, 'utf8').digest()
}

/** Why a password can be neither set nor right: `null` when it can. An empty one never matches, whatever is stored. */
export function passwordFlaw(password: string): string | null {
  if (password === '') return 'the password is empty'
  if (password.includes('\0')) return 'the password holds a NUL'
  if (/\p{Cs}/u.test(password)) return 'the password is not well-formed Unicode'
  if (Buffer.byteLength(password, 'utf8') > HASH_LIMITS.passwordOctets) {
    return `the password is over ${HASH_LIMITS.passwordOctets} octets`
  }
  return null
}
