import type { Octets } from '@mailwright/core'
import { RecentMap } from './recent-map.js'

/** A place in a message, in the file and in wire form, and the octet before it. */
export interface Place {
  readonly disk: Octets
  readonly wire: Octets
  readonly after: number
}

/** Octets of a file between two remembered places. */
const STEP: Octets = 262_144

/**
 * Where reading of a message got to, so that a client that fetches a large message in ranges does not make the store
 * read its beginning again and again: line ends on disk are shorter than on the wire, so offsets cannot be computed.
 */
export class LineIndex {
  readonly size: Octets
  readonly #places: Place[] = [{ disk: 0, wire: 0, after: 0 }]

  /** @param size Of the file; an index does not outlive another length. */
  constructor(size: Octets) {
    this.size = size
  }

  get weight(): number {
    return this.#places.length
  }

  /** The last known place at or before `wire`. */
  before(wire: Octets): Place {
    let found: Place = { disk: 0, wire: 0, after: 0 }
    for (const place of this.#places) if (place.wire <= wire) found = place
    return found
  }

  passed(place: Place): void {
    const last = this.#places[this.#places.length - 1]
    if (last === undefined || place.disk >= last.disk + STEP) this.#places.push(place)
  }
}

/** Indexes of the files read last. */
export class LineIndexes {
  // A place weighs about 60 octets, a 50 MB message has 200.
  readonly #recent = new RecentMap<LineIndex>(512, () => 1)

  of(file: { readonly dev: bigint; readonly ino: bigint; readonly size: bigint; readonly mtimeNs: bigint }): LineIndex {
    const key = `${file.dev}.${file.ino}.${file.mtimeNs}`
    const size = Number(file.size)
    const known = this.#recent.get(key)
    if (known?.size === size) return known
    const fresh = new LineIndex(size)
    this.#recent.set(key, fresh)
    return fresh
  }
}
