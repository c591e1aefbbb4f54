import { networkInterfaces } from 'node:os'
import { throttled } from '@mailwright/auth'
import {
  type AnyCall,
  type Authenticator,
  type ChangeHint,
  type Clock,
  type Engine,
  EXTERNAL,
  HostError,
  LOGIN,
  type MailStore,
  type PeerFacts,
  PLAIN,
  type Random,
  type SaslMechanism,
} from '@mailwright/core'
import { createImapServer, type ImapLimits, type ImapServerOptions } from '@mailwright/imap'
import { createPop3Server, LocalMaildropLock } from '@mailwright/pop3'
import { RECEIVING_LIMITS } from '@mailwright/relay'
import {
  createSmtpServer,
  type ExtensionKeyword,
  questionsOf,
  type SmtpAbilities,
  type SmtpHandler,
  type SpeaksFor,
} from '@mailwright/smtp'
import type { Logger } from '../log/logger.js'
import { localDelivery } from '../mail/local-delivery.js'
import { receiveHandler } from '../mail/receive-handler.js'
import type { Recipients } from '../mail/recipients.js'
import { isLocal } from '../net/connection-table.js'
import type { TlsMode } from '../net/listener.js'
import { submissionLists } from '../relay/decisions.js'
import { createMailTransfer, type MailTransfer } from '../relay/mail-transfer.js'
import { ownNames } from '../relay/own-names.js'
import { urlResolver } from '../urls/url-resolver.js'
import { limitedSessions } from './limited-sessions.js'
import type { ImapChoices, ListenerOptions, ListenerProtocol, MailServerOptions } from './options.js'
import { speakersOf } from './speakers.js'
import { withheldFrom } from './withheld.js'

/** What the engines of a server have in common. */
interface Shared {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** An engine and the adapters that answer it. */
export interface Equipped {
  readonly engine: Engine<AnyCall> | Engine<AnyCall, ChangeHint>
  readonly adapters: readonly object[]
}

/** Makes the engine of each connection, as its listener's options say. */
export class EngineRoom {
  readonly #options: MailServerOptions
  readonly #shared: Shared
  readonly #authenticator: Authenticator | undefined
  readonly #handler: SmtpHandler | undefined
  /** Of listeners with lists of restrictions of their own. */
  readonly #handlers = new Map<ListenerOptions, SmtpHandler>()
  /** Present with `relay`. */
  readonly transfer: MailTransfer | undefined
  /** What resolves URLs of submitted messages, where users have such URLs. */
  readonly #urls: ReturnType<typeof urlResolver>
  readonly #maildrops = new LocalMaildropLock()
  readonly #speakers = new Map<ListenerOptions, (address: string) => SpeaksFor[]>()
  readonly #withheld = new Map<ListenerOptions, (address: string) => ExtensionKeyword[]>()

  constructor(options: MailServerOptions, shared: Shared) {
    this.#options = options
    this.#shared = shared
    if (options.authenticator !== undefined)
      this.#authenticator = throttled(options.authenticator, { clock: shared.clock })
    for (const listener of options.listeners) {
      this.#speakers.set(listener, speakersOf(listener.smtp ?? {}))
      if (listener.smtp?.withheld !== undefined) this.#withheld.set(listener, withheldFrom(listener.smtp.withheld))
    }
    this.#urls = this.#urlsOfOwnMail()
    const local = this.#localHandler()
    this.transfer = this.#makeTransfer(local)
    this.#handler = options.handler ?? this.transfer?.handler ?? local
    for (const [at, listener] of options.listeners.entries()) {
      const setting = `listeners[${at}].smtp.restrictions`
      const given = listener.smtp?.restrictions
      if (this.transfer === undefined) {
        if (given !== undefined) throw new HostError(`${setting}: lists are for servers with relay`)
        continue
      }
      const lists = listener.protocol === 'submission' ? submissionLists(options.relay, given) : given
      if (lists !== undefined) this.#handlers.set(listener, this.transfer.handlerWith(lists, setting))
    }
  }

