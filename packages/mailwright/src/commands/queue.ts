import type { MailQueue, QueueId } from '@mailwright/core'
import { QueueListing, queueJson } from '../queue/listing.js'
import { everyMessage, idsIn, operate, QUEUE_NAMES, type QueueOperation } from '../queue/operations.js'
import { parsePostsuper, runPostsuper } from '../queue/postsuper.js'
import { liesIn, parseQshape } from '../queue/qshape.js'
import { QueueShape } from '../queue/shape.js'
import { EX_USAGE } from '../sendmail/sysexits.js'
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
  if (request.kind === 'wrong') return complain(`postsuper: fatal: ${request.sentence}`, EX_USAGE)
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
  const [option = '', attached = ''] = /^(-[a-z])(.*)$/s.exec(args[0] ?? '')?.slice(1) ?? []
  const value = attached === '' ? args[1] : attached
  switch (option) {
    case '-p':
      return queueList(config, 'lines')
    case '-j':
      return queueList(config, 'json')
    case '-f':
      return queueFlush(config)
    case '-i':
      return value === undefined
        ? complain('postqueue: fatal: -i needs a queue id', EX_USAGE)
        : queueFlush(config, { id: value })
    case '-s':
      return value === undefined
        ? complain('postqueue: fatal: -s needs a site', EX_USAGE)
        : queueFlush(config, { site: value })
    default:
      return complain(
        'usage: postqueue -f | postqueue -i queue_id | postqueue -j | postqueue -p | postqueue -s site',
        EX_USAGE,
      )
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
