import type { Authenticator, Clock, MailStore, UrlAuthority } from '@mailwright/core'
import { calendar, performer, runFlow } from '@mailwright/core/driver'
import { type ImapServerOptions, submittedUrls } from '@mailwright/imap'
import type { SmtpHandler } from '@mailwright/smtp'

/** A site whose users read their mail by IMAP, and submit out of it. */
export interface UrlResolverOptions {
  /** As its IMAP servers are made. */
  readonly imap: ImapServerOptions
  readonly store: MailStore
  readonly authenticator: Authenticator
  readonly authority: UrlAuthority
  readonly clock: Clock
  /** Its names as an IMAP server. */
  readonly servers: readonly string[]
}

/**
 * Finds what URLs of BURL stand for in the site's own mail, without a connection to its own IMAP server: by the same rules, and as the
 * submitter (RFC 4468 §3.3).
 *
 * @returns `undefined` where its IMAP servers offer no URLAUTH.
 */
export function urlResolver(options: UrlResolverOptions): Required<Pick<SmtpHandler, 'resolveUrl'>> | undefined {
  const { imap, servers, store, authenticator, authority, clock } = options
  const resolve = submittedUrls({ imap, servers })
  if (resolve === null) return undefined
  const perform = performer([store, authenticator, authority, calendar(clock)])
  return {
    resolveUrl: async ({ session: { identity }, url }, signal) =>
      identity === null ? { kind: 'unauthorized' } : await runFlow(resolve(identity, url), perform, signal),
  }
}
