import { fieldBody, type HeaderField } from './field.js'

/** Bodies of a header's fields by name. */
export class HeaderValues {
  readonly #bodies = new Map<string, string[]>()

  constructor(fields: readonly HeaderField[]) {
    for (const { name, raw } of fields) {
      const bodies = this.#bodies.get(name)
      if (bodies === undefined) this.#bodies.set(name, [fieldBody(raw)])
      else bodies.push(fieldBody(raw))
    }
  }

  /** The first field's body, `null` when there is none. What several mean is not specified (RFC 5322 §4.5). */
  first(name: string): string | null {
    return this.#bodies.get(name)?.[0] ?? null
  }

  /** All of them as one list: several destination fields count as if joined by commas. RFC 5322 §4.5.3. */
  joined(name: string): string | null {
    return this.#bodies.get(name)?.join(',') ?? null
  }
}
