import type { TransferDecoder } from './transfer-decoder.js'

/** Value of each octet of the alphabet; 255 for the others. RFC 2045 §6.8. */
const VALUES = new Uint8Array(256).fill(255)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  VALUES[char.charCodeAt(0)] = value
}
const PAD = 61

/**
 * Decodes base64 as it comes. Octets outside of the alphabet are ignored, padding ends a group and another may follow
 * (mailers concatenate encoded texts). RFC 2045 §6.8.
 */
export class Base64Decoder implements TransferDecoder {
  /** Bits read and not yet written: the low `#count * 6` of `#group`. */
  #group = 0
  #count = 0

  push(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(Math.ceil(((chunk.length + 3) * 3) / 4))
    let group = this.#group
    let count = this.#count
    let length = 0
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at] ?? 0
      const value = VALUES[octet] ?? 255
      if (value !== 255) {
        group = (group << 6) | value
        if (++count < 4) continue
        out[length++] = group >> 16
        out[length++] = group >> 8
        out[length++] = group
        group = 0
        count = 0
      } else if (octet === PAD && count > 0) {
        length = flush(out, length, group, count)
        group = 0
        count = 0
      }
    }
    this.#group = group
    this.#count = count
    return out.subarray(0, length)
  }

  clone(): Base64Decoder {
    const twin = new Base64Decoder()
    twin.#group = this.#group
    twin.#count = this.#count
    return twin
  }

  end(): Uint8Array {
    const out = new Uint8Array(2)
    const length = flush(out, 0, this.#group, this.#count)
    this.#count = 0
    return out.subarray(0, length)
  }
}

/** The whole octets of an unfinished group: one of two characters, two of three. */
function flush(out: Uint8Array, length: number, group: number, count: number): number {
  if (count === 2) {
    out[length++] = group >> 4
  } else if (count === 3) {
    out[length++] = group >> 10
    out[length++] = group >> 2
  }
  return length
}
