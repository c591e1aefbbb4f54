import type { TransferEncoder } from './transfer-encoder.js'

const TAB = 9
const LF = 10
const CR = 13
const SP = 32
const EQUALS = 61
const HEX = new Uint8Array([...'0123456789ABCDEF'].map((digit) => digit.charCodeAt(0)))

/** Characters of a line before its soft break's `=`. RFC 2045 §6.7 (5). */
const LINE_CHARACTERS = 75

/** Most octets that one may become: itself encoded, held white space encoded, and a soft break before each. */
const WORST = 12

/** Encodes text as quoted-printable: lines of at most 76 characters, white space encoded at their ends only. RFC 2045 §6.7. */
export class QuotedPrintableEncoder implements TransferEncoder {
  /** A space or TAB that may turn out to end its line; 0 for none. */
  #blank = 0
  #hasCr = false
  #column = 0
  #out = new Uint8Array(0)
  #length = 0

  push(chunk: Uint8Array): Uint8Array {
    this.#out = new Uint8Array((chunk.length + 2) * WORST)
    this.#length = 0
    for (const octet of chunk) this.#take(octet)
    return this.#out.subarray(0, this.#length)
  }

  end(): Uint8Array {
    this.#out = new Uint8Array(3 * WORST)
    this.#length = 0
    if (this.#hasCr) {
      this.#flushBlank()
      this.#encoded(CR)
    } else if (this.#blank !== 0) {
      this.#encoded(this.#blank)
    }
    this.#blank = 0
    this.#hasCr = false
    this.#column = 0
    return this.#out.subarray(0, this.#length)
  }

  #take(octet: number): void {
    if (this.#hasCr) {
      this.#hasCr = false
      if (octet === LF) {
        if (this.#blank !== 0) this.#encoded(this.#blank)
        this.#blank = 0
        this.#lineEnd()
        return
      }
      this.#flushBlank()
      this.#encoded(CR)
    }
    if (octet === CR) {
      this.#hasCr = true
      return
    }
    this.#flushBlank()
    if (octet === SP || octet === TAB) this.#blank = octet
    else if (octet > SP && octet < 127 && octet !== EQUALS) this.#plain(octet)
    else this.#encoded(octet)
  }

  #flushBlank(): void {
    if (this.#blank !== 0) this.#plain(this.#blank)
    this.#blank = 0
  }

  #plain(octet: number): void {
    this.#room(1)
    this.#out[this.#length++] = octet
  }

  #encoded(octet: number): void {
    this.#room(3)
    this.#out[this.#length++] = EQUALS
    this.#out[this.#length++] = HEX[octet >> 4] ?? 0
    this.#out[this.#length++] = HEX[octet & 15] ?? 0
  }

  #room(characters: number): void {
    if (this.#column + characters > LINE_CHARACTERS) {
      this.#out[this.#length++] = EQUALS
      this.#lineEnd()
    }
    this.#column += characters
  }

  #lineEnd(): void {
    this.#out[this.#length++] = CR
    this.#out[this.#length++] = LF
    this.#column = 0
  }
}
