import { type Body, type BodyHandle, HostError, type OctetRange, type Octets } from '@mailwright/core'
import { inTime } from './in-time.js'
import { BLOCK_OCTETS } from './limits.js'

/** Octets in memory. All blocks but the last are full. */
export interface Blocks {
  readonly blocks: readonly Uint8Array[]
  readonly octets: Octets
}

/**
 * Takes a body in. Chunks are copied: they may be views of a network buffer many times their size, or be written over once the next is
 * asked for.
 *
 * @param seen is shown each block that is complete, and waited for.
 * @returns `null` as soon as it exceeds `most` octets; the rest is not read.
 */
export async function receiveBlocks(
  body: Body,
  most: Octets,
  signal: AbortSignal,
  seen: (block: Uint8Array) => Promise<void> = async () => {},
): Promise<Blocks | null> {
  const blocks: Uint8Array[] = []
  let block = new Uint8Array(BLOCK_OCTETS)
  let used = 0
  let octets = 0
  const seal = async (whole: Uint8Array): Promise<void> => {
    blocks.push(whole)
    await seen(whole)
  }
  for await (const chunk of inTime(body, signal)) {
    octets += chunk.length
    if (octets > most) return null
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + BLOCK_OCTETS - used)
      block.set(piece, used)
      used += piece.length
      at += piece.length
      if (used === BLOCK_OCTETS) {
        await seal(block)
        block = new Uint8Array(BLOCK_OCTETS)
        used = 0
      }
    }
  }
  if (used > 0) await seal(block.slice(0, used))
  return { blocks, octets }
}

/**
 * A handle on octets in memory. `check` runs when a reading begins, and throws when the message is gone by then; a reading
 * that has begun comes to its end.
 */
export function blocksHandle(content: Blocks, check: () => void): BodyHandle {
  return {
    octets: content.octets,
    async *read(range: OctetRange = { start: 0, end: content.octets }, signal?: AbortSignal) {
      signal?.throwIfAborted()
      const { start, end } = range
      if (!(start >= 0 && start <= end && end <= content.octets)) {
        throw new HostError(`octets ${start} to ${end} of a message of ${content.octets}`)
      }
      check()
      for (let at = start; at < end; ) {
        const index = Math.floor(at / BLOCK_OCTETS)
        const offset = index * BLOCK_OCTETS
        // A copy: chunks belong to the reader, who may write on them.
        const piece =
          content.blocks[index]?.slice(at - offset, Math.min(end - offset, BLOCK_OCTETS)) ?? new Uint8Array(0)
        at += piece.length
        yield piece
        signal?.throwIfAborted()
      }
    },
  }
}
