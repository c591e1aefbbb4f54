import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '@mailwright/core'
import { writeFlags } from './response/flags.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'
import { type MailboxView, RECENT } from './view.js'

const SYSTEM = ANSWERED | FLAGGED | DELETED | SEEN | DRAFT

/**
 * FLAGS and PERMANENTFLAGS as SELECT tells them, and again when a keyword is new (RFC 3501 §7.2.6): `\*` where clients may
 * make keywords of their own.
 */
export function writeFlagLines(session: Session, mailbox: Selected): void {
  const { names } = mailbox.view.keywords
  session.untagged(`FLAGS ${writeFlags(SYSTEM, names)}`)
  if (mailbox.isReadOnly) {
    session.untagged('OK [PERMANENTFLAGS ()] Read-only mailbox.')
    return
  }
  const permanent = writeFlags(SYSTEM, names, session.settings.supports.keywords ? '\\*' : undefined)
  session.untagged(`OK [PERMANENTFLAGS ${permanent}] Flags permitted.`)
}

/** `flag-fetch` list of one message of the view, which counts as told from now on. */
export function tellFlags(view: MailboxView, uid: number): string {
  const index = view.indexOf(uid)
  const { system, keywords } = view.flagsAt(index)
  view.markTold(uid)
  return writeFlags(system, keywords, (view.bitsAt(index) & RECENT) === 0 ? undefined : '\\Recent')
}
