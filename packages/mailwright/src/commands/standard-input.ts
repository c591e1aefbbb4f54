import type { Readable } from 'node:stream'

/** Everything on a stream, as text. */
export async function readAll(input: Readable): Promise<string> {
  let text = ''
  for await (const chunk of input) text += String(chunk)
  return text
}
