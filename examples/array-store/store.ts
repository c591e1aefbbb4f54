import {
  bytesHandle,
  type ChangeBus,
  flagColumns,
  INBOX,
  type MailStore,
  mailboxId,
  SEEN,
  uidList,
} from '@mailwright/core'
import { modSeqsOf, pageOf, uidsOf } from './columns.js'
import type { Note } from './messages.js'
import { NoteList } from './note-list.js'
import { REFUSALS } from './refusals.js'

/** Every account has one mailbox, INBOX. No other id is ever given out, so no call can name another. */
const MAILBOX = mailboxId('notes')
const NEVER_CHANGED = 1

/** Serves notes as mail. `add` is the host's: whoever looks at the mailbox hears of the new note at once. */
export function createNotesStore(notes: Iterable<Note>, bus: ChangeBus): MailStore & { add(note: Note): void } {
  const list = new NoteList()
  for (const note of notes) list.add(note)
  const counters = () => ({ uidNext: list.uidNext, highestModSeq: list.highestModSeq })
  return {
    ...REFUSALS,
    supports: { hierarchy: false, keywords: false, durable: false },
    add(note) {
      const { account } = list.add(note)
      bus.publish({ account, mailbox: MAILBOX, modSeq: list.highestModSeq })
    },
    async mailboxes() {
      const inbox = { id: MAILBOX, name: INBOX, isSelectable: true, specialUse: [], isSubscribed: true }
      return { mailboxes: [inbox], subscribedOnly: [] }
    },
    async status({ account, mailboxes, items }) {
      const mine = list.of(account)
      const unseen = mine.filter((each) => (each.system & SEEN) === 0).length
      const size = mine.reduce((sum, each) => sum + each.octets.length, 0)
      const fixed = { uidValidity: NEVER_CHANGED, deleted: 0, deletedStorage: 0, recent: 0 }
      const all = { messages: mine.length, unseen, size, ...counters(), ...fixed }
      const asked = Object.fromEntries(items.map((item) => [item, all[item]]))
      return { statuses: mailboxes.map((mailbox) => ({ mailbox, ...asked })) }
    },
    async snapshot({ account }) {
      const messages = flagColumns(list.of(account))
      return { kind: 'snapshot', uidValidity: NEVER_CHANGED, ...counters(), messages }
    },
    async changesSince({ account, modSeq }) {
      const news = list.of(account).filter((each) => each.modSeq > modSeq)
      const messages = flagColumns(news)
      return { kind: 'changes', ...counters(), messages, modSeqs: modSeqsOf(news), vanished: uidList([]) }
    },
    /** No note is ever `\Recent`: what is new is unseen. */
    async claimRecent() {
      return { kind: 'recent', from: list.uidNext }
    },
    async fetch({ account, uids, fields }) {
      return pageOf(list.among(account, uids), fields)
    },
    async body({ account, uid }) {
      const message = list.of(account).find((each) => each.uid === uid)
      return message === undefined ? { kind: 'noSuchMessage' } : { kind: 'body', body: bytesHandle(message.octets) }
    },
    async storeFlags({ account, uids, change, unchangedSince = Number.POSITIVE_INFINITY }) {
      const { changed, modified } = list.setFlags(list.among(account, uids), change, unchangedSince)
      bus.publish({ account, mailbox: MAILBOX, modSeq: list.highestModSeq })
      return { kind: 'stored', changed: flagColumns(changed), modSeqs: modSeqsOf(changed), modified: uidsOf(modified) }
    },
    async expunge() {
      return { kind: 'expunged', vanished: uidList([]), highestModSeq: list.highestModSeq }
    },
    async close() {},
    async [Symbol.asyncDispose]() {},
  }
}
