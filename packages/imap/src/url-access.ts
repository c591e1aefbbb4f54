import type { AccountId, Flow, Identity, MailboxRef } from '@mailwright/core'
import { authenticator, calendar, urlAuthority } from './calls.js'
import type { ImapUrl, UrlAccess, UrlAuth } from './grammar/imap-url.js'
import { refOfUrl, type UrlMessage, type UrlRules, urlMessage } from './url-content.js'
import { INTERNAL } from './url-mechanisms.js'

/** Who asks for what a URL names: the user of a session, or who submits a message, through a server that may submit on their behalf. */
export interface UrlAsker {
  readonly kind: 'user' | 'submitter'
  readonly identity: Identity
}

/** What an authorised URL admits to; which of its many conditions is not met is never said (RFC 4467 §8). */
export type UrlAdmission =
  | { readonly kind: 'admitted'; readonly message: UrlMessage }
  | { readonly kind: 'refused' }
  /** It would, but what it names is not there. */
  | { readonly kind: 'missing' }
  /** Who its users are could not be found out: the client may try again. */
  | { readonly kind: 'unavailable' }

const REFUSED: UrlAdmission = { kind: 'refused' }
const MISSING: UrlAdmission = { kind: 'missing' }
const UNAVAILABLE: UrlAdmission = { kind: 'unavailable' }

/** Whose a name is: `null` for nobody's. */
type Found = { readonly kind: 'known'; readonly identity: Identity | null } | { readonly kind: 'unavailable' }

/**
 * Validates a URL and finds what it names. It executes with the access that its owner has by now, whoever fetches it (RFC 4467 §7, URLFETCH). The
 * token is looked at whether owner and mailbox exist or not, so that nobody learns that from the time it takes (§6).
 */
export function* admittedByUrl(rules: UrlRules, asker: UrlAsker, url: ImapUrl | null): Flow<UrlAdmission> {
  if (url === null || url.uid === null || url.mailbox === null || url.auth === null) return REFUSED
  const { auth, mailbox } = url
  const owner = url.server?.user
  if (owner == null || auth.verifier?.mechanism.toUpperCase() !== INTERNAL) return REFUSED
  if (url.partial !== null && !rules.offers('URL-PARTIAL')) return REFUSED
  if (yield* hasExpired(auth)) return REFUSED
  const access = yield* accessOf(rules, asker, auth.access)
  if (access !== 'granted') return access === 'denied' ? REFUSED : UNAVAILABLE
  const found = yield* userOf(owner)
  if (found.kind === 'unavailable') return UNAVAILABLE
  const ref = yield* mailboxOf(rules, found.identity?.account ?? null, mailbox, asker.identity.account)
  const { rump, verifier } = auth
  const { isValid } = yield* urlAuthority.call('verifyUrl', { ref, rump, token: verifier.token })
  if (ref === null || !isValid) return REFUSED
  return yield* admittedTo(rules, ref, url)
}

/** Finds a user by the name in a URL. */
export function* userOf(user: string): Flow<Found> {
  const found = yield* authenticator.call('lookupUser', { user })
  if (found.kind === 'unavailable') return found
  return { kind: 'known', identity: found.kind === 'found' ? found : null }
}

/** `account: null` looks into the mailboxes of `decoy`, and finds none. */
function* mailboxOf(
  rules: UrlRules,
  account: AccountId | null,
  name: string,
  decoy: AccountId,
): Flow<MailboxRef | null> {
  const ref = yield* refOfUrl(rules, account ?? decoy, name)
  return account === null || 'kind' in ref ? null : ref
}

/** The message that a URL names, by who may have it. */
export function* admittedTo(rules: UrlRules, ref: MailboxRef, url: ImapUrl): Flow<UrlAdmission> {
  const message = yield* urlMessage(rules, ref, url)
  return 'kind' in message ? MISSING : { kind: 'admitted', message }
}

/** RFC 4467 §3: after that date the URL is rejected. */
function* hasExpired({ expires }: UrlAuth): Flow<boolean> {
  if (expires === null) return false
  const { date } = yield* calendar.call('readDate', {})
  return date > expires
}

/**
 * Whether whoever asks is whom the access identifier means (RFC 4467 §3). Users in it are looked up, since they may have several
 * names, and one that is nobody admits nobody. A submission server may have what is for such servers, if the submitter is the user for whom it is
 * (RFC 4468 §3.3); it is no session of that user.
 */
function* accessOf(
  rules: UrlRules,
  { kind, identity: { user } }: UrlAsker,
  access: UrlAccess,
): Flow<'granted' | 'denied' | 'unavailable'> {
  const { submitters = [], anonymous = [] } = rules.settings.urlAuth ?? {}
  switch (access.kind) {
    case 'anonymous':
      return 'granted'
    case 'authuser':
      return anonymous.includes(user) ? 'denied' : 'granted'
    case 'user':
    case 'submit': {
      const found = yield* userOf(access.user)
      if (found.kind === 'unavailable') return 'unavailable'
      const isTheirs = found.identity?.user === user
      const isForSubmitters = access.kind === 'submit'
      if (kind === 'submitter') return isForSubmitters && isTheirs ? 'granted' : 'denied'
      const isMeant = isForSubmitters ? submitters.includes(user) : isTheirs
      return found.identity !== null && isMeant ? 'granted' : 'denied'
    }
    default:
      return access satisfies never
  }
}
