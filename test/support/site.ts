/** A server's listeners by the names tests call them. Ports are found when it starts. */
export const LISTENERS = {
  smtp: { protocol: 'smtp', tls: 'starttls' },
  submission: { protocol: 'submission', tls: 'starttls' },
  submissions: { protocol: 'submission', tls: 'implicit' },
  lmtp: { protocol: 'lmtp', tls: 'none' },
  imap: { protocol: 'imap', tls: 'starttls' },
  imaps: { protocol: 'imap', tls: 'implicit' },
  pop3: { protocol: 'pop3', tls: 'starttls' },
  pop3s: { protocol: 'pop3', tls: 'implicit' },
} as const

export type ListenerName = keyof typeof LISTENERS

/** What a test wants other than the usual site. */
export interface SiteWishes {
  /** Default `LISTENERS`. */
  readonly listeners?: readonly ListenerName[]
  /** Where passwords may be sent in clear text. Default: to this machine, as the server has it. */
  readonly plaintextAuth?: 'never' | 'loopback' | 'always'
  /** Default `HOSTNAME`, `DOMAIN`. */
  readonly hostname?: string
  readonly domain?: string
  /** Proxies before every listener. */
  readonly proxyProtocol?: readonly string[]
  readonly limits?: { readonly [name: string]: number }
  /** What differs from a Maildir, or `MEMORY`. */
  readonly store?: { readonly [name: string]: string }
  readonly logLevel?: 'debug' | 'info'
  /** `relay` in the file: a full mail transfer agent. */
  readonly relay?: { readonly [name: string]: unknown }
  /** Besides the certificate that it makes itself. */
  readonly tls?: { readonly [name: string]: unknown }
  /** How IMAP looks. */
  readonly imap?: { readonly [name: string]: unknown }
}

/** A store that forgets all when the server stops. */
export const MEMORY = { kind: 'memory' } as const

export const HOSTNAME = 'mail.example.test'
export const DOMAIN = 'example.test'

/** The text of a `site.json`. All its paths are beside it; all listeners are on the loopback address, on free ports. */
export function siteJson(wishes: SiteWishes): string {
  const names = wishes.listeners ?? listenerNames()
  return JSON.stringify(
    {
      hostname: wishes.hostname ?? HOSTNAME,
      domains: [wishes.domain ?? DOMAIN],
      postmaster: 'alice',
      store: wishes.store === MEMORY ? MEMORY : { kind: 'maildir', path: 'mail', ...wishes.store },
      auth: { kind: 'passwd-file', path: 'users' },
      tls: { kind: 'self-signed', folder: 'tls', ...wishes.tls },
      listeners: names.map((name) => ({
        ...LISTENERS[name],
        host: '127.0.0.1',
        port: 0,
        ...(wishes.proxyProtocol === undefined ? {} : { proxyProtocol: wishes.proxyProtocol }),
        ...(wishes.plaintextAuth === undefined ? {} : { plaintextAuth: wishes.plaintextAuth }),
      })),
      ...(wishes.limits === undefined ? {} : { limits: wishes.limits }),
      ...(wishes.imap === undefined ? {} : { imap: wishes.imap }),
      ...(wishes.relay === undefined ? {} : { relay: wishes.relay }),
      log: { level: wishes.logLevel ?? 'info' },
    },
    null,
    2,
  )
}

export function listenerNames(): readonly ListenerName[] {
  // The keys of a constant object are exactly its type's.
  return Object.keys(LISTENERS) as ListenerName[]
}
