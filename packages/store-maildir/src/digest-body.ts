import { setImmediate as turn } from 'node:timers/promises'
import type { Body, MessageDigest } from '@mailwright/core'
import { Digester } from '@mailwright/message'

/** Digests a message, and lets others have their turns meanwhile: one of tiny parts only would hold them up. */
export async function digestBody(body: Body): Promise<MessageDigest> {
  const digester = new Digester()
  for await (const chunk of body) {
    for (let at = digester.pushSlice(chunk); at < chunk.length; at = digester.pushSlice(chunk, at)) await turn()
  }
  return digester.end()
}
