import type { Denied } from '@mailwright/core'
import { bad, no, type Reply } from './reply.js'

/** A sequence number that stands for no message (RFC 3501 §9, seq-number). */
export const BAD_SET: Reply = bad('Invalid messageset.')

/** Some of the messages asked for by number were expunged by somebody else (RFC 2180 §4, RFC 5530 §3). */
export const EXPUNGE_ISSUED: Reply = no('Some of the requested messages no longer exist.', 'EXPUNGEISSUED')

/** The mailbox was opened by EXAMINE. */
export const READ_ONLY: Reply = no('Mailbox is read-only.', 'READ-ONLY')

/** The selected mailbox was deleted; the session learns the rest when it catches up. */
export const MAILBOX_GONE: Reply = no('Selected mailbox was deleted.', 'NONEXISTENT')

/** The store says that the account may not (RFC 5530 §3). */
export function denied({ reason }: Denied): Reply {
  return no(reason, 'NOPERM')
}

/** The account may see the mailbox, and not do this with it (RFC 4314 §4, RFC 5530 §3). */
export const NO_PERMISSION: Reply = no('Permission denied.', 'NOPERM')

/** Nobody may make, rename or delete this, or this account may not (RFC 5530 §3). */
export function notManaged({ reason, lacksRight }: Denied): Reply {
  return no(reason, lacksRight === true ? 'NOPERM' : 'CANNOT')
}

/** The account holds all it may (RFC 5530 §3). */
export const OVER_QUOTA: Reply = no('Quota exceeded.', 'OVERQUOTA')

/** The store forgot a staged message before the command came to its end. */
export const LOST: Reply = no('The message was lost on its way, try again.', 'SERVERBUG')

/** Why staged messages were not saved. */
export function notSaved(answer: Denied | { readonly kind: 'overQuota' } | { readonly kind: 'noSuchStaged' }): Reply {
  switch (answer.kind) {
    case 'denied':
      return denied(answer)
    case 'overQuota':
      return OVER_QUOTA
    case 'noSuchStaged':
      return LOST
    default:
      return answer satisfies never
  }
}
