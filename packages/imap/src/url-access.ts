import type { AccountId, Flow, Identity, MailboxRef } from '@mailwright/core'
import { authenticator, calendar, urlAuthority } from './calls.js'
import { type ImapUrl, parseImapUrl, type UrlAccess, type UrlAuth } from './grammar/imap-url.js'
import type { Session } from './session.js'
import { refOfUrl, type UrlMessage, urlMessage } from './url-content.js'
import { INTERNAL } from './url-mechanisms.js'

/** What an authorised URL admits this session to; which of its many conditions is not met is never said (RFC 4467 §8). */
export type UrlAdmission =
  | { readonly kind: 'admitted'; readonly message: UrlMessage }
  | { readonly kind: 'refused' }
  /** Who its users are could not be found out: the client may try again. */
  | { readonly kind: 'unavailable' }

const REFUSED: UrlAdmission = { kind: 'refused' }
const UNAVAILABLE: UrlAdmission = { kind: 'unavailable' }

/** Whose a name is: `null` for nobody's. */
type Found = { readonly kind: 'known'; readonly identity: Identity | null } | { readonly kind: 'unavailable' }

/**
 * Validates a URL and finds what it names. It executes with the access that its owner has by now, whoever fetches it (RFC 4467 §7, URLFETCH). The
 * token is looked at whether owner and mailbox exist or not, so that nobody learns that from the time it takes (§6).
 */
export function* admittedByUrl(session: Session, identity: Identity, octets: string): Flow<UrlAdmission> {
  const url = parseImapUrl(octets)
  if (url === null || url.uid === null || url.mailbox === null || url.auth === null) return REFUSED
  const { auth, mailbox } = url
  const owner = url.server?.user
  if (owner == null || auth.verifier?.mechanism.toUpperCase() !== INTERNAL) return REFUSED
  if (url.partial !== null && !session.offers('URL-PARTIAL')) return REFUSED
  if (yield* hasExpired(auth)) return REFUSED
  const access = yield* accessOf(session, identity, auth.access)
  if (access !== 'granted') return access === 'denied' ? REFUSED : UNAVAILABLE
  const found = yield* userOf(owner)
  if (found.kind === 'unavailable') return UNAVAILABLE
  const ref = yield* mailboxOf(session, found.identity?.account ?? null, mailbox, identity.account)
  const { rump, verifier } = auth
  const { isValid } = yield* urlAuthority.call('verifyUrl', { ref, rump, token: verifier.token })
  if (ref === null || !isValid) return REFUSED
  return yield* messageOf(session, ref, url)
}

/** Finds a user by the name in a URL. */
export function* userOf(user: string): Flow<Found> {
  const found = yield* authenticator.call('lookupUser', { user })
  if (found.kind === 'unavailable') return found
  return { kind: 'known', identity: found.kind === 'found' ? found : null }
}

/** `account: null` looks into the mailboxes of `decoy`, and finds none. */
function* mailboxOf(
  session: Session,
  account: AccountId | null,
  name: string,
  decoy: AccountId,
): Flow<MailboxRef | null> {
  const ref = yield* refOfUrl(session, account ?? decoy, name)
  return account === null || 'kind' in ref ? null : ref
}

function* messageOf(session: Session, ref: MailboxRef, url: ImapUrl): Flow<UrlAdmission> {
  const message = yield* urlMessage(session, ref, url)
  return 'kind' in message ? REFUSED : { kind: 'admitted', message }
}

/** RFC 4467 §3: after that date the URL is rejected. */
function* hasExpired({ expires }: UrlAuth): Flow<boolean> {
  if (expires === null) return false
  const { date } = yield* calendar.call('readDate', {})
  return date > expires
}

/**
 * Whether whoever is logged in is whom the access identifier means (RFC 4467 §3). Users in it are looked up, since they may have several
 * names, and one that is nobody admits nobody.
 */
function* accessOf(
  session: Session,
  { user }: Identity,
  access: UrlAccess,
): Flow<'granted' | 'denied' | 'unavailable'> {
  const { submitters = [], anonymous = [] } = session.settings.urlAuth ?? {}
  switch (access.kind) {
    case 'anonymous':
      return 'granted'
    case 'authuser':
      return anonymous.includes(user) ? 'denied' : 'granted'
    case 'user':
    case 'submit': {
      const found = yield* userOf(access.user)
      if (found.kind === 'unavailable') return 'unavailable'
      const isMeant = access.kind === 'user' ? found.identity?.user === user : submitters.includes(user)
      return found.identity !== null && isMeant ? 'granted' : 'denied'
    }
    default:
      return access satisfies never
  }
}
