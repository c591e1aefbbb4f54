import { breathe, type Changes, type Flow, type NoSuchMailbox } from '@mailwright/core'
import { store } from './calls.js'
import type { Numbering } from './command.js'
import { tellFlags, writeFlagLines } from './flag-lines.js'
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
  if (!view.apply(changes) || mailbox.isReadOnly) return
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

/** Tells the client what it has not been told (RFC 3501 §5.2, §7.4.1). */
export function* tell(session: Session, mailbox: Selected, telling: Telling): Flow<void> {
  const { view } = mailbox
  if (!view.hasUpdates(telling.expunges)) return
  for (const update of view.updates(telling.expunges)) {
    switch (update.kind) {
      case 'expunge':
        session.untagged(`${update.seq} EXPUNGE`)
        break
      case 'exists':
        session.untagged(`${update.count} EXISTS`)
        session.untagged(`${update.recent} RECENT`)
        break
      case 'keywords':
        writeFlagLines(session, mailbox)
        break
      case 'flags': {
        const uid = telling.numbering === 'uid' ? `UID ${update.uid} ` : ''
        session.untagged(`${update.seq} FETCH (${uid}FLAGS ${tellFlags(view, update.uid)})`)
        break
      }
      default:
        update satisfies never
    }
    if (session.wire.isFull) yield* breathe()
  }
}
