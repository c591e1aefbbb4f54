import { TEXT_RUN_OCTETS } from '../limits.js'
import type { Decoder } from './charset.js'

const TILDE = 0x7e
const LF = 0x0a

/**
 * Decodes HZ, Chinese in seven bits: `~{` begins pairs of GB 2312, `~}` ends them, `~~` is a tilde, and `~` before a line
 * end joins two lines. RFC 1843. A line end shifts back; what the RFC does not know becomes U+FFFD.
 */
export class HzDecoder implements Decoder {
  readonly #gbk = new TextDecoder('gbk')
  #isChinese = false
  #hasTilde = false
  /** First octet of a pair; 0 when none waits. */
  #lead = 0
  #out = ''
  readonly #run = new Uint8Array(TEXT_RUN_OCTETS)
  #length = 0

  decode(bytes: Uint8Array = new Uint8Array(0), { stream = false }: { readonly stream?: boolean } = {}): string {
    for (const octet of bytes) this.#take(octet)
    if (!stream) this.#end()
    this.#flush()
    const out = this.#out
    this.#out = ''
    return out
  }

  #end(): void {
    if (this.#hasTilde || this.#lead !== 0) this.#replacement()
    this.#hasTilde = false
    this.#isChinese = false
    this.#lead = 0
  }

  #take(octet: number): void {
    if (this.#hasTilde) {
      this.#hasTilde = false
      this.#afterTilde(octet)
    } else if (octet === TILDE && this.#lead === 0) {
      this.#hasTilde = true
    } else if (octet > 0x7f) {
      this.#lead = 0
      this.#replacement()
    } else if (!this.#isChinese || octet <= 0x20) {
      if (this.#lead !== 0) this.#replacement()
      this.#lead = 0
      if (octet === LF) this.#isChinese = false
      this.#put(octet)
    } else if (this.#lead === 0) {
      this.#lead = octet
    } else {
      this.#put(this.#lead | 0x80, octet | 0x80)
      this.#lead = 0
    }
  }

  #afterTilde(octet: number): void {
    if (octet === 0x7b && !this.#isChinese) this.#isChinese = true
    else if (octet === 0x7d && this.#isChinese) this.#isChinese = false
    else if (octet === TILDE && !this.#isChinese) this.#put(TILDE)
    else if (octet !== LF || this.#isChinese) {
      this.#replacement()
      this.#take(octet)
    }
  }

  #put(...character: readonly number[]): void {
    if (this.#length + character.length > TEXT_RUN_OCTETS) this.#flush()
    for (const octet of character) this.#run[this.#length++] = octet
  }

  #flush(): void {
    if (this.#length > 0) this.#out += this.#gbk.decode(this.#run.subarray(0, this.#length))
    this.#length = 0
  }

  #replacement(): void {
    this.#flush()
    this.#out += '\ufffd'
  }
}
