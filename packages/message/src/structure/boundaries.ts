import { latin1, type Octets } from '@mailwright/core'

/** A delimiter line found. */
export interface Delimiter<Owner> {
  readonly owner: Owner
  /** `close-delimiter := delimiter "--"` */
  readonly isClose: boolean
}

interface Open<Owner> {
  /** What is compared: the boundary, cut to the limit. */
  readonly key: string
  /** Of the boundary itself. */
  readonly length: number
  readonly owner: Owner
}

/**
 * The boundaries of the multiparts that are open.
 *
 *     dash-boundary := "--" boundary        delimiter := CRLF dash-boundary
 *
 * RFC 2046 §5.1.1: a line matches when the boundary stands at its beginning, whatever follows. Of several that match, the longest
 * is meant, and of two alike the inner; every open level counts (§5.1.2).
 */
export class Boundaries<Owner> {
  readonly #limit: Octets
  readonly #lineOctets: Octets
  readonly #open: Open<Owner>[] = []
  readonly #byKey = new Map<string, Open<Owner>>()
  /** Lengths of the open keys, longest first. One look-up for each, never more than the line has octets. */
  #lengths: readonly number[] = []

  constructor(limit: Octets, lineOctets: Octets) {
    this.#limit = limit
    this.#lineOctets = lineOctets
  }

  get isEmpty(): boolean {
    return this.#open.length === 0
  }

  /** `boundary` holds one octet a character and is not empty. */
  open(boundary: string, owner: Owner): void {
    this.#open.push({ key: boundary.slice(0, this.#limit), length: boundary.length, owner })
    this.#index()
  }

  /** Forgets the boundaries of `owner` and of all that opened after it. */
  closeFrom(owner: Owner): void {
    const index = this.#open.findIndex((open) => open.owner === owner)
    if (index < 0) return
    this.#open.length = index
    this.#index()
  }

  /** Whether the line at `start` (to `end`, or its beginning so far kept) begins with `--` and an open boundary. */
  match(bytes: Uint8Array, start: number, end: number): Delimiter<Owner> | undefined {
    const text = latin1(bytes, start + 2, Math.min(end, start + this.#lineOctets))
    for (const length of this.#lengths) {
      if (length > text.length) continue
      const open = this.#byKey.get(text.slice(0, length))
      if (open !== undefined) return { owner: open.owner, isClose: text.startsWith('--', open.length) }
    }
    return undefined
  }

  #index(): void {
    this.#byKey.clear()
    for (const open of this.#open) this.#byKey.set(open.key, open)
    this.#lengths = [...new Set(this.#open.map(({ key }) => key.length))].sort((a, b) => b - a)
  }
}
