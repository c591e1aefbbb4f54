import type { LongWork } from '../paced.js'
import { orderOf } from '../sort/order.js'
import type { ThreadMessage, Threads } from './threaded.js'

/**
 * THREAD=ORDEREDSUBJECT (RFC 5256 §3): messages of one base subject are a thread, the first sent is the parent of all others,
 * and threads go by their first message.
 *
 * Sorted by date alone, messages of one subject come in the order they would have in a sort by subject and date, and the subjects
 * come in the order of their first messages.
 */
export function* orderedSubject(messages: readonly ThreadMessage[]): LongWork<Threads> {
  const order = yield* bySentDate(messages)
  const roots: number[] = []
  const rootOf = new Map<string, number>()
  const children = new Map<number, number[]>()
  for (const node of order) {
    const subject = messages[node]?.subject ?? ''
    const root = rootOf.get(subject)
    if (root === undefined) {
      rootOf.set(subject, node)
      roots.push(node)
      continue
    }
    const siblings = children.get(root)
    if (siblings === undefined) children.set(root, [node])
    else siblings.push(node)
  }
  return { roots, children }
}

/** Places of the messages in the order they were sent; of one date in mailbox order (RFC 5256 §2.2). */
export function bySentDate(messages: readonly ThreadMessage[]): LongWork<Uint32Array> {
  const dates = Float64Array.from(messages, ({ sentDate }) => sentDate)
  return orderOf(messages.length, (one, other) => (dates[one] ?? 0) - (dates[other] ?? 0))
}
