/** How crypt(3) schemes write octets as text: each has its own alphabet and order. */
const SHA_CRYPT = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const RFC_4648 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** By character code: a file of 100,000 users is read with 8,600,000 of them. */
const SHA_CRYPT_VALUES = new Uint8Array(128)
for (let value = 0; value < 64; value++) SHA_CRYPT_VALUES[SHA_CRYPT.charCodeAt(value)] = value

/**
 * Writes a SHA-512-crypt digest: 21 groups of three octets and a last one alone, lowest six bits first.
 *
 * "Unix crypt using SHA-256 and SHA-512", step 22e.
 */
export function encodeSha512Crypt(digest: Uint8Array): string {
  let text = ''
  for (let group = 0; group < 21; group++) {
    const [high, middle, low] = sha512Group(group)
    text += lowFirst(((digest[high] ?? 0) << 16) | ((digest[middle] ?? 0) << 8) | (digest[low] ?? 0), 4)
  }
  return text + lowFirst(digest[63] ?? 0, 2)
}

/** Reads what {@link encodeSha512Crypt} writes. `null` when it is not 86 characters of the alphabet. */
export function decodeSha512Crypt(text: string): Uint8Array | null {
  if (!/^[./0-9A-Za-z]{86}$/.test(text)) return null
  const digest = new Uint8Array(64)
  for (let group = 0; group < 21; group++) {
    const [high, middle, low] = sha512Group(group)
    const value = readLowFirst(text, group * 4, 4)
    digest[high] = value >>> 16
    digest[middle] = (value >>> 8) & 0xff
    digest[low] = value & 0xff
  }
  digest[63] = readLowFirst(text, 84, 2) & 0xff
  return digest
}

/** Which three octets a group holds: one of each third of the digest, the thirds changing places with each group. */
function sha512Group(group: number): readonly [number, number, number] {
  const third = (index: number): number => group + 21 * ((index + group) % 3)
  return [third(0), third(1), third(2)]
}

function lowFirst(value: number, count: number): string {
  let text = ''
  for (let i = 0; i < count; i++) text += SHA_CRYPT.charAt((value >>> (6 * i)) & 63)
  return text
}

function readLowFirst(text: string, at: number, count: number): number {
  let value = 0
  for (let i = count - 1; i >= 0; i--) value = (value << 6) | (SHA_CRYPT_VALUES[text.charCodeAt(at + i)] ?? 0)
  return value
}

/** Writes octets in bcrypt's alphabet, without padding. */
export function encodeBcrypt(octets: Uint8Array): string {
  return translate(unpadded(octets), RFC_4648, BCRYPT)
}

/**
 * Reads bcrypt's alphabet. Bits past the last whole octet are ignored, as every crypt(3) does.
 *
 * `null` when a character is not of the alphabet.
 */
export function decodeBcrypt(text: string): Uint8Array | null {
  if (!/^[./A-Za-z0-9]*$/.test(text)) return null
  return Uint8Array.from(Buffer.from(translate(text, BCRYPT, RFC_4648), 'base64'))
}

/** Base64 without padding, as argon2 writes it. */
export function unpadded(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64').replace(/=+$/, '')
}

/** Reads base64 without padding. `null` unless it is exactly what {@link unpadded} writes. */
export function decodeUnpadded(text: string): Uint8Array | null {
  const octets = Uint8Array.from(Buffer.from(text, 'base64'))
  return unpadded(octets) === text ? octets : null
}

function translate(text: string, from: string, to: string): string {
  let result = ''
  for (const character of text) result += to.charAt(from.indexOf(character))
  return result
}
