import type { UidList } from '@mailwright/core'
import { no, type Reply } from '../reply.js'
import type { Session } from '../session.js'

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
