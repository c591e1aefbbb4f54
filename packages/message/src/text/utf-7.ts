import type { Decoder } from './charset.js'

const PLUS = 0x2b
const MINUS = 0x2d
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * Decodes UTF-7: `+` begins UTF-16 in base64, which ends before any other octet; a `-` there is swallowed. RFC 2152.
 *
 * Our own, because iconv-lite's gets chunks wrong that end within base64. Octets above 127 and lone surrogates become U+FFFD.
 */
export class Utf7Decoder implements Decoder {
  #isBase64 = false
  /** No octet of base64 was read since the `+`. */
  #isEmpty = false
  #bits = 0
  #count = 0
  /** A high surrogate that waits for its pair; 0 for none. */
  #high = 0
  #out = ''

  decode(bytes: Uint8Array = new Uint8Array(0), { stream = false }: { readonly stream?: boolean } = {}): string {
    for (const octet of bytes) this.#take(octet)
    if (!stream) this.#leave()
    const out = this.#out
    this.#out = ''
    return out
  }

  #take(octet: number): void {
    if (this.#isBase64) {
      const value = ALPHABET.indexOf(String.fromCharCode(octet))
      if (value >= 0) {
        this.#sextet(value)
        return
      }
      if (octet === MINUS && this.#isEmpty) this.#out += '+'
      this.#leave()
      if (octet === MINUS) return
    }
    if (octet === PLUS) this.#isBase64 = this.#isEmpty = true
    else this.#out += octet < 0x80 ? String.fromCharCode(octet) : '\ufffd'
  }

  #sextet(value: number): void {
    this.#isEmpty = false
    this.#bits = (this.#bits << 6) | value
    this.#count += 6
    if (this.#count < 16) return
    this.#count -= 16
    this.#unit(this.#bits >> this.#count)
    this.#bits &= (1 << this.#count) - 1
  }

  #unit(unit: number): void {
    const isLow = unit >= 0xdc00 && unit <= 0xdfff
    if (isLow && this.#high !== 0) {
      this.#out += String.fromCharCode(this.#high, unit)
      this.#high = 0
      return
    }
    this.#loseHigh()
    if (unit >= 0xd800 && unit <= 0xdbff) this.#high = unit
    else this.#out += isLow ? '\ufffd' : String.fromCharCode(unit)
  }

  #loseHigh(): void {
    if (this.#high !== 0) this.#out += '\ufffd'
    this.#high = 0
  }

  #leave(): void {
    this.#loseHigh()
    this.#isBase64 = false
    this.#bits = 0
    this.#count = 0
  }
}
