import {
  type AccountId,
  type Authenticator,
  type AuthResult,
  accountId,
  type Body,
  bytesHandle,
  type Engine,
  EXTERNAL,
  fromLatin1,
  HostError,
  LOGIN,
  type PeerFacts,
  PLAIN,
  type SaslMechanism,
} from '@mailwright/core'
import {
  createSmtpClient,
  createSmtpServer,
  type Mailbox,
  type MessageVerdict,
  questionsOf,
  reply,
  type SmtpCall,
  type SmtpClientCall,
  type SmtpClientOptions,
  type SmtpHandler,
  type SmtpServerOptions,
  type UrlVerdict,
  type Verdict,
  writeMailbox,
} from '@mailwright/smtp'

type Args<Method extends 'recipient' | 'message'> = Parameters<SmtpHandler[Method]>[0]

/**
 * A small site for tests: mail for its domains (and without one) to anybody but the unknown, to elsewhere only from who
 * logged in.
 */
export class Site implements SmtpHandler {
  readonly #domains: ReadonlySet<string>
  readonly #unknown: ReadonlySet<string>
  readonly #queueIds: string[]

  constructor(facts: {
    readonly domains: readonly string[]
    readonly unknown: readonly string[]
    readonly queueIds: string[]
  }) {
    this.#domains = new Set(facts.domains)
    this.#unknown = new Set(facts.unknown)
    this.#queueIds = facts.queueIds
  }

  async recipient({ session, recipient }: Args<'recipient'>): Promise<Verdict> {
    const address = writeMailbox(recipient)
    if (!this.#isOurs(recipient)) {
      if (session.identity !== null) return { kind: 'accepted' }
      return { kind: 'refused', reply: reply(554, '5.7.1', `<${address}>: Relay access denied`) }
    }
    if (!this.#unknown.has(recipient.localPart.toLowerCase())) return { kind: 'accepted' }
    return { kind: 'refused', reply: reply(550, '5.1.1', `<${address}>: Recipient address rejected: User unknown`) }
  }

  async message({ body }: Args<'message'>): Promise<MessageVerdict> {
    await drain(body)
    return { kind: 'accepted', id: this.#queueIds.shift() ?? '1D7FE400A4C9' }
  }

  #isOurs({ domain }: Mailbox): boolean {
    return domain === null || this.#domains.has(domain.toLowerCase())
  }
}

async function drain(body: Body): Promise<void> {
  for await (const _ of body) {
    // Every chunk is acknowledged by asking for the next.
  }
}

/** One user, and one of each kind of trouble. */
export const USERS: Pick<Authenticator, 'verifyPassword'> = {
  async verifyPassword({ user, password, authorize }): Promise<AuthResult> {
    if (password !== 'secret' || authorize !== undefined) return { kind: 'rejected' }
    switch (user) {
      case 'alice':
        return { kind: 'accepted', user, account: account(user) }
      case 'slow':
        return { kind: 'rejected', delay: 15_000 }
      case 'old':
        return { kind: 'expired' }
      case 'gone':
        return { kind: 'disabled' }
      case 'away':
        return { kind: 'unavailable' }
      default:
        return { kind: 'rejected' }
    }
  },
}

function account(user: string): AccountId {
  return accountId(user)
}

const PEER: PeerFacts = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 25 }
const MECHANISMS: { readonly [name: string]: SaslMechanism } = { PLAIN, LOGIN, EXTERNAL }

/** What a transcript's `@option` lines may set; the rest is as given here. */
export interface WorldOptions {
  readonly [name: string]: unknown
}

/** A server as the options say, and what answers it. */
export function smtpWorld(options: WorldOptions): { engine(): Engine<SmtpCall>; adapters: readonly object[] } {
  const site = new Site({
    domains: texts(options['domains'] ?? ['example.com']),
    unknown: texts(options['unknown'] ?? []),
    queueIds: [...texts(options['queueIds'] ?? [])],
  })
  const urls = options['urls'] === undefined ? [] : [resolver(options['urls'])]
  return { engine: () => createSmtpServer(serverOptions(options, site)), adapters: [site, USERS, ...urls] }
}

/** What URLs stand for, one octet a character. */
function resolver(urls: unknown): Required<Pick<SmtpHandler, 'resolveUrl'>> {
  const known = new Map(Object.entries(urls as { readonly [url: string]: string }))
  return {
    async resolveUrl({ url }): Promise<UrlVerdict> {
      const octets = known.get(url)
      if (octets === undefined) return { kind: 'unresolved' }
      const source = bytesHandle(fromLatin1(octets))
      return { kind: 'found', source, start: 0, end: source.octets }
    },
  }
}

/** Option lines become options of the server. */
function serverOptions(given: WorldOptions, site: Site): SmtpServerOptions {
  const { domains: _, unknown: __, queueIds: ___, urls, auth, tls, plaintext, address, ...rest } = given
  const mechanisms = texts(auth ?? []).map((name) => {
    const mechanism = MECHANISMS[name]
    if (mechanism === undefined) throw new HostError(`no such mechanism: ${name}`)
    return mechanism
  })
  const peer = {
    ...PEER,
    ...(address === undefined ? {} : { address: String(address) }),
    ...(tls === undefined ? {} : { tls }),
  }
  // The values were text: their types are what the transcript's author took care of.
  const options: unknown = {
    role: 'mx',
    hostname: 'mx.example.com',
    asks: urls === undefined ? questionsOf(site) : ['resolveUrl'],
    peer,
    ...(mechanisms.length === 0 ? {} : { auth: { mechanisms, ...(plaintext === undefined ? {} : { plaintext }) } }),
    ...rest,
  }
  return options as SmtpServerOptions
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new HostError(`not a list: ${JSON.stringify(value)}`)
  return value.map(String)
}

/** A client as the options say. What it asks is answered by the transcript. */
export function clientWorld(options: WorldOptions): { engine(): Engine<SmtpClientCall>; adapters: readonly object[] } {
  // As above: the author of the transcript took care of the types.
  const settled: unknown = { protocol: 'smtp', hostname: 'client.example.com', ...options }
  return { engine: () => createSmtpClient(settled as SmtpClientOptions), adapters: [] }
}
