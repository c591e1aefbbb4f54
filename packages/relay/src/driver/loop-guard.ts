import type { Body } from '@mailwright/core'
import { fieldBody, HeaderReader } from '@mailwright/message'
import { TooManyHops } from './header-guard.js'

const WANTED: ReadonlySet<string> = new Set(['delivered-to'])

/**
 * A message on its way to mailboxes.
 *
 * @throws {TooManyHops} while it is read, when it says that it was delivered to one of them already (Postfix, qmail).
 */
export async function* loopGuard(body: Body, addresses: readonly string[]): Body {
  const own = new Set(addresses.map((address) => address.toLowerCase()))
  const reader = new HeaderReader({ wanted: WANTED })
  for await (const chunk of body) {
    if (reader.bodyStart === null) {
      for (const { raw } of reader.push(chunk)) {
        const address = fieldBody(raw)
        if (own.has(address.toLowerCase())) throw new TooManyHops(`mail forwarding loop for ${address}`)
      }
    }
    yield chunk
  }
}
