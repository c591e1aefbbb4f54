import { number } from './grammar/numbers.js'
import type { DropMessage, Maildrop } from './maildrop.js'
import { type Reply, refused } from './response/reply.js'
import { messages } from './response/summary.js'

export type FoundMessage =
  | { readonly kind: 'found'; readonly message: DropMessage }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** The message that a command names. It may not be marked as deleted (RFC 1939 §5). */
export function findMessage(maildrop: Maildrop, argument: string): FoundMessage {
  const wanted = number(argument)
  if (wanted === undefined) return { kind: 'refused', reply: refused('Invalid message number.') }
  const message = maildrop.message(wanted)
  if (message !== undefined) return { kind: 'found', message }
  const text = maildrop.isDeleted(wanted)
    ? `message ${wanted} already deleted`
    : `no such message, only ${messages(maildrop.size)} in maildrop`
  return { kind: 'refused', reply: refused(text) }
}
