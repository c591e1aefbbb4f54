import { hash } from 'node:crypto'

const DIGEST_OCTETS = 64

/**
 * SHA-512-crypt, as "Unix crypt using SHA-256 and SHA-512" (Ulrich Drepper, version 0.6) numbers its steps.
 *
 * @param salt its first 16 octets count.
 * @param rounds used as given; the specification's bounds are the caller's business.
 * @returns the 64 octets of the last digest, before its text encoding.
 */
export function sha512Crypt(password: Uint8Array, salt: Uint8Array, rounds: number): Uint8Array {
  const key = Buffer.from(password)
  const seasoning = Buffer.from(salt.subarray(0, 16))

  // Steps 1 to 8: digest A. Its length's bits choose between digest B and the key.
  const b = sha512([key, seasoning, key])
  const parts: Uint8Array[] = [key, seasoning, repeated(b, key.length)]
  for (let bits = key.length; bits > 0; bits >>>= 1) parts.push((bits & 1) === 1 ? b : key)
  let digest = sha512(parts)

  // Steps 13 to 20: P stands for the password, S for the salt, so that neither is hashed as it is.
  const p = repeated(sha512(Array.from({ length: key.length }, () => key)), key.length)
  const saltRepeats = 16 + (digest[0] ?? 0)
  const s = repeated(sha512(Array.from({ length: saltRepeats }, () => seasoning)), seasoning.length)

  // Step 21. One buffer serves all rounds: allocating in each would double their cost.
  const scratch = Buffer.allocUnsafe(2 * p.length + s.length + DIGEST_OCTETS)
  for (let round = 0; round < rounds; round++) {
    let length = 0
    const add = (part: Uint8Array): void => {
      scratch.set(part, length)
      length += part.length
    }
    const isOdd = (round & 1) === 1
    add(isOdd ? p : digest)
    if (round % 3 !== 0) add(s)
    if (round % 7 !== 0) add(p)
    add(isOdd ? digest : p)
    digest = hash('sha512', scratch.subarray(0, length), 'buffer')
  }
  return new Uint8Array(digest)
}

function sha512(parts: readonly Uint8Array[]): Buffer {
  return hash('sha512', Buffer.concat(parts), 'buffer')
}

/** As many octets as asked for, from a digest written again and again. */
function repeated(digest: Uint8Array, length: number): Uint8Array {
  const octets = new Uint8Array(length)
  for (let at = 0; at < length; at += DIGEST_OCTETS) {
    octets.set(digest.subarray(0, Math.min(DIGEST_OCTETS, length - at)), at)
  }
  return octets
}
