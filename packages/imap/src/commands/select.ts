import type { Flow, Identity, Snapshot, Uid } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { writeFlagLines } from '../flag-lines.js'
import { noSuchMailbox, openMailbox, watchMailboxes } from '../mailboxes.js'
import { unclaimedFrom } from '../recent.js'
import { ok, type Reply } from '../reply.js'
import { writeListed } from '../response/mailbox-data.js'
import { resynchronise } from '../resynchronise.js'
import { changeableFlags, isReadOnly, rightsTo } from '../rights.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { mechanismsCode } from '../url-mechanisms.js'
import { MailboxView } from '../view.js'

/**
 * RFC 3501 §6.3.1 SELECT, §6.3.2 EXAMINE. The mailbox selected before is closed first, even when this one cannot be opened. The
 * answers and their order are Dovecot's.
 */
export function* select(session: Session, identity: Identity, command: CommandOf<'SELECT' | 'EXAMINE'>): Flow<Reply> {
  if (session.state.name === 'selected') {
    session.left()
    // RFC 7162 §3.2.11: what follows is about the other mailbox.
    session.untagged('OK [CLOSED] Previous mailbox closed.')
  }
  const { account } = identity
  const target = yield* openMailbox(session, account, command.mailbox, 'NONEXISTENT')
  if (target.kind === 'refused') {
    yield* watchMailboxes(session)
    return target.reply
  }
  const ref = { account, mailbox: target.id }
  // Before the snapshot, so that no change falls between the two.
  const home = target.entry.home ?? ref
  session.opens(home)
  yield* watchMailboxes(session, home)
  const snapshot = yield* store.call('snapshot', ref)
  if (snapshot.kind === 'noSuchMailbox') return noSuchMailbox(session, command.mailbox)
  const view = new MailboxView(snapshot)
  const rights = rightsTo(target.entry)
  const mailbox: Selected = {
    ref,
    home,
    name: command.mailbox,
    rights,
    isReadOnly: command.name === 'EXAMINE' || isReadOnly(rights),
    view,
  }
  const recent = session.isRev2 ? null : yield* recentFrom(mailbox, snapshot)
  if (recent !== null) view.claimRecent(recent)
  session.selected(identity, mailbox)
  if (command.usesModSeq) session.enabled.add('CONDSTORE')
  writeSelected(session, mailbox)
  if (command.resync?.uidValidity === view.uidValidity) yield* resynchronise(session, mailbox, command.resync)
  return ok('Select completed.', tellsReadOnly(session, mailbox) ? 'READ-ONLY' : 'READ-WRITE')
}

/** Where all that may be changed are flags that nobody else sees, the mailbox counts as read-only (RFC 4314 §5.2). */
function tellsReadOnly(session: Session, { isReadOnly, rights, home, ref }: Selected): boolean {
  if (isReadOnly) return true
  const isShared = home.account !== ref.account
  const hidden = isShared ? (session.settings.supports.privateFlags ?? 0) : 0
  return !/[ie]/.test(rights) && (changeableFlags(rights) & ~hidden) === 0
}

/**
 * From which UID on messages are `\Recent` in this session. SELECT takes them for itself; EXAMINE only looks: they will be
 * `\Recent` again for the next SELECT (RFC 3501 §2.3.2, §6.3.2).
 */
function* recentFrom(mailbox: Selected, snapshot: Snapshot): Flow<Uid | null> {
  const { ref, isReadOnly } = mailbox
  if (!isReadOnly) {
    const claim = yield* store.call('claimRecent', ref)
    return claim.kind === 'recent' ? claim.from : null
  }
  return yield* unclaimedFrom(ref, snapshot)
}

function writeSelected(session: Session, mailbox: Selected): void {
  const { view } = mailbox
  writeFlagLines(session, mailbox)
  session.untagged(`${view.exists} EXISTS`)
  if (!session.isRev2) writeRev1Counts(session, view)
  session.untagged(`OK [UIDVALIDITY ${view.uidValidity}] UIDs valid`)
  session.untagged(`OK [UIDNEXT ${view.uidNext}] Predicted next UID`)
  // RFC 8474 §4.2.
  if (session.offers('OBJECTID')) session.untagged(`OK [MAILBOXID (${mailbox.ref.mailbox})] Ok`)
  // RFC 7162 §3.1.2.1: with every successful SELECT and EXAMINE.
  if (session.offers('CONDSTORE')) session.untagged(`OK [HIGHESTMODSEQ ${view.modSeq}] Highest`)
  // RFC 4467 §8.
  const mechanisms = mechanismsCode(session)
  if (mechanisms !== null) session.untagged(`OK [${mechanisms}] URLs can be authorised`)
  // RFC 9051 §6.3.2: the name in its normal form.
  const oldName = session.supplied.get(mailbox.name)
  if (session.isRev2) session.untagged(writeListed('LIST', [], mailbox.name, session.nameForm, { oldName }))
}

/** What IMAP4rev2 no longer tells (RFC 9051 §E). */
function writeRev1Counts(session: Session, view: MailboxView): void {
  session.untagged(`${view.recent} RECENT`)
  const unseen = view.firstUnseen
  if (unseen > 0) session.untagged(`OK [UNSEEN ${unseen}] First unseen.`)
}
