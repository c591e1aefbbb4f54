import type { Octets } from './brands.js'
import { concat, fromLatin1 } from './bytes.js'

/** Collects replies until they are handed out as one write. Text holds one octet a character (latin1). */
export class Outbox {
  #text = ''
  #pieces: Uint8Array[] = []
  #octets = 0

  get octets(): Octets {
    return this.#octets
  }

  write(text: string): void {
    this.#text += text
    this.#octets += text.length
  }

  /** Takes the bytes as they are; they are the outbox's from now on. */
  writeBytes(bytes: Uint8Array): void {
    this.#sealText()
    this.#pieces.push(bytes)
    this.#octets += bytes.length
  }

  /** Everything collected, or `undefined` when nothing is. The outbox is empty afterwards. */
  take(): Uint8Array | undefined {
    if (this.#octets === 0) return undefined
    if (this.#pieces.length === 0) {
      const bytes = fromLatin1(this.#text)
      this.#reset()
      return bytes
    }
    this.#sealText()
    const bytes = concat(this.#pieces)
    this.#reset()
    return bytes
  }

  clear(): void {
    this.#reset()
  }

  #sealText(): void {
    if (this.#text === '') return
    this.#pieces.push(fromLatin1(this.#text))
    this.#text = ''
  }

  #reset(): void {
    this.#text = ''
    this.#pieces = []
    this.#octets = 0
  }
}
