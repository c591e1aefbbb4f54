import type { UidList } from '@mailwright/core'
import { no, type Reply } from '../reply.js'
import type { SearchKey } from '../search/search-key.js'
import type { Session } from '../session.js'
import type { MailboxView } from '../view.js'

/** What one command works on. */
export interface LimitedMessages {
  readonly uids: UidList
  /** MESSAGELIMIT with the least UID that was worked on; `null` where the limit was not met. */
  readonly code: string | null
}

/**
 * Of more messages than the host lets one command work on, those with the highest UIDs; the client comes back for the rest
 * (RFC 9738 §3.1).
 *
 * @param uids ascending.
 */
export function limitMessages(session: Session, uids: UidList): LimitedMessages {
  const { messagesPerCommand: limit } = session.settings.limits
  if (!session.offers('MESSAGELIMIT') || uids.length <= limit) return { uids, code: null }
  const last = uids.subarray(uids.length - limit)
  return { uids: last, code: `MESSAGELIMIT ${limit} ${last[0]}` }
}

/**
 * `code` of a tagged reply that may carry one only: where it has another already, the limit is told untagged before it.
 */
export function withLimit(session: Session, reply: Reply, limit: string | null): Reply {
  if (limit === null) return reply
  if (reply.code === null) return { ...reply, code: limit }
  session.untagged(`OK [${limit}] Not all messages were worked on.`)
  return reply
}

/**
 * Refuses to copy or append more messages than the host lets one command: those are done whole or not at all (RFC 9738 §3.1,
 * §3.2). `null` where they are not too many.
 */
export function tooManyToSave(session: Session, messages: number): Reply | null {
  const { messagesPerCommand, savedPerCommand } = session.settings.limits
  const isOffered = session.offers('MESSAGELIMIT') || session.offers('SAVELIMIT')
  const limit = Math.min(messagesPerCommand, savedPerCommand)
  if (!isOffered || messages <= limit) return null
  return no('Too many messages for one command.', `MESSAGELIMIT ${limit}`)
}

/** Refuses to order more messages than one command works on: the order of a part says nothing (RFC 9738 §3.3). */
export function tooManyToOrder(session: Session, messages: number): Reply | null {
  const { messagesPerCommand: limit } = session.settings.limits
  if (!session.offers('MESSAGELIMIT') || messages <= limit) return null
  return no('Too many messages for one command.', `MESSAGELIMIT ${limit}`)
}

/**
 * SEARCH looks at the messages that its sets leave, as many as one command works on; with UIDBEFORE the client goes on below them
 * (RFC 9738 §3.1, §5).
 */
export function limitSearch(
  session: Session,
  view: MailboxView,
  key: SearchKey,
): { readonly key: SearchKey; readonly code: string | null } {
  if (!session.offers('MESSAGELIMIT')) return { key, code: null }
  const { uids, code } = limitMessages(session, candidates(view, key))
  if (code === null) return { key, code }
  const ranges = [{ first: uids[0] ?? 0, last: Number.POSITIVE_INFINITY }]
  return { key: { key: 'and', keys: [{ key: 'set', numbering: 'uid', set: { kind: 'ranges', ranges } }, key] }, code }
}

/** Messages that no set among the outermost keys excludes. */
function candidates(view: MailboxView, key: SearchKey): UidList {
  const isOut = new Uint8Array(view.exists)
  for (const each of key.key === 'and' ? key.keys : [key]) {
    const isNot = each.key === 'not'
    const set = isNot ? each.of : each
    if (set.key !== 'set') continue
    const isNamed = new Uint8Array(view.exists)
    for (const { from, to } of view.searchedSpans(set.set, set.numbering)) isNamed.fill(1, from, to)
    for (let at = 0; at < isOut.length; at++) if ((isNamed[at] === 1) === isNot) isOut[at] = 1
  }
  return view.uids().filter((_, at) => isOut[at] === 0)
}
