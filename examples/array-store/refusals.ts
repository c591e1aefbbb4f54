import type { MailStore } from '@mailwright/core'

const NO_FOLDERS = { kind: 'denied', reason: 'Notes have no folders' } as const
/** The contract's word for "nothing more may come in", which here is always so. */
const TAKES_NO_MAIL = { kind: 'overQuota' } as const

/**
 * The part of a store that clients change, where they may not: no folders, no new messages, no copies, no removal. Each is an
 * expected refusal, which the engine puts into the protocol's words; nothing here is a fault.
 */
export const REFUSALS = {
  async createMailbox() {
    return NO_FOLDERS
  },
  async renameMailbox() {
    return NO_FOLDERS
  },
  async deleteMailbox() {
    return NO_FOLDERS
  },
  /** INBOX is always subscribed, and there is nothing else: the contract has no refusal here, and needs none. */
  async subscribe() {
    return { kind: 'done' }
  },
  /** Refused before the body is read: the engine drops the octets that still come. */
  async stage() {
    return TAKES_NO_MAIL
  },
  async staged() {
    return { kind: 'noSuchStaged' }
  },
  async append() {
    return TAKES_NO_MAIL
  },
  async replace() {
    return TAKES_NO_MAIL
  },
  async discard() {
    return { kind: 'done' }
  },
  async copy() {
    return TAKES_NO_MAIL
  },
  async move() {
    return TAKES_NO_MAIL
  },
} satisfies Partial<MailStore>
