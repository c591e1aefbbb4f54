import { breathe, type Changes, type Flow, type NoSuchMailbox } from '@mailwright/core'
import { store } from './calls.js'
import type { Numbering } from './command.js'
import { fetchItems } from './commands/fetch.js'
import { tellFlagNews, writeFlagLines } from './flag-lines.js'
import { writeUidSet } from './response/uid-set.js'
import { tellTouched, tellVanished as tellVanishedResults } from './search/follow.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'

/** How the client may be told of changes during a command. */
export interface Telling {
  readonly expunges: 'allowed' | 'held'
  /** `uid`: flags that changed are told with the UID, too (RFC 3501 §6.4.8). */
  readonly numbering: Numbering
}

/**
 * Has the view catch up with the mailbox: the only road by which a session learns what others did. Nothing is told yet.
 *
 * New messages are `\Recent` for the first session that learns of them and may change the mailbox (RFC 3501 §2.3.2). A
 * mailbox deleted by somebody else ends the session (RFC 2180 §3.3).
 */
export function* refresh(session: Session, mailbox: Selected): Flow<void> {
  session.isStale = false
  const { ref, view } = mailbox
  const changes = yield* changesSince(session, mailbox)
  if (changes.kind === 'noSuchMailbox') {
    session.untagged('BYE Selected mailbox was deleted, have to disconnect.')
    session.loggedOut('refused')
    return
  }
  session.contexts.changed(changes)
  if (!view.apply(changes) || mailbox.isReadOnly || session.isRev2) return
  const recent = yield* store.call('claimRecent', ref)
  if (recent.kind === 'recent') view.claimRecent(recent.from)
}

function* changesSince(session: Session, { ref, view }: Selected): Flow<Changes | NoSuchMailbox> {
  try {
    return yield* store.call('changesSince', { ...ref, modSeq: view.modSeq })
  } catch (fault) {
    // Asked for again with the next command.
    session.isStale = true
    throw fault
  }
}

/**
 * Tells the client what it has not been told (RFC 3501 §5.2, §7.4.1), and does not want to be spared by NOTIFY (RFC 5465 §3.1); of
 * new messages also what it asked for there.
 */
export function* tell(session: Session, mailbox: Selected, telling: Telling): Flow<void> {
  const selected = session.notifications?.selected
  if (selected === undefined) yield* tellEverything(session, mailbox, telling)
  else if (selected !== null) {
    const flags = selected.tellsFlags ? 'told' : 'held'
    yield* tellNews(session, mailbox, { ...telling, numbering: 'uid' }, flags)
  }
}

/** Tells the client what it has not been told, whatever NOTIFY says. */
export function* tellEverything(session: Session, mailbox: Selected, telling: Telling): Flow<void> {
  yield* tellNews(session, mailbox, telling, 'told')
}

/**
 * Also what the news means for the searches that the client follows, and of messages that came what NOTIFY asked for; not of those
 * that this session brought (RFC 5465 §5.2).
 */
function* tellNews(session: Session, mailbox: Selected, telling: Telling, flags: 'told' | 'held'): Flow<void> {
  const { contexts, notifications } = session
  const { isFollowed } = contexts
  if (isFollowed) tellVanishedResults(session, mailbox)
  const hasUpdates = mailbox.view.hasUpdates(telling.expunges, flags)
  const counted = hasUpdates ? yield* tellUpdates(session, mailbox, telling, flags) : null
  if (isFollowed) yield* tellTouched(session, mailbox)
  if (counted === null || notifications === null) return
  const items = notifications.selected?.items ?? []
  const uids = notifications.takeOthers(mailbox.view.uids().subarray(counted))
  if (items.length > 0 && uids.length > 0) yield* fetchItems(session, mailbox, items, uids)
}

/** Returns how many messages the client counted before those that came; `null` where none did. */
function* tellUpdates(
  session: Session,
  mailbox: Selected,
  telling: Telling,
  flags: 'told' | 'held',
): Flow<number | null> {
  const { view } = mailbox
  const vanished: number[] = []
  let counted: number | null = null
  for (const update of view.updates(telling.expunges, flags)) {
    if (update.kind !== 'expunge') tellVanished(session, vanished)
    switch (update.kind) {
      case 'expunge':
        // RFC 7162 §3.2.10, RFC 9586 §3.1: all in one response, by UID.
        if (session.tellsVanished) vanished.push(update.uid)
        else session.untagged(`${update.seq} EXPUNGE`)
        break
      case 'exists':
        counted = update.from
        if (session.contexts.isFollowed) session.contexts.counted(view.uids().subarray(counted))
        session.untagged(`${update.count} EXISTS`)
        if (!session.isRev2) session.untagged(`${update.recent} RECENT`)
        break
      case 'keywords':
        writeFlagLines(session, mailbox)
        break
      case 'flags':
        tellFlagNews(session, view, { ...update, items: 'flags' }, telling.numbering)
        break
      default:
        update satisfies never
    }
    if (session.wire.isFull) yield* breathe()
  }
  tellVanished(session, vanished)
  return counted
}

function tellVanished(session: Session, uids: number[]): void {
  if (uids.length === 0) return
  session.untagged(`VANISHED ${writeUidSet(uids)}`)
  uids.length = 0
}

/**
 * Tells what this session removed, and with it what else there is. After that the client may take the mailbox's mod-sequence
 * for its own: the code of the tagged OK, where it works with QRESYNC (RFC 7162 §3.2.7, §3.2.9).
 */
export function* expungedCode(session: Session, mailbox: Selected, numbering: Numbering): Flow<string | null> {
  yield* refresh(session, mailbox)
  if (session.isOver) return null
  yield* tellEverything(session, mailbox, { expunges: 'allowed', numbering })
  return session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${mailbox.view.toldModSeq}` : null
}

/**
 * Tells what the client may take for its copy of the mailbox's mod-sequence, where it would reckon too high a one: higher
 * mod-sequences were told than that of an expunge which had to wait, or of what NOTIFY spares it (RFC 7162 §3.2, §6).
 */
export function tellSafeModSeq(session: Session, { view }: Selected): void {
  if (!session.enabled.has('QRESYNC') || session.toldModSeq <= view.toldModSeq) return
  const why = view.hasGone ? 'Expunges are still to be told.' : 'Not everything is told.'
  session.untagged(`OK [HIGHESTMODSEQ ${view.toldModSeq}] ${why}`)
}
