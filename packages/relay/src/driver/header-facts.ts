import { fieldBody, HeaderReader } from '@mailwright/message'
import type { BodyFilter } from './body-filter.js'

/** What is told of a message once it was read. */
export interface HeaderFacts {
  /** As it stands in the message; `null`: it has none. For logs. */
  messageId: string | null
  /** Its header as it came, for who wants to return it. */
  readonly header?: Uint8Array[]
}

const WANTED: ReadonlySet<string> = new Set(['message-id'])

/** Lets a message pass as it is, and fills in `facts` while its header goes by. */
export function headerObserver(facts: HeaderFacts): BodyFilter {
  const reader = new HeaderReader({ wanted: WANTED })
  return {
    push(chunk) {
      if (reader.bodyStart === null) {
        for (const { raw } of reader.push(chunk)) facts.messageId ??= fieldBody(raw)
        // Chunks are ours only until the next one.
        facts.header?.push(chunk.slice())
      }
      return [chunk]
    },
    end() {
      for (const { raw } of reader.end()) facts.messageId ??= fieldBody(raw)
      return []
    },
  }
}
