import { QP_PADDING_OCTETS } from '../limits.js'
import type { TransferDecoder } from './transfer-decoder.js'

const TAB = 9
const LF = 10
const CR = 13
const SP = 32
const EQUALS = 61

/**
 * Decodes quoted-printable as it comes. White space at the end of a line is deleted, lower-case digits are read, and `=`
 * before anything else stands for itself. RFC 2045 §6.7, its note on robust decoders.
 */
export class QuotedPrintableDecoder implements TransferDecoder {
  /**
   * Octets that wait for what follows: an `=` with what may belong to it, or white space that may end a line. At most
   * {@link QP_PADDING_OCTETS} and a few.
   */
  #held: number[] = []

  push(chunk: Uint8Array): Uint8Array {
    const out = new Uint8Array(chunk.length + this.#held.length)
    let length = 0
    for (let at = 0; at < chunk.length; at++) {
      const octet = chunk[at] ?? 0
      if (this.#held.length > 0) {
        length = this.#after(octet, out, length)
      } else if (octet > EQUALS || (octet > SP && octet < EQUALS)) {
        out[length++] = octet
      } else {
        const decoded = decodeAt(chunk, at)
        if (decoded >= 0) {
          out[length++] = decoded
          if (octet === EQUALS) at += 2
        } else if (octet === EQUALS || isHeld(octet)) {
          this.#held.push(octet)
        } else {
          out[length++] = octet
        }
      }
    }
    return out.subarray(0, length)
  }

  clone(): QuotedPrintableDecoder {
    const twin = new QuotedPrintableDecoder()
    twin.#held = [...this.#held]
    return twin
  }

  end(): Uint8Array {
    const held = this.#held
    this.#held = []
    // A soft line break, or a line's white space, at the very end.
    return held.every((octet, at) => isHeld(octet) || (at === 0 && octet === EQUALS && held.length > 1))
      ? new Uint8Array(0)
      : Uint8Array.from(held)
  }

  /** Takes the octet after those that are held. */
  #after(octet: number, out: Uint8Array, length: number): number {
    const held = this.#held
    const last = held[held.length - 1] ?? 0
    if (octet === LF) {
      // A hard line break keeps its CR; a soft one goes whole.
      if (held[0] !== EQUALS) {
        if (last === CR) out[length++] = CR
        out[length++] = LF
        this.#held = []
        return length
      }
      if (held.length === 1 || isHeld(last)) {
        this.#held = []
        return length
      }
    }
    if (held[0] === EQUALS) return this.#afterEquals(octet, out, length)
    if ((octet === SP || octet === TAB || octet === CR) && last !== CR && held.length < QP_PADDING_OCTETS) {
      held.push(octet)
      return length
    }
    return this.#restart(octet, out, length)
  }

  #afterEquals(octet: number, out: Uint8Array, length: number): number {
    const held = this.#held
    const last = held[held.length - 1] ?? 0
    if (held.length === 2 && hexValue(last) >= 0) {
      if (hexValue(octet) >= 0) {
        out[length++] = hexValue(last) * 16 + hexValue(octet)
        this.#held = []
        return length
      }
    } else if (held.length === 1 && hexValue(octet) >= 0) {
      held.push(octet)
      return length
    } else if (isHeld(octet) && last !== CR && held.length < QP_PADDING_OCTETS) {
      held.push(octet)
      return length
    }
    return this.#restart(octet, out, length)
  }

  /** What is held was text after all; `octet` is looked at anew. */
  #restart(octet: number, out: Uint8Array, length: number): number {
    out.set(this.#held, length)
    length += this.#held.length
    this.#held = []
    if (octet === EQUALS || isHeld(octet)) this.#held.push(octet)
    else out[length++] = octet
    return length
  }
}

/**
 * The octet that stands at `at`, when what follows within the chunk settles it: an encoded one, or white space before a
 * word. -1 when it does not.
 */
function decodeAt(chunk: Uint8Array, at: number): number {
  const octet = chunk[at] ?? 0
  const next = chunk[at + 1] ?? 0
  if (octet === EQUALS) {
    const high = hexValue(next)
    const low = hexValue(chunk[at + 2] ?? 0)
    return high >= 0 && low >= 0 ? high * 16 + low : -1
  }
  return isHeld(octet) && next > SP ? octet : -1
}

function isHeld(octet: number): boolean {
  return octet === SP || octet === TAB || octet === CR
}

/** -1 when it is no hexadecimal digit. */
function hexValue(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30
  const letter = octet | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
