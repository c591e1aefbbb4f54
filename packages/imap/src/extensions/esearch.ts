import { breathe, type Flow, type Identity, type MailboxEntry, type MailboxRef } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { answer, CHARSET_REFUSED, isByModSeq } from '../commands/search.js'
import { unclaimedFrom } from '../recent.js'
import { MAILBOX_GONE } from '../refusals.js'
import { bad, no, ok, type Reply } from '../reply.js'
import { writeMailbox } from '../response/mailbox.js'
import { writeSearch } from '../response/search.js'
import { DUPLICATE_TAG, follow, isTagInUse, notFollowed } from '../search/begin-following.js'
import { withFilters } from '../search/filters.js'
import { find, type Searched } from '../search/find.js'
import { relevancies } from '../search/fuzzy.js'
import { UnsortedResults } from '../search/search-context.js'
import { type SearchKey, simpleKeys } from '../search/search-key.js'
import { searchedMailboxes } from '../search/search-sources.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { refresh } from '../sync.js'
import { MailboxView } from '../view.js'
import { limitSearch, withLimit } from './message-limit.js'

/**
 * RFC 7377 §2. Searches one mailbox after the other, and answers for each that has matches: of all but the selected one a
 * snapshot is read, and let go before the next. Numbers and `$` mean what they do in the mailbox at hand: `$` nothing, but in
 * the selected one.
 */
export function* esearch(session: Session, identity: Identity, asked: CommandOf<'ESEARCH'>): Flow<Reply> {
  const { state } = session
  const selected = state.name === 'selected' ? state.mailbox : null
  const needsSelected = asked.sources.some(({ kind }) => kind === 'selected') || asked.returns.items.has('UPDATE')
  if (needsSelected && selected === null) return bad('No mailbox selected.')
  if (asked.charset !== null && session.enabled.has('UTF8=ACCEPT')) return CHARSET_REFUSED
  const command = yield* withFilters(session, asked)
  if ('status' in command) return command
  if (isTagInUse(session, command.returns)) return DUPLICATE_TAG
  if (selected !== null && session.isStale) yield* refresh(session, selected)
  if (session.isOver) return MAILBOX_GONE
  const entries = yield* searchedMailboxes(session, identity, command.sources)
  if (entries.length > session.settings.limits.searchedMailboxes) return no('Too many mailboxes to search.', 'LIMIT')
  if (isByModSeq(command.keys)) session.usesModSeq()
  return yield* searchEach(session, identity, { command, selected, entries })
}

interface Search {
  readonly command: CommandOf<'ESEARCH'>
  readonly selected: Selected | null
  readonly entries: readonly MailboxEntry[]
}

function* searchEach(session: Session, { account }: Identity, { command, selected, entries }: Search): Flow<Reply> {
  const { returns } = command
  let limit: string | null = null
  let isSaved = false
  let isFollowed = false
  for (const entry of entries) {
    yield* breathe()
    const ref = { account, mailbox: entry.id }
    const mailbox = selected !== null && session.isSelected(ref) ? selected : null
    const searched = mailbox ?? (yield* readMailbox(ref, command.keys))
    if (searched === null) continue
    const limited = limitSearch(session, searched.view, command.keys)
    // Where one of several is searched in part, the UID to go on below would be nobody's (RFC 7377 §2.4).
    if (limited.code !== null) limit = entries.length === 1 ? limited.code : 'LIMIT'
    const found = yield* searchOne(session, searched, mailbox, { ...command, entry, within: limited.key })
    if (found === null) continue
    if (mailbox !== null) isFollowed = true
    if (mailbox !== null && found > 0) isSaved = true
  }
  if (returns.items.has('SAVE') && !isSaved) session.emptyResult()
  if (returns.items.has('UPDATE') && !isFollowed) notFollowed(session, 'The selected mailbox is not searched.')
  return withLimit(session, ok('Search completed.'), limit)
}

/** A mailbox that is not selected, as it is now; `null` when it is gone meanwhile. */
function* readMailbox(ref: MailboxRef, keys: SearchKey): Flow<Searched | null> {
  const snapshot = yield* store.call('snapshot', ref)
  if (snapshot.kind === 'noSuchMailbox') return null
  const view = new MailboxView(snapshot)
  const asksRecent = simpleKeys(keys).some(({ key }) => key === 'recent')
  const recent = asksRecent ? yield* unclaimedFrom(ref, snapshot) : null
  if (recent !== null) view.claimRecent(recent)
  return { ref, view }
}

/**
 * Searches one mailbox, and answers where something is found.
 *
 * @returns how many messages; `null` when the mailbox is gone.
 */
function* searchOne(
  session: Session,
  searched: Searched,
  selected: Selected | null,
  { keys, returns, entry, within }: CommandOf<'ESEARCH'> & { readonly entry: MailboxEntry; readonly within: SearchKey },
): Flow<number | null> {
  const found = yield* find(session, searched, within)
  if (found.kind === 'noSuchMailbox') return null
  const { uids } = found
  const { uidValidity } = searched.view
  const mailbox = { written: writeMailbox(entry.name, session.nameForm), uidValidity }
  const told = { keys, numbering: 'uid', returns, mailbox } as const
  if (selected !== null) follow(session, selected, { ...told, results: () => new UnsortedResults(uids) })
  if (uids.length === 0) return 0
  const scores = returns.items.has('RELEVANCY') ? yield* relevancies(session, searched, keys, uids) : null
  if (scores !== null && 'kind' in scores) return null
  yield* answer(session, searched, { ...told, uids, scores, plain: writeSearch })
  return uids.length
}
