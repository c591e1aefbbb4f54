import { setImmediate as turn } from 'node:timers/promises'
import type { Digester } from '@mailwright/message'

/** Digests a chunk and lets others have their turns meanwhile: one of tiny parts only would hold them up. */
export async function digestChunk(digester: Digester, chunk: Uint8Array): Promise<void> {
  for (let at = digester.pushSlice(chunk); at < chunk.length; at = digester.pushSlice(chunk, at)) await turn()
}
