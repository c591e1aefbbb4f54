import { type BodyHandle, bytesHandle, type Flow, type Identity, type MailboxRef, type Octets } from '@mailwright/core'
import { type ImapUrl, parseImapUrl } from './grammar/imap-url.js'
import { type ImapServerOptions, type ImapSettings, settings } from './options.js'
import { admittedByUrl, admittedTo, type UrlAdmission, userOf } from './url-access.js'
import { messageContent, refOfUrl, type UrlRules } from './url-content.js'

/** What the URL of a BURL command stands for; the reasons are those of RFC 4468 §6. */
export type SubmittedUrl =
  | { readonly kind: 'found'; readonly source: BodyHandle; readonly start: Octets; readonly end: Octets }
  | { readonly kind: 'unauthorized' | 'unresolved' | 'untrusted' | 'unavailable' }

export interface SubmittedUrlOptions {
  /** As the servers have them from which users have their URLs. */
  readonly imap: ImapServerOptions
  /** Names of ours, as `imap.example.com`: on their own they may be URLs without authorisation, which execute as the submitter. Default none. */
  readonly servers?: readonly string[]
}

/** Resolves what users submit by URL: a flow of calls of a MailStore, an Authenticator, a UrlAuthority, a BodyReader and a Calendar. */
export type SubmittedUrls = (submitter: Identity, url: string) => Flow<SubmittedUrl>

/**
 * The credentials of a submission server that is part of the same site: it resolves what is for such servers, by the rules of URLFETCH and by the same code.
 * RFC 4468 §3.3.
 *
 * @returns `null` where IMAP offers no URLAUTH.
 * @throws {HostError} for options that `createImapServer` does not take.
 */
export function submittedUrls({ imap, servers = [] }: SubmittedUrlOptions): SubmittedUrls | null {
  const rules = rulesOf(settings(imap))
  if (!rules.offers('URLAUTH')) return null
  const names = new Set(servers.map((each) => each.toLowerCase()))
  return function* (submitter, octets) {
    const url = parseImapUrl(octets)
    if (url === null || url.uid === null) return { kind: 'unresolved' }
    const isOurs = names.has(authorityOf(url))
    if (url.auth === null && !isOurs) return { kind: 'untrusted' }
    const admission =
      url.auth === null
        ? yield* admittedAsOwner(rules, submitter, url)
        : yield* admittedByUrl(rules, { kind: 'submitter', identity: submitter }, url)
    switch (admission.kind) {
      case 'admitted':
        return yield* contentOf(admission)
      case 'missing':
        return { kind: 'unresolved' }
      case 'unavailable':
        return admission
      case 'refused':
        // By which names we are known is for nobody else to say: so this is asked last.
        return { kind: names.size === 0 || isOurs ? 'unauthorized' : 'untrusted' }
      default:
        return admission satisfies never
    }
  }
}

/** As a session that has just logged in reads them. */
function rulesOf(settings: ImapSettings): UrlRules {
  const { limits, offer, separator } = settings
  const grammar = { limits: limits.afterLogin, offered: offer.usable, utf8: false, separator }
  return { settings, grammar, offers: (capability) => offer.usable.has(capability) }
}

function authorityOf({ server }: ImapUrl): string {
  if (server === null) return ''
  return `${server.host}${server.port === null ? '' : `:${server.port}`}`.toLowerCase()
}

/** RFC 4468 §3.3: a URL of the submitter's own, whose mailbox is opened as theirs. */
function* admittedAsOwner(rules: UrlRules, submitter: Identity, url: ImapUrl): Flow<UrlAdmission> {
  const { mailbox, partial, server } = url
  if (mailbox === null || (partial !== null && !rules.offers('URL-PARTIAL'))) return { kind: 'missing' }
  if (server !== null && server.user !== null) {
    const found = yield* userOf(server.user)
    if (found.kind === 'unavailable') return found
    if (found.identity?.user !== submitter.user) return { kind: 'refused' }
  }
  const ref: MailboxRef | { readonly kind: 'bad' } = yield* refOfUrl(rules, submitter.account, mailbox)
  return 'kind' in ref ? { kind: 'missing' } : yield* admittedTo(rules, ref, url)
}

function* contentOf({ message }: Extract<UrlAdmission, { readonly kind: 'admitted' }>): Flow<SubmittedUrl> {
  const content = yield* messageContent(message)
  if (content.kind === 'bad') return { kind: 'unresolved' }
  const { piece } = content
  if (piece.kind === 'range') return { kind: 'found', source: piece.source, start: piece.start, end: piece.end }
  return { kind: 'found', source: bytesHandle(piece.octets), start: 0, end: piece.octets.length }
}
