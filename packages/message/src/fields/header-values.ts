import { fieldBody, type HeaderField } from './field.js'

/** Bodies of a header's fields by name. Nothing is unfolded before it is asked for. */
export class HeaderValues {
  readonly #fields = new Map<string, HeaderField[]>()

  constructor(fields: readonly HeaderField[]) {
    for (const field of fields) {
      const alike = this.#fields.get(field.name)
      if (alike === undefined) this.#fields.set(field.name, [field])
      else alike.push(field)
    }
  }

  /** The first field's body, `null` when there is none. What several mean is not specified (RFC 5322 §4.5). */
  first(name: string): string | null {
    const [field] = this.#fields.get(name) ?? []
    return field === undefined ? null : fieldBody(field.raw)
  }

  /** The last field's body, `null` when there is none. */
  last(name: string): string | null {
    const field = this.#fields.get(name)?.at(-1)
    return field === undefined ? null : fieldBody(field.raw)
  }

  /** The bodies of all of them, each made as it is asked for: there may be very many. */
  *all(name: string): Generator<string, void, void> {
    for (const { raw } of this.#fields.get(name) ?? []) yield fieldBody(raw)
  }
}
