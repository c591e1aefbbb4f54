import {
  type Changes,
  DELETED,
  type FetchField,
  type FetchPage,
  flagColumns,
  type MailboxStatus,
  type MessageDigest,
  modSeq,
  SEEN,
  type Snapshot,
  type StatusItem,
  uid,
} from '@mailwright/core'
import { digestBody } from './digest-body.js'
import type { Mailbox } from './mailbox.js'
import type { StoredMessage } from './message-table.js'
import { bodyOf, knownOctets, octetsOf } from './reading.js'
import { inParallel } from './serial.js'
import { uidsOf } from './uid-ranges.js'

/** The snapshot every session of a mailbox shares until the mailbox changes. */
const snapshots = new WeakMap<Mailbox, Snapshot>()

export function snapshotOf(mailbox: Mailbox): Snapshot {
  const { table } = mailbox
  const known = snapshots.get(mailbox)
  if (known?.highestModSeq === table.highestModSeq && known.uidNext === table.uidNext) return known
  const snapshot: Snapshot = {
    kind: 'snapshot',
    uidValidity: mailbox.identity.uidValidity,
    uidNext: uid(table.uidNext),
    highestModSeq: modSeq(table.highestModSeq),
    messages: flagColumns(table.messages),
  }
  snapshots.set(mailbox, snapshot)
  return snapshot
}

export function changesOf(mailbox: Mailbox, since: number): Changes {
  const { table } = mailbox
  const isCurrent = since >= table.highestModSeq
  const changed = isCurrent ? [] : table.messages.filter((message) => message.modSeq > since)
  return {
    kind: 'changes',
    uidNext: uid(table.uidNext),
    highestModSeq: modSeq(table.highestModSeq),
    messages: flagColumns(changed),
    modSeqs: Float64Array.from(changed, (message) => message.modSeq),
    vanished: Uint32Array.from(isCurrent ? [] : uidsOf(table.vanishedSince(since))),
  }
}

export async function statusOf(mailbox: Mailbox, items: readonly StatusItem[]): Promise<MailboxStatus> {
  const counts: { -readonly [Item in StatusItem]?: number } = {}
  for (const item of items) counts[item] = await countOf(mailbox, item)
  return { mailbox: mailbox.id, ...counts }
}

async function countOf(mailbox: Mailbox, item: StatusItem): Promise<number> {
  const { table } = mailbox
  const { messages } = table
  switch (item) {
    case 'messages':
      return messages.length
    case 'uidNext':
      return table.uidNext
    case 'uidValidity':
      return mailbox.identity.uidValidity
    case 'unseen':
      return count(messages, (message) => (message.system & SEEN) === 0)
    case 'deleted':
      return count(messages, (message) => (message.system & DELETED) !== 0)
    case 'size':
      return (await octetsOf(mailbox, messages)).reduce((sum, octets) => sum + octets, 0)
    case 'deletedStorage': {
      const deleted = messages.filter((message) => (message.system & DELETED) !== 0)
      return (await octetsOf(mailbox, deleted)).reduce((sum, octets) => sum + octets, 0)
    }
    case 'recent':
      return messages.length - table.indexFrom(table.recentFrom)
    case 'highestModSeq':
      return table.highestModSeq
    default:
      return item satisfies never
  }
}

function count(messages: readonly StoredMessage[], counts: (message: StoredMessage) => boolean): number {
  let sum = 0
  for (const message of messages) if (counts(message)) sum++
  return sum
}

/** One page of columns, from the UID `cursor` on. */
export async function fetchPage(
  mailbox: Mailbox,
  uids: Uint32Array,
  fields: readonly FetchField[],
  cursor: number | null,
): Promise<FetchPage> {
  const { table, context } = mailbox
  const size = fields.includes('digest') ? context.limits.digestPage : context.limits.page
  const page: StoredMessage[] = []
  let next: number | null = null
  for (let at = indexFrom(uids, cursor ?? 0); at < uids.length; at++) {
    const message = table.byUid(uids[at] ?? 0)
    if (message === undefined) continue
    if (page.length === size) {
      next = message.uid
      break
    }
    page.push(message)
  }
  const digests = fields.includes('digest') ? await digestsOf(mailbox, page) : undefined
  if (fields.includes('octets')) await octetsOf(mailbox, page)
  // From here on nothing waits: the columns of a page belong together. Messages that went meanwhile are not on it.
  const there = page.filter((message) => table.byUid(message.uid) === message && digests?.get(message) !== null)
  return {
    kind: 'page',
    uids: Uint32Array.from(there, (message) => message.uid),
    ...(fields.includes('flags') ? { flags: flagColumns(there) } : {}),
    ...(fields.includes('octets') ? { octets: Float64Array.from(there, knownOctets) } : {}),
    ...(fields.includes('internalDate') ? { internalDates: Float64Array.from(there, (one) => one.internalDate) } : {}),
    ...(fields.includes('modSeq') ? { modSeqs: Float64Array.from(there, (one) => one.modSeq) } : {}),
    ...(digests === undefined ? {} : { digests: there.flatMap((message) => digests.get(message) ?? []) }),
    cursor: next,
  }
}

function indexFrom(uids: Uint32Array, wanted: number): number {
  let low = 0
  let high = uids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((uids[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Digests of messages, from memory or by reading them; `null` for those that are gone. */
async function digestsOf(
  mailbox: Mailbox,
  messages: readonly StoredMessage[],
): Promise<Map<StoredMessage, MessageDigest | null>> {
  const { digests, limits } = mailbox.context
  const found = new Map<StoredMessage, MessageDigest | null>()
  await inParallel(messages, limits.parallel, async (message) => {
    const known = digests.get(digestKey(mailbox, message))
    found.set(message, known ?? (await digest(mailbox, message)))
  })
  return found
}

async function digest(mailbox: Mailbox, message: StoredMessage): Promise<MessageDigest | null> {
  const body = await bodyOf(mailbox, message)
  if (body === undefined) return null
  const computed = await digestBody(body.read())
  mailbox.context.digests.set(digestKey(mailbox, message), computed)
  return computed
}

/** Names a message's digest in the store's cache. */
export function digestKey(mailbox: Mailbox, message: Pick<StoredMessage, 'uid'>): string {
  return `${mailbox.identity.id} ${message.uid}`
}
