import {
  type Body,
  type BodyHandle,
  HostError,
  type MessageDigest,
  type OctetRange,
  type Octets,
} from '@mailwright/core'
import { Digester } from '@mailwright/message'
import { inTime } from './in-time.js'
import { BLOCK_OCTETS } from './limits.js'

/** A message as it was received. All blocks but the last are full. */
export interface Received {
  readonly blocks: readonly Uint8Array[]
  readonly octets: Octets
  readonly digest: MessageDigest
}

/** A message's content: immutable, shared by all its copies. */
export interface Content extends Received {
  /** RFC 8474 §5.1. */
  readonly emailId: string
}

/**
 * Takes a body in and digests it on the way. Chunks are copied: they may be views of a network buffer many times
 * their size, or be written over once the next is asked for.
 *
 * @returns `null` as soon as it exceeds `most` octets; the rest is not read.
 */
export async function receiveContent(body: Body, most: Octets, signal: AbortSignal): Promise<Received | null> {
  const digester = new Digester()
  const blocks: Uint8Array[] = []
  let block = new Uint8Array(BLOCK_OCTETS)
  let used = 0
  let octets = 0
  const seal = async (whole: Uint8Array): Promise<void> => {
    blocks.push(whole)
    // A block of tiny parts only would hold others up.
    for (let at = digester.pushSlice(whole); at < whole.length; at = digester.pushSlice(whole, at)) await turn()
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
  return { blocks, octets, digest: digester.end() }
}

/** Lets everybody else have a turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}

/**
 * A handle on `content`. `check` runs when a reading begins, and throws when the message is gone by then; a reading
 * that has begun comes to its end.
 */
export function contentHandle(content: Received, check: () => void): BodyHandle {
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
