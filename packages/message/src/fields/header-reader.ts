import { type Octets, view } from '@mailwright/core'
import { MESSAGE_LIMITS, type MessageLimits } from '../limits.js'
import type { HeaderField } from './field.js'
import { HeaderCollector } from './header-collector.js'
import { LineHead } from './line-head.js'

const LF = 10

export interface HeaderReaderOptions {
  /** Lower-case names of the fields to return; all when absent. */
  readonly wanted?: ReadonlySet<string>
  readonly limits?: MessageLimits
}

/**
 * Reads the header of a message from chunks of any cutting, and stops at its end.
 *
 * A line ends with CRLF or a bare LF; a bare CR is an octet like others. Bounded by `headerOctets`, `fieldOctets` and `keptOctets` of the limits: a longer
 * field is cut, later ones are left out. RFC 5322 §2.2.
 */
export class HeaderReader {
  readonly #head = new LineHead()
  readonly #limits: MessageLimits
  readonly #collector: HeaderCollector
  #offset: Octets = 0
  #bodyStart: Octets | null = null

  constructor({ wanted, limits = MESSAGE_LIMITS }: HeaderReaderOptions = {}) {
    this.#limits = limits
    this.#collector = new HeaderCollector({ wanted, limits, budget: { left: limits.keptOctets }, of: 'message' })
  }

  /** Offset of the body's first octet in the whole input; `null` while the header goes on. */
  get bodyStart(): Octets | null {
    return this.#bodyStart
  }

  /** Takes the next octets. Returns the fields completed by them; nothing once the header is over. */
  push(chunk: Uint8Array): readonly HeaderField[] {
    const bytes = view(chunk)
    let at = 0
    while (at < bytes.length && this.#bodyStart === null) {
      const lf = bytes.indexOf(LF, at)
      const end = lf < 0 ? bytes.length : lf + 1
      if (lf < 0 || this.#head.length > 0) {
        if (this.#head.length === 0) this.#head.begin(this.#offset + at, 0, this.#limits.fieldOctets)
        this.#head.append(bytes, at, end)
        if (lf >= 0) this.#headLine()
      } else {
        this.#line(bytes, at, end, this.#offset + at, end - at)
      }
      at = end
    }
    this.#offset += bytes.length
    return this.#collector.take()
  }

  /** The input is over. Returns the last fields. */
  end(): readonly HeaderField[] {
    if (this.#head.length > 0 && this.#bodyStart === null) this.#headLine()
    this.#bodyStart ??= this.#offset
    return this.#collector.end()
  }

  #headLine(): void {
    const { bytes, at, length } = this.#head
    this.#line(bytes, 0, bytes.length, at, length)
    this.#head.clear()
  }

  #line(bytes: Uint8Array, start: number, end: number, at: Octets, length: Octets): void {
    const kind = this.#collector.line(bytes, start, end, length)
    if (kind === 'blank') this.#bodyStart = at + length
    if (kind === 'body') this.#bodyStart = at
  }
}

/** The fields of a whole message or header in memory, and where its body begins. Limits as {@link HeaderReader}. */
export function readHeader(
  bytes: Uint8Array,
  options: HeaderReaderOptions = {},
): { readonly fields: readonly HeaderField[]; readonly bodyStart: Octets } {
  const reader = new HeaderReader(options)
  const fields = [...reader.push(bytes), ...reader.end()]
  return { fields, bodyStart: reader.bodyStart ?? bytes.length }
}