  /** @throws {HostError} when a listener of this protocol could not serve anybody. */
  check(protocol: ListenerProtocol): void {
    if (protocol === 'imap' || protocol === 'pop3') {
      const { store } = this.#need(protocol)
      // What the engine will not have is said now, and not to the first client.
      if (protocol === 'imap') createImapServer(this.#imapForNobody(store))
    } else if (this.#handler === undefined) {
      throw new HostError(
        `the ${protocol} listener needs domains, and a store with an authenticator, or receive, or a handler`,
      )
    }
    if (protocol === 'submission' && this.#authenticator === undefined) {
      throw new HostError('the submission listener needs an authenticator: it serves users only')
    }
  }

  /** What a client with too many connections is told. */
  refusal(protocol: ListenerProtocol): string {
    switch (protocol) {
      case 'imap':
        return '* BYE [UNAVAILABLE] Too many connections from your address\r\n'
      case 'pop3':
        return '-ERR [SYS/TEMP] Too many connections from your address\r\n'
      default:
        return `421 4.7.0 ${this.#options.hostname} Error: too many connections from your address\r\n`
    }
  }

  /** @param admitsUser whether one more session of a user may come from where this one comes from. */
  engine(
    listener: ListenerOptions,
    tlsMode: TlsMode,
    peer: PeerFacts,
    session: string,
    admitsUser: (user: string) => boolean,
  ): Equipped {
    switch (listener.protocol) {
      case 'imap':
        return this.#imap(listener, tlsMode, peer, admitsUser)
      case 'pop3':
        return this.#pop3(listener, tlsMode, peer, session, admitsUser)
      default:
        return this.#smtp(listener, listener.protocol, tlsMode, peer)
    }
  }

  #imap(listener: ListenerOptions, tlsMode: TlsMode, peer: PeerFacts, admitsUser: (user: string) => boolean): Equipped {
    const { store, authenticator } = this.#need('imap')
    const { urlAuth } = this.#options
    const engine = createImapServer({
      peer,
      supports: store.supports,
      startTls: tlsMode === 'starttls' ? 'offered' : 'none',
      compression: 'offered',
      ...this.#imapChoices(),
      mechanisms: this.#mechanisms,
      passwords: mayUsePlaintext(listener, peer) ? 'anywhere' : 'secured',
      ...(listener.banner === undefined ? {} : { banner: listener.banner }),
      limits: this.#imapLimits,
    })
    const adapters = [store, limitedSessions(authenticator, admitsUser)]
    return { engine, adapters: urlAuth === undefined ? adapters : [...adapters, urlAuth.authority] }
  }

  /** What the host chose that is the same for every listener. */
  #imapChoices(): ImapChoices & Pick<ImapServerOptions, 'urlAuth'> {
    const { imap, urlAuth } = this.#options
    if (urlAuth === undefined) return { ...imap }
    const { authority: _, ...roles } = urlAuth
    return { ...imap, urlAuth: roles }
  }

