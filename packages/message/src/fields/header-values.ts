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

  /** All of them as one list: several destination fields count as if joined by commas. RFC 5322 §4.5.3. */
  joined(name: string): string | null {
    return (
      this.#fields
        .get(name)
        ?.map(({ raw }) => fieldBody(raw))
        .join(',') ?? null
    )
  }
}
