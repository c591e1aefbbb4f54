import type { Flow, ModSeq, UidList } from '@mailwright/core'
import type { CommandOf, Numbering } from '../command.js'
import { limitSearch, withLimit } from '../extensions/message-limit.js'
import { MAILBOX_GONE } from '../refusals.js'
import { bad, ok, type Reply } from '../reply.js'
import { type SearchCorrelator, writeEsearch, writeSearch } from '../response/search.js'
import { DUPLICATE_TAG, follow, isTagInUse } from '../search/begin-following.js'
import { withFilters } from '../search/filters.js'
import { find, type Searched } from '../search/find.js'
import { relevancies } from '../search/fuzzy.js'
import { highestModSeq } from '../search/highest-mod-seq.js'
import { isAnswered, report, spokenOf } from '../search/report.js'
import { RETURN_ALL, type ReturnOptions } from '../search/return-options.js'
import { UnsortedResults } from '../search/search-context.js'
import { type SearchKey, simpleKeys } from '../search/search-key.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'

/** RFC 6855 §3: everything is UTF-8, and saying so is an error. */
export const CHARSET_REFUSED = bad('CHARSET is not allowed after ENABLE UTF8=ACCEPT.')

/**
 * RFC 3501 §6.4.4, RFC 9051 §6.4.4. Who asks by number and searches messages that are gone is told (RFC 5530 §3). A client that
 * speaks IMAP4rev2 gets an ESEARCH response in any case.
 */
export function* search(session: Session, mailbox: Selected, asked: CommandOf<'SEARCH'>): Flow<Reply> {
  const command = yield* withFilters(session, asked)
  if ('status' in command) return command
  if (command.charset !== null && session.enabled.has('UTF8=ACCEPT')) return CHARSET_REFUSED
  const { view } = mailbox
  const { numbering, keys } = command
  if (isTagInUse(session, command.returns)) return DUPLICATE_TAG
  if (isByModSeq(keys)) session.usesModSeq()
  const limited = limitSearch(session, view, keys)
  const found = yield* find(session, mailbox, limited.key)
  if (found.kind === 'noSuchMailbox') return MAILBOX_GONE
  const returns = command.returns ?? (session.isRev2 ? RETURN_ALL : null)
  follow(session, mailbox, { keys, numbering, returns, results: () => new UnsortedResults(found.uids) })
  const isScored = returns?.items.has('RELEVANCY') === true
  const scores = isScored ? yield* relevancies(session, mailbox, keys, found.uids) : null
  if (scores !== null && 'kind' in scores) return MAILBOX_GONE
  yield* answer(session, mailbox, { keys, numbering, returns, uids: found.uids, scores, plain: writeSearch })
  const reply = ok('Search completed.', view.hasGone && numbering === 'seq' ? 'EXPUNGEISSUED' : null)
  return withLimit(session, reply, limited.code)
}

/** Results on their way to the client. */
export interface Results {
  readonly keys: SearchKey
  readonly numbering: Numbering
  /** `null`: the client knows no ESEARCH response. */
  readonly returns: ReturnOptions | null
  /** In the order of the results. */
  readonly uids: UidList
  /** Relevancies by UID, where they were asked for. */
  readonly scores: ReadonlyMap<number, number> | null
  /** What the answer names beside the tag. */
  readonly mailbox?: SearchCorrelator['mailbox']
  /** The response without RETURN. */
  readonly plain: (numbers: readonly number[], modSeq: ModSeq | null) => string
}

/** Answers a command that searched, and saves what it is told to save. */
export function* answer(session: Session, mailbox: Searched, results: Results): Flow<void> {
  const { view } = mailbox
  const { keys, numbering, returns, uids, scores } = results
  const found = [...uids]
  const spoken = returns === null ? found : spokenOf(found, returns)
  const modSeq = isByModSeq(keys) && spoken.length > 0 ? yield* highestModSeq(mailbox, spoken) : null
  if (session.isSelected(mailbox.ref)) session.toldModSeq = Math.max(session.toldModSeq, modSeq ?? 0)
  if (returns?.items.has('SAVE') === true) view.save(Uint32Array.from(spoken).sort())
  const numbers = numbering === 'uid' ? found : found.map((uid) => view.seqOf(uid))
  if (returns === null) {
    session.untagged(results.plain(numbers, modSeq))
  } else if (isAnswered(returns)) {
    const scored = returns.items.has('RELEVANCY') ? found.map((uid) => scores?.get(uid) ?? 1) : null
    const told = { ...report(numbers, returns, scored), ...(modSeq === null ? {} : { modSeq }) }
    session.untagged(writeEsearch({ tag: session.tag, mailbox: results.mailbox }, numbering, told))
  }
}

/** MODSEQ enables CONDSTORE, and has the answer tell a mod-sequence (RFC 7162 §3.1, §3.1.5). */
export function isByModSeq(keys: SearchKey): boolean {
  return simpleKeys(keys).some(({ key }) => key === 'modSeq')
}
