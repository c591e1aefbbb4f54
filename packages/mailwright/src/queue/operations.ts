import type { MailQueue, QueuedMessage, QueueId } from '@mailwright/core'
import { queueName } from './listing.js'

/** What an operator does to messages. */
export type QueueOperation = 'delete' | 'hold' | 'release' | 'requeue'

/** The queues of Postfix, as `postsuper` takes them behind its options. */
export type QueueName = ReturnType<typeof queueName>
export const QUEUE_NAMES: readonly QueueName[] = ['hold', 'incoming', 'active', 'deferred']

/** Messages in one page of a listing. Default 1,000: a page takes little memory and few calls. */
const PAGE = 1_000

/** Every message of a queue, page by page, in the order of their ids. */
export async function* everyMessage(queue: MailQueue, signal: AbortSignal): AsyncGenerator<QueuedMessage> {
  let after: QueueId | null = null
  do {
    const page: Awaited<ReturnType<MailQueue['list']>> = await queue.list({ after, limit: PAGE }, signal)
    yield* page.messages
    after = page.cursor
  } while (after !== null)
}

/** Whether a text can be the id of a message, as Postfix asks of it: letters and digits, of its short ids or its long ones. */
export function isQueueId(text: string): boolean {
  return /^[0-9A-Za-z]{1,100}$/.test(text)
}

/** The ids of all messages that lie in one of these queues. */
export async function idsIn(
  queue: MailQueue,
  names: readonly QueueName[],
  signal: AbortSignal,
): Promise<readonly QueueId[]> {
  const ids: QueueId[] = []
  for await (const message of everyMessage(queue, signal)) if (names.includes(queueName(message))) ids.push(message.id)
  return ids
}

/**
 * Does one thing to some messages. Those that are not there any more are not counted.
 *
 * @returns how many it was done to.
 */
export async function operate(
  queue: MailQueue,
  operation: QueueOperation,
  ids: readonly QueueId[],
  signal: AbortSignal,
): Promise<number> {
  if (ids.length === 0) return 0
  switch (operation) {
    case 'delete':
      return (await queue.remove({ ids }, signal)).count
    case 'hold':
    case 'release':
      return (await queue.hold({ ids, change: operation }, signal)).count
    case 'requeue':
      return (await queue.requeue({ ids, attempts: 'forgotten' }, signal)).count
    default:
      return operation satisfies never
  }
}