  get #imapLimits(): Partial<ImapLimits> {
    const { limits } = this.#options
    return {
      ...(limits?.messageOctets === undefined ? {} : { appendOctets: limits.messageOctets }),
      ...limits?.imap,
    }
  }

  /** The options of an engine that nobody talks to. */
  #imapForNobody({ supports }: MailStore): ImapServerOptions {
    return { ...this.#imapChoices(), peer: NOBODY, supports, limits: this.#imapLimits }
  }

  /** What BURL needs (RFC 4468 §3.3): users with a way to authorise URLs of their mail. */
  #urlsOfOwnMail(): ReturnType<typeof urlResolver> {
    const { store, urlAuth, listeners } = this.#options
    const authenticator = this.#authenticator
    const hasImap = listeners.some(({ protocol }) => protocol === 'imap')
    if (!hasImap || store === undefined || authenticator === undefined || urlAuth === undefined) return undefined
    const { authority } = urlAuth
    const { clock } = this.#shared
    const imap = this.#imapForNobody(store)
    return urlResolver({ imap, store, authenticator, authority, clock, servers: this.#imapServers })
  }

  /** Under which names URLs of ours need no authorisation: ours, where it can stand in a URL as it is. */
  get #imapServers(): readonly string[] {
    const { hostname } = this.#options
    return /^[A-Za-z0-9.-]+$/.test(hostname) ? [hostname] : []
  }

  #pop3(
    listener: ListenerOptions,
    tlsMode: TlsMode,
    peer: PeerFacts,
    session: string,
    admitsUser: (user: string) => boolean,
  ): Equipped {
    const { store, authenticator } = this.#need('pop3')
    const { limits, hostname, clientCertificates } = this.#options
    const engine = createPop3Server({
      peer,
      ...(clientCertificates === undefined ? {} : { mechanisms: [PLAIN, EXTERNAL] }),
      session,
      offerStls: tlsMode === 'starttls',
      allowPlaintext: mayUsePlaintext(listener, peer),
      ...(authenticator.knowsSecrets === true ? { challenge: `<${this.#timestamp()}@${hostname}>` } : {}),
      ...(listener.banner === undefined ? {} : { banner: listener.banner }),
      ...(limits?.pop3 === undefined ? {} : { limits: limits.pop3 }),
    })
    return { engine, adapters: [store, limitedSessions(authenticator, admitsUser), this.#maildrops] }
  }

  #smtp(
    listener: ListenerOptions,
    protocol: 'smtp' | 'submission' | 'lmtp',
    tlsMode: TlsMode,
    peer: PeerFacts,
  ): Equipped {
    const handler = this.#handlers.get(listener) ?? this.#handler
    if (handler === undefined) throw new HostError(`the ${protocol} listener has no handler`)
    const { hostname, limits } = this.#options
    const { withheld: _, xclient: __, xforward: ___, restrictions: ____, ...choices } = listener.smtp ?? {}
    const common = {
      hostname,
      peer,
      ...choices,
      withheld: this.#withheld.get(listener)?.(peer.address) ?? [],
      speaksFor: this.#speakers.get(listener)?.(peer.address) ?? [],
      asks: questionsOf(handler),
      ...(this.transfer === undefined ? {} : { haste: 'noted' as const, abilities: this.#abilities(protocol) }),
      startTls: tlsMode === 'starttls' ? 'offered' : 'none',
      ...(listener.banner === undefined ? {} : { banner: listener.banner }),
      limits: {
        ...(limits?.messageOctets === undefined ? {} : { messageOctets: limits.messageOctets }),
        ...limits?.smtp,
      },
    } as const
    const auth = {
      mechanisms: this.#mechanisms,
      plaintext: mayUsePlaintext(listener, peer) ? 'always' : 'overTls',
    } as const
    const authenticator = this.#authenticator
    if (protocol === 'submission') {
      // A handler that resolves URLs does so itself.
      const urls = handler.resolveUrl === undefined ? this.#urls : undefined
      const more =
        urls === undefined ? {} : ({ asks: [...common.asks, 'resolveUrl'], imapServers: this.#imapServers } as const)
      return {
        engine: createSmtpServer({ role: 'submission', ...common, auth, ...more }),
        adapters: [...adaptersOf(handler, authenticator), ...(urls === undefined ? [] : [urls])],
      }
    }
    const role = protocol === 'smtp' ? 'mx' : 'lmtp'
    const engine = createSmtpServer({ role, ...common, ...(authenticator === undefined ? {} : { auth }) })
    return { engine, adapters: adaptersOf(handler, authenticator) }
  }

  /** How users log in. A certificate counts only where it was asked for. */
  get #mechanisms(): readonly SaslMechanism[] {
    return this.#options.clientCertificates === undefined ? [PLAIN, LOGIN] : [PLAIN, LOGIN, EXTERNAL]
  }

  /** What a queue makes possible. */
  #abilities(protocol: 'smtp' | 'submission' | 'lmtp'): SmtpAbilities {
    const { futureRelease: seconds } = { ...RECEIVING_LIMITS, ...this.#options.relay?.limits?.receiving }
    return {
      dsn: true,
      smtpUtf8: true,
      requireTls: true,
      deliverBy: { leastSeconds: 0 },
      futureRelease: { seconds, from: this.#shared.clock.date() },
      priority: protocol === 'lmtp' ? { trusts: 'everybody' } : {},
    }
  }

  /** Never given before and not to be guessed, for APOP. */
  #timestamp(): string {
    const { random, clock } = this.#shared
    return `${[...random.bytes(9)].map((octet) => octet.toString(36)).join('')}.${clock.date().toString(36)}`
  }

  #need(protocol: string): { readonly store: MailStore; readonly authenticator: Authenticator } {
    const { store } = this.#options
    const authenticator = this.#authenticator
    if (store === undefined || authenticator === undefined) {
      throw new HostError(`the ${protocol} listener needs a store and an authenticator`)
    }
    return { store, authenticator }
  }

  /** Takes mail for our own domains and no other. */
  #localHandler(): SmtpHandler | undefined {
    const { receive, hostname, domains = [] } = this.#options
    if (domains.length === 0) return undefined
    return receive === undefined ? this.#storing() : receiveHandler({ receive, domains, hostname, ...this.#shared })
  }

  /** Puts mail into the store, where there is one; `recipients`: whose addresses are, by more than our domains. */
  #storing(recipients?: Recipients): SmtpHandler | undefined {
    const { store, authenticator, domains = [], postmaster, recipientDelimiter } = this.#options
    if (store === undefined || authenticator === undefined) return undefined
    return localDelivery({
      store,
      authenticator,
      domains,
      ...(postmaster === undefined ? {} : { postmaster }),
      ...(recipientDelimiter === undefined ? {} : { delimiter: recipientDelimiter }),
      ...(recipients === undefined ? {} : { recipients }),
      ...this.#shared,
    })
  }

  /** @throws {HostError} when the options would relay for strangers, or contradict each other. */
  #makeTransfer(local: SmtpHandler | undefined): MailTransfer | undefined {
    const { relay, receive, handler, store, authenticator, domains = [], hostname, postmaster } = this.#options
    if (relay === undefined) return undefined
    if (receive !== undefined || handler !== undefined) {
      throw new HostError('relay decides what becomes of mail; receive and handler would too: give one of them')
    }
    if (domains.length > 0 && local === undefined && relay.agents?.['local'] === undefined) {
      throw new HostError('relay with domains needs a store and an authenticator, or a delivery agent "local"')
    }
    return createMailTransfer({
      relay,
      hostname,
      own: ownNames(hostname, this.#options.listeners, relay.proxyInterfaces ?? [], networkInterfaces()),
      domains,
      ...(postmaster === undefined ? {} : { postmaster }),
      delimiter: this.#options.recipientDelimiter ?? '+',
      ...(store === undefined ? {} : { store }),
      ...(authenticator === undefined ? {} : { authenticator }),
      direct: (recipients) => this.#storing(recipients),

      ...this.#shared,
    })
  }
}

/** A peer for an engine that nobody talks to. */
const NOBODY: PeerFacts = { address: '', port: 0, localAddress: '', localPort: 0 }

function adaptersOf(handler: SmtpHandler, authenticator: Authenticator | undefined): readonly object[] {
  return authenticator === undefined ? [handler] : [handler, authenticator]
}

/** RFC 2595 §2.3, RFC 4954 §4: passwords in clear text only where the host says the wire is safe. */
function mayUsePlaintext(listener: ListenerOptions, peer: PeerFacts): boolean {
  switch (listener.plaintextAuth ?? 'loopback') {
    case 'always':
      return true
    case 'loopback':
      return isLocal(peer.address)
    default:
      return false
  }
}
