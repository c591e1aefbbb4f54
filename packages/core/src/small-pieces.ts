import type { Octets } from './brands.js'
import { concat } from './bytes.js'

/** Pieces below this are gathered: where every line begins with a dot, each would else cost as much as a whole chunk. */
export const SMALL_PIECE: Octets = 512
/** Octets gathered from small pieces, at most, before they are handed out as one. */
export const GATHERED: Octets = 16_384

/** Pieces with those shorter than {@link SMALL_PIECE} put together. */
export function* gathered(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let small: Uint8Array[] = []
  let octets = 0
  for (const piece of pieces) {
    const isSmall = piece.length < SMALL_PIECE
    if (isSmall) {
      small.push(piece)
      octets += piece.length
    }
    if (small.length > 0 && (!isSmall || octets >= GATHERED)) {
      yield concat(small)
      small = []
      octets = 0
    }
    if (!isSmall) yield piece
  }
  if (small.length > 0) yield concat(small)
}
