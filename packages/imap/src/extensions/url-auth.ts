import type { Flow, Identity } from '@mailwright/core'
import { urlAuthority } from '../calls.js'
import type { CommandOf, UrlRump } from '../command.js'
import { parseImapUrl } from '../grammar/imap-url.js'
import { findMailbox, noSuchMailbox } from '../mailboxes.js'
import { bad, no, ok, type Reply } from '../reply.js'
import { writeString } from '../response/strings.js'
import { may } from '../rights.js'
import type { Session } from '../session.js'
import { userOf } from '../url-access.js'
import { refOfUrl } from '../url-content.js'
import { INTERNAL, mechanismsCode } from '../url-mechanisms.js'

/** Who somebody is cannot be found out now (RFC 5530 §3). */
export const USERS_UNAVAILABLE: Reply = no('Temporary authentication failure.', 'UNAVAILABLE')

/** RFC 4467 §7: revokes the URLs of a mailbox, or all of the user's. What INTERNAL tells does not change with the key, so others hear nothing. */
export function* resetKey(session: Session, identity: Identity, command: CommandOf<'RESETKEY'>): Flow<Reply> {
  const { account } = identity
  const { mailbox: name, mechanisms } = command
  if (mechanisms.some((mechanism) => mechanism !== INTERNAL)) return no('Unsupported URLAUTH mechanism.', 'CANNOT')
  const code = mechanismsCode(session)
  if (name === null) {
    yield* urlAuthority.call('resetUrlKeys', { account, mailbox: null })
    if (session.state.name === 'selected' && code !== null) session.untagged(`OK [${code}] Key reset.`)
    return ok('All keys removed.')
  }
  const entry = yield* findMailbox(account, name)
  if (entry === undefined || !(may(entry, 'r') || may(entry, 'l'))) return noSuchMailbox(session, name)
  yield* urlAuthority.call('resetUrlKeys', { account, mailbox: entry.id })
  return ok('Key reset.', code)
}

/**
 * RFC 4467 §7. Whoever is logged in authorises URLs of their own, and of nobody else. Users that an access identifier names need not
 * exist: that is found out when the URL is fetched, so that nobody learns it here.
 *
 *     genurlauth-data = "*" SP "GENURLAUTH" 1*(SP url-full)
 */
export function* genUrlAuth(session: Session, identity: Identity, command: CommandOf<'GENURLAUTH'>): Flow<Reply> {
  let response = 'GENURLAUTH'
  for (const rump of command.rumps) {
    const authorised = yield* authorise(session, identity, rump)
    if (typeof authorised !== 'string') return authorised
    response += ` ${writeString(authorised)}`
  }
  session.untagged(response)
  return ok('Genurlauth completed.')
}

/** The URL with its token, or why it cannot have one. */
function* authorise(session: Session, identity: Identity, { url: octets, mechanism }: UrlRump): Flow<string | Reply> {
  if (mechanism !== INTERNAL) return bad('Unsupported URLAUTH mechanism.')
  const url = parseImapUrl(octets)
  if (url === null) return bad('Invalid URL.')
  if (url.auth === null) return bad('Missing access identifier in supplied URL.')
  if (url.auth.verifier !== null) return bad('Supplied URL is already authorised.')
  const owner = url.server?.user
  if (owner == null) return bad('Missing owner username in supplied URL.')
  if (url.mailbox === null) return bad('Missing mailbox in supplied URL.')
  const found = yield* userOf(owner)
  if (found.kind === 'unavailable') return USERS_UNAVAILABLE
  if (found.identity?.account !== identity.account) return bad('Not permitted to authorise URLs of this user.')
  const ref = yield* refOfUrl(session, identity.account, url.mailbox)
  if ('kind' in ref) return bad(ref.reason)
  const { token } = yield* urlAuthority.call('signUrl', { ref, rump: octets })
  return `${octets}:${INTERNAL.toLowerCase()}:${token}`
}
