import { type FetchField, type FetchPage, flagColumns, type UidList, uidList } from '@mailwright/core'
import type { NoteMessage } from './messages.js'

/** One page with the columns asked for, and no others: a store with many messages would make several. */
export function pageOf(messages: readonly NoteMessage[], fields: readonly FetchField[]): FetchPage {
  const column = (values: (message: NoteMessage) => number): Float64Array => Float64Array.from(messages, values)
  return {
    kind: 'page',
    uids: uidsOf(messages),
    ...(fields.includes('flags') ? { flags: flagColumns(messages) } : {}),
    ...(fields.includes('octets') ? { octets: column((each) => each.octets.length) } : {}),
    ...(fields.includes('internalDate') ? { internalDates: column((each) => each.created) } : {}),
    ...(fields.includes('modSeq') ? { modSeqs: modSeqsOf(messages) } : {}),
    ...(fields.includes('digest') ? { digests: messages.map((each) => each.digest) } : {}),
    cursor: null,
  }
}

export function uidsOf(messages: readonly NoteMessage[]): UidList {
  return uidList(messages.map((each) => each.uid))
}

export function modSeqsOf(messages: readonly NoteMessage[]): Float64Array {
  return Float64Array.from(messages, (each) => each.modSeq)
}
