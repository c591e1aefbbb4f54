import type { Location } from './layout.js'

/** Something the host's log should say: the store goes on, but a person may want to look. */
export interface MaildirProblem {
  readonly kind: /** A folder or file whose name no mailbox or message can have; it is left alone. */
    | 'unusableName'
    /** Lines of a journal were torn or spoiled; messages they spoke of got new UIDs. */
    | 'damagedJournal'
    /** A file of another program could not be read as what it should be. */
    | 'unreadableFile'
    /** Work in the background failed; it is tried again when the mailbox is used next. */
    | 'background'
  readonly path: string
  readonly message: string
  readonly cause?: unknown
}

/** The mailbox was deleted or renamed away while a call waited for it. Becomes `noSuchMailbox`, never leaves the store. */
export class MailboxGone extends Error {
  override readonly name = 'MailboxGone'
  readonly location: Location

  constructor(location: Location) {
    super(`no mailbox in ${location.folder}`)
    this.location = location
  }
}
