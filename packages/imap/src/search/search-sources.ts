import { breathe, type Flow, type Identity, type MailboxEntry } from '@mailwright/core'
import { store } from '../calls.js'
import type { SearchSource } from '../command.js'
import { inOrder } from '../mailbox-names.js'
import { may } from '../rights.js'
import type { Session } from '../session.js'
import { SearchScope } from './search-scope.js'

/** Names looked at before others have their turn: the deepest cost a tenth of a millisecond. */
const NAMES_PER_TURN = 64

/**
 * The mailboxes that ESEARCH looks into, each once, in order: those that can be selected and that the account may read (`r`), and
 * list (`l`) where it did not name them itself. What is not there and what may not be seen is left out alike (RFC 7377 §2.2, §5). Names
 * are all there is to a hierarchy, so that it has no loops.
 */
export function* searchedMailboxes(
  session: Session,
  { account }: Identity,
  sources: readonly SearchSource[],
): Flow<readonly MailboxEntry[]> {
  const { mailboxes } = yield* store.call('mailboxes', { account })
  const { sharing } = session.settings.supports
  const scope = new SearchScope(sources, [...(sharing?.others ?? []), ...(sharing?.shared ?? [])])
  const found = new Map<string, MailboxEntry>()
  for (const [at, entry] of mailboxes.entries()) {
    if (at % NAMES_PER_TURN === 0) yield* breathe()
    if (!entry.isSelectable || !may(entry, 'r')) continue
    const isSelected = scope.hasSelected && session.isSelected({ account, mailbox: entry.id })
    const isFound =
      isSelected || (may(entry, 'l') ? scope.has(entry.name, entry.isSubscribed) : scope.names(entry.name))
    if (isFound) found.set(entry.name, entry)
  }
  return inOrder([...found.keys()]).flatMap((name) => found.get(name) ?? [])
}
