import {
  modSeq as asModSeq,
  type FetchPage,
  type Flow,
  type ModSeq,
  type NoSuchMailbox,
  uidList,
} from '@mailwright/core'
import { store } from '../calls.js'
import type { Searched } from './find.js'

/** The highest mod-sequence of messages; `null` when none of them is there any more. RFC 7162 §3.1.6. */
export function* highestModSeq({ ref }: Searched, messages: readonly number[]): Flow<ModSeq | null> {
  const uids = uidList(messages)
  let highest: number | null = null
  let cursor: number | null = null
  do {
    const page: FetchPage | NoSuchMailbox = yield* store.call('fetch', { ...ref, uids, fields: ['modSeq'], cursor })
    if (page.kind === 'noSuchMailbox') return null
    for (const modSeq of page.modSeqs ?? []) highest = Math.max(highest ?? 0, modSeq)
    cursor = page.cursor
  } while (cursor !== null)
  return highest === null ? null : asModSeq(highest)
}
