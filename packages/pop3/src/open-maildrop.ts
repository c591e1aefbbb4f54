import {
  type AccountId,
  caller,
  type FetchPage,
  type Flow,
  INBOX,
  type MailStore,
  MailwrightError,
  type NoSuchMailbox,
  StoreFault,
} from '@mailwright/core'
import { Maildrop } from './maildrop.js'
import type { MaildropLock } from './maildrop-lock.js'
import type { Session } from './session.js'

const { call } = caller<MailStore>()
const lock = caller<MaildropLock>()

export type Opened =
  | { readonly kind: 'opened'; readonly maildrop: Maildrop }
  /** Another POP3 session has it (RFC 2449 §8.1.2). */
  | { readonly kind: 'inUse' }
  | { readonly kind: 'noMaildrop' }

/**
 * Locks and reads a maildrop. Unless it is opened, the lock is given back before this returns (RFC 1939 §4).
 *
 * @throws {StoreFault} when store or lock fail.
 */
export function* openMaildrop(session: Session, account: AccountId): Flow<Opened> {
  try {
    if (session.settings.locking === 'exclusive') {
      session.lockedAccount = account
      const locked = yield* lock.call('lockMaildrop', { account, holder: session.settings.session })
      if (locked.kind === 'inUse') {
        session.lockedAccount = null
        return { kind: 'inUse' }
      }
    }
    const maildrop = yield* readMaildrop(account)
    if (maildrop !== undefined) return { kind: 'opened', maildrop }
  } catch (error) {
    yield* releaseMaildrop(session)
    throw error
  }
  yield* releaseMaildrop(session)
  return { kind: 'noMaildrop' }
}

/**
 * Gives the lock back, if it is held. When the lock's adapter fails, the session ends all the same: the host's log has
 * the fault, and whoever keeps locks beyond a process lets them expire.
 */
export function* releaseMaildrop(session: Session): Flow<void> {
  const account = session.lockedAccount
  if (account === null) return
  try {
    yield* lock.call('unlockMaildrop', { account, holder: session.settings.session })
  } catch (error) {
    if (!(error instanceof MailwrightError)) throw error
  }
  session.lockedAccount = null
}

/** The INBOX as it is now: its messages, numbered from 1, with their sizes. `undefined` when there is none. */
function* readMaildrop(account: AccountId): Flow<Maildrop | undefined> {
  const { mailboxes } = yield* call('mailboxes', { account })
  const mailbox = mailboxes.find((entry) => entry.name === INBOX)?.id
  if (mailbox === undefined) return undefined
  const snapshot = yield* call('snapshot', { account, mailbox })
  if (snapshot.kind === 'noSuchMailbox') return undefined
  const wanted = snapshot.messages.uids
  const uids = new Uint32Array(wanted.length)
  const octets = new Float64Array(wanted.length)
  let count = 0
  let cursor: number | null = null
  // An empty maildrop has no page. What vanished since the snapshot is on no page, and gets no number.
  while (wanted.length > 0) {
    const page: FetchPage | NoSuchMailbox = yield* call('fetch', {
      account,
      mailbox,
      uids: wanted,
      fields: ['octets'],
      cursor,
    })
    if (page.kind === 'noSuchMailbox') return undefined
    if (page.octets === undefined) throw new StoreFault('fetch answered without the octets that were asked for')
    uids.set(page.uids, count)
    octets.set(page.octets, count)
    count += page.uids.length
    cursor = page.cursor
    if (cursor === null) break
  }
  return new Maildrop({
    account,
    mailbox,
    uidValidity: snapshot.uidValidity,
    uids: uids.subarray(0, count),
    octets: octets.subarray(0, count),
  })
}
