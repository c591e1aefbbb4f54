import type { Body } from '@mailwright/core'
import type { Variant } from '../kit/case.js'
import { fixtureWith, storeWith } from './wrap.js'

/** Chunks up to this are cut into single octets; larger ones into pieces of a prime size, so that every power of two is crossed. */
const SMALL = 2_048
const PIECE = 1_021

/** Bodies come one octet at a time, in a buffer that is overwritten as soon as the next is asked for. */
export const octetsVariant: Variant = {
  id: 'octets',
  title: 'bodies come one octet at a time, in a buffer that is used again',
  wrap: (fixture) =>
    fixtureWith(fixture, (store) =>
      storeWith(store, {
        stage: (args, signal) => store.stage({ account: args.account, body: inPieces(args.body) }, signal),
      }),
    ),
}

async function* inPieces(body: Body): Body {
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
