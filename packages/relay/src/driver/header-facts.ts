import type { Body } from '@mailwright/core'
import { fieldBody, HeaderReader } from '@mailwright/message'

/** What is told of a message once it was read. */
export interface HeaderFacts {
  /** As it stands in the message; `null`: it has none. For logs. */
  messageId: string | null
  /** Its header as it came, for who wants to return it. */
  readonly header?: Uint8Array[]
}

const WANTED: ReadonlySet<string> = new Set(['message-id'])

/** A message as it is; `facts` are filled in while its header goes by. */
export async function* observed(body: Body, facts: HeaderFacts): Body {
  const reader = new HeaderReader({ wanted: WANTED })
  for await (const chunk of body) {
    if (reader.bodyStart === null) {
      for (const { raw } of reader.push(chunk)) facts.messageId ??= fieldBody(raw)
      // Chunks are ours only until the next one.
      facts.header?.push(chunk.slice())
    }
    yield chunk
  }
  for (const { raw } of reader.end()) facts.messageId ??= fieldBody(raw)
}
