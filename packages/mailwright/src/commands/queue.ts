import type { MailQueue, QueueId } from '@mailwright/core'
import { QueueListing, queueJson } from '../queue/listing.js'
import { everyMessage, idsIn, operate, QUEUE_NAMES, type QueueOperation } from '../queue/operations.js'
import { parsePostqueue } from '../queue/postqueue.js'
import { parsePostsuper, runPostsuper } from '../queue/postsuper.js'
import { liesIn, parseQshape } from '../queue/qshape.js'
import { QueueShape } from '../queue/shape.js'
import { EX_UNAVAILABLE, EX_USAGE } from '../sendmail/sysexits.js'
import { localZone } from '../time/wall-clock.js'
import { withQueue } from './site-queue.js'
import { readAll } from './standard-input.js'

/** Prints the queue: as `mailq` does, or one JSON object a line as `postqueue -j`. */
export function queueList(config: string, form: 'lines' | 'json'): Promise<void> {
  return withQueue(config, async (queue, signal) => {
    const listing = new QueueListing(localZone)
    for await (const message of everyMessage(queue, signal)) {
      process.stdout.write(form === 'json' ? queueJson(message) : listing.add(message))
    }
    if (form === 'lines') process.stdout.write(listing.end())
  })
}

/** Prints a message of the queue: what is known of it, then its text. */
export function queueShow(config: string, id: string): Promise<void> {
  return withQueue(config, async (queue, signal) => {
    const found = await queue.open({ id: id as QueueId }, signal)
    if (found.kind === 'noSuchMessage') return complain(`${id}: no such message`)
    process.stdout.write(`${JSON.stringify(found.message, null, 2)}\n\n`)
    for await (const chunk of found.body.read()) process.stdout.write(chunk)
  })
}

/** Makes deferred mail due now: all, of one message, of one domain. */
export function queueFlush(config: string, only: { readonly id?: string; readonly site?: string } = {}): Promise<void> {
  return withQueue(config, async (queue, signal) => {
    const { id, site } = only
    await queue.requeue(
      { ...(id === undefined ? {} : { ids: [id as QueueId] }), ...(site === undefined ? {} : { domain: site }) },
      signal,
    )
  })
}

/** Does something to messages, named by their ids or `ALL`, and says to how many. */
export function queueOperate(config: string, operation: QueueOperation, ids: readonly string[]): Promise<void> {
  return withQueue(config, async (queue, signal) => {
    const named = await messagesOf(queue, ids, signal)
    const count = await operate(queue, operation, named, signal)
    process.stdout.write(`${WORDS[operation]}: ${count} ${count === 1 ? 'message' : 'messages'}\n`)
    if (count === 0) process.exitCode = 1
  })
}

const WORDS: { readonly [operation in QueueOperation]: string } = {
  delete: 'Deleted',
  hold: 'Placed on hold',
  release: 'Released from hold',
  requeue: 'Requeued',
}

async function messagesOf(queue: MailQueue, ids: readonly string[], signal: AbortSignal): Promise<readonly QueueId[]> {
  return ids.includes('ALL') ? idsIn(queue, QUEUE_NAMES, signal) : ids.map((id) => id as QueueId)
}

/** `postsuper`, by its own command line. */
export async function postsuper(config: string, args: readonly string[]): Promise<void> {
  const request = parsePostsuper(args)
  if (request.kind === 'wrong') return complain(`postsuper: fatal: ${request.sentence}`)
  await withQueue(config, (queue, signal) =>
    runPostsuper(request, {
      queue,
      readIds: async () => (await readAll(process.stdin)).split(/\s+/).filter((id) => id !== ''),
      say: (line) => void process.stderr.write(`${line}\n`),
      signal,
    }),
  )
}

/** `postqueue`, by its own command line: `-p`, `-j`, `-f`, `-i id`, `-s site`. */
export async function postqueue(config: string, args: readonly string[]): Promise<void> {
  const request = parsePostqueue(args)
  switch (request.kind) {
    case 'wrong':
      return complain(`postqueue: fatal: ${request.sentence}`, EX_UNAVAILABLE)
    case 'list':
      return queueList(config, request.form)
    case 'flush':
      return queueFlush(config, request.only)
    default:
      return request satisfies never
  }
}

/** `qshape`, by its own command line: the mail of each domain by its age. */
export async function qshape(config: string, args: readonly string[]): Promise<void> {
  const request = parseQshape(args)
  if (request.kind === 'wrong') return complain(`qshape: ${request.sentence}`, EX_USAGE)
  await withQueue(config, async (queue, signal) => {
    const shape = new QueueShape(request.options, Date.now())
    for await (const message of everyMessage(queue, signal)) if (liesIn(message, request.queues)) shape.add(message)
    process.stdout.write(shape.lines())
  })
}

async function complain(sentence: string, code = 1): Promise<void> {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = code
}
