import type { Body, MessageDigest, Octets } from '@mailwright/core'
import { Digester } from '@mailwright/message'
import { type Blocks, receiveBlocks } from './blocks.js'

/** A message as it was received. */
export interface Received extends Blocks {
  readonly digest: MessageDigest
}

/** A message's content: immutable, shared by all its copies. */
export interface Content extends Received {
  /** RFC 8474 §5.1. */
  readonly emailId: string
}

/**
 * Takes a body in and digests it on the way.
 *
 * @returns `null` as soon as it exceeds `most` octets; the rest is not read.
 */
export async function receiveContent(body: Body, most: Octets, signal: AbortSignal): Promise<Received | null> {
  const digester = new Digester()
  const blocks = await receiveBlocks(body, most, signal, async (whole) => {
    // A block of tiny parts only would hold others up.
    for (let at = digester.pushSlice(whole); at < whole.length; at = digester.pushSlice(whole, at)) await turn()
  })
  return blocks === null ? null : { ...blocks, digest: digester.end() }
}

/** Lets everybody else have a turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
