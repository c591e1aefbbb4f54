import {
  type AccountId,
  ANSWERED,
  FLAGGED,
  type FlagChange,
  type ModSeq,
  modSeq,
  SEEN,
  type Uid,
  type UidList,
  uid,
} from '@mailwright/core'
import { messageOf, type Note, type NoteMessage } from './messages.js'

/** Flags that can be set. `\Deleted` is none of them: nobody removes the host's notes from outside. */
const SETTABLE = SEEN | ANSWERED | FLAGGED

/** The notes as messages, and the counters a mail store needs: every change has its number. */
export class NoteList {
  readonly #messages: NoteMessage[] = []
  #changes = 1

  get highestModSeq(): ModSeq {
    return modSeq(this.#changes)
  }

  /** Greater than every UID of every account: that is all the contract asks. */
  get uidNext(): Uid {
    return uid((this.#messages.at(-1)?.uid ?? 0) + 1)
  }

  add(note: Note): NoteMessage {
    const message = messageOf(note, ++this.#changes)
    this.#messages.push(message)
    return message
  }

  /** An account's messages in the order of their UIDs: the host's ids grow. */
  of(account: AccountId): NoteMessage[] {
    return this.#messages.filter((each) => each.account === account)
  }

  /** Those of `uids` that the account has. */
  among(account: AccountId, uids: UidList): NoteMessage[] {
    const wanted = new Set(uids)
    return this.of(account).filter((each) => wanted.has(each.uid))
  }

  /** Changes flags, all under one number; what stays as it was gets none. Leaves alone what changed after `since`. */
  setFlags(messages: readonly NoteMessage[], change: FlagChange, since: number) {
    const modified = messages.filter((each) => each.modSeq > since)
    const changed = messages.filter((each) => each.modSeq <= since)
    const next = this.#changes + 1
    for (const message of changed) {
      const system = after(message.system, change) & SETTABLE
      if (system === message.system) continue
      message.system = system
      message.modSeq = this.#changes = next
    }
    return { changed, modified }
  }
}

function after(system: number, { mode, flags }: FlagChange): number {
  switch (mode) {
    case 'add':
      return system | flags.system
    case 'remove':
      return system & ~flags.system
    default:
      return flags.system
  }
}
