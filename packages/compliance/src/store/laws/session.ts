import { type Changes, flagColumns, keywordsAt, type Snapshot } from '@mailwright/core'
import type { Check } from '../../kit/check.js'
import { rowsOf } from '../rows.js'

/** A snapshot as laws compare it: its columns as rows, since the order of keyword names means nothing. */
export function viewOf(snapshot: Snapshot): unknown {
  return { ...snapshot, messages: rowsOf(snapshot.messages) }
}

/** What a session knows once it has heard the changes: the model of every view. */
export function followed(check: Check, before: Snapshot, changes: Changes): Snapshot {
  const rows = new Map(rowsOf(before.messages).map((row) => [row.uid, row]))
  check.equal(changes.modSeqs.length, changes.messages.uids.length, 'one mod-sequence a message')
  for (const gone of changes.vanished) rows.delete(gone)
  for (const [at, uid] of changes.messages.uids.entries()) {
    rows.set(uid, { uid, system: changes.messages.system[at] ?? 0, keywords: keywordsAt(changes.messages, at).sort() })
  }
  const sorted = [...rows.values()].sort((a, b) => a.uid - b.uid)
  return {
    kind: 'snapshot',
    uidValidity: before.uidValidity,
    uidNext: changes.uidNext,
    highestModSeq: changes.highestModSeq,
    messages: flagColumns(sorted),
  }
}
