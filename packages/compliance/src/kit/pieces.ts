import type { Body } from '@mailwright/core'

/** Chunks up to this are cut into single octets; larger ones into pieces of a prime size, so that every power of two is crossed. */
const SMALL = 2_048
const PIECE = 1_021

/** The same octets one at a time, in a buffer that is overwritten as soon as the next is asked for. */
export async function* inPieces(body: Body): Body {
  for await (const chunk of body) {
    const size = chunk.length <= SMALL ? 1 : PIECE
    const buffer = new Uint8Array(size)
    for (let at = 0; at < chunk.length; at += size) {
      const piece = chunk.subarray(at, at + size)
      buffer.set(piece)
      yield buffer.subarray(0, piece.length)
      buffer.fill(0x58)
    }
  }
}
