import { HostError, type LineEndGuard, type Octets, type TlsFacts, type Wire } from '@mailwright/core'
import type { ExtensionKeyword } from './extensions/extension.js'
import { isOffered } from './extensions/extension-table.js'
import type { PathRules } from './grammar/path.js'
import type { SmtpSettings } from './options.js'
import { type Answer, said } from './response/answer.js'
import { hostRefusal, printable, type Reply, writeReply } from './response/reply.js'
import {
  type ClientNames,
  type ForwardedFacts,
  freshSession,
  type HostNote,
  learned,
  type SmtpRecipient,
  type SmtpSession,
  type SmtpTransaction,
  withNotes,
} from './session.js'
import type { OpenTransaction, SmtpState } from './states.js'
import { Tally } from './tally.js'

/** The state of one session, as its commands see and change it. */
export class Dialogue {
  readonly settings: SmtpSettings
  readonly wire: Wire
  readonly tally = new Tally()
  #session: SmtpSession
  #state: SmtpState
  /** What the host said when the peer connected; it depends on nothing that the peer said. */
  #connected: Pick<SmtpSession, 'client' | 'notes'> = {}
  /** The peer's names as one said that speaks for it. */
  #namesTold: ClientNames | null = null
  #forwarded: ForwardedFacts = {}
  #isConnectTold = false
  /** Transactions that were begun. */
  transactions = 0
  /** A message that comes in chunks; `null` for none. */
  upload: ChunkedUpload | null = null
  /** RCPT commands refused in this transaction for being too many. */
  overshoot = 0

  constructor(settings: SmtpSettings, wire: Wire) {
    this.settings = settings
    this.wire = wire
    this.#session = freshSession({ ...settings, tls: settings.peer.tls ?? null })
    this.#state = beginning(settings)
  }

  get session(): SmtpSession {
    return this.#session
  }

  get state(): SmtpState {
    return this.#state
  }

  /** The transaction under way. Only for commands that `ADMITS` lets run in one. */
  get open(): OpenTransaction {
    const state = this.#state
    if (state.name === 'mail' || state.name === 'rcpt' || state.name === 'bdat') return state
    throw new HostError('no transaction is under way')
  }

  learn(news: Parameters<typeof learned>[1]): void {
    this.#session = learned(this.#session, news)
  }

  deny(): void {
    this.#state = { name: 'denied' }
  }

  begin(transaction: SmtpTransaction): void {
    this.#state = { name: 'mail', transaction, recipients: [] }
    this.overshoot = 0
    this.transactions++
  }

  addRecipient(recipient: SmtpRecipient, notes: readonly HostNote[]): void {
    const { transaction, recipients } = this.open
    this.#state = { name: 'rcpt', transaction: withNotes(transaction, notes), recipients: [...recipients, recipient] }
  }

  /** The host noted something of the transaction. */
  note(notes: readonly HostNote[]): void {
    this.#state = { ...this.open, transaction: withNotes(this.open.transaction, notes) }
  }

  /** The message of this transaction began to come in chunks: nothing but chunks may follow. RFC 3030 §2. */
  chunked(upload: ChunkedUpload): void {
    this.upload = upload
    this.#state = { ...this.open, name: 'bdat' }
  }

  /** Forgets the transaction, if there is one. RFC 5321 §4.1.1.5. */
  reset(): void {
    this.#forwarded = {}
    if (this.#state.name !== 'connected') this.#state = { name: 'ready' }
  }

  /** The host let the peer in. */
  admitted(client: ClientNames | null, notes: readonly HostNote[]): void {
    const names = this.#namesTold ?? client
    this.#connected = { ...(names === null ? {} : { client: names }), ...(notes.length === 0 ? {} : { notes }) }
    this.learn(this.#connected)
  }

  /** The peer gave its name: transactions may begin, and one under way is over. RFC 5321 §4.1.4. */
  greeted(news: Pick<SmtpSession, 'hello' | 'heloName'>, notes: readonly HostNote[]): void {
    const all = [...(this.#connected.notes ?? []), ...notes]
    // What was noted for another name is forgotten.
    const isNothing = all.length === 0 && this.#session.notes === undefined
    this.learn(isNothing ? news : { ...news, notes: all })
    this.#forwarded = {}
    this.#state = { name: 'ready' }
  }

  /** Forgets everything the peer said in clear text (RFC 3207 §4.2). */
  secured(tls: TlsFacts): void {
    this.#session = learned(freshSession({ ...this.settings, peer: this.#session.peer, tls }), this.#connected)
    this.#state = beginning(this.settings)
    this.#forwarded = {}
  }

  /** The session is another peer's from now on, and begins anew. TLS goes on: it is with who came. */
  impersonate({ peer, client, hello, heloName, identity, mechanism }: SmtpSession): void {
    this.#namesTold = client ?? null
    this.#connected = client === undefined ? {} : { client }
    // But for the certificate: it is of who came, and lets nobody else log in.
    const { client: _, ...tls } = this.#session.tls ?? { protocol: '', cipher: '' }
    const fresh = freshSession({ ...this.settings, peer, tls: this.#session.tls === null ? null : tls })
    this.#session = learned(fresh, {
      hello,
      heloName,
      identity,
      ...(mechanism === undefined ? {} : { mechanism }),
      ...this.#connected,
    })
    this.#state = beginning(this.settings)
    this.#forwarded = {}
    this.wire.event({ name: 'impersonated', address: peer.address, port: peer.port, client: client?.name ?? null })
  }

  /** The names that XCLIENT told. */
  get namesTold(): ClientNames | null {
    return this.#namesTold
  }

  /** What XFORWARD said of the next message, besides what it said before. */
  forward(news: ForwardedFacts): void {
    this.#forwarded = { ...this.#forwarded, ...news }
  }

  get forwarded(): Pick<SmtpTransaction, 'forwarded'> {
    return Object.keys(this.#forwarded).length === 0 ? {} : { forwarded: this.#forwarded }
  }

  /** Told once the host has looked who it is, or when the peer left meanwhile. */
  tellConnect(): void {
    if (this.#isConnectTold) return
    this.#isConnectTold = true
    const { peer, role } = this.settings
    this.wire.event({
      name: 'connect',
      role,
      address: peer.address,
      port: peer.port,
      client: this.#session.client?.name ?? null,
      isSecure: peer.tls !== undefined,
    })
  }

  offers(keyword: ExtensionKeyword): boolean {
    return isOffered(keyword, this.#session, this.settings)
  }

  /** How addresses may be written to us now. */
  get pathRules(): PathRules {
    const { paths, limits } = this.settings
    return { syntax: paths, limits, characters: this.offers('SMTPUTF8') ? 'utf8' : 'ascii' }
  }

  /** Writes before the command is over: a challenge, "go ahead". */
  write(reply: Reply): void {
    this.wire.write(writeReply(reply))
  }

  /**
   * The answer to what the host refused, checked and reported.
   *
   * @throws {HostError} when the host's reply is none.
   */
  refusal(given: Reply, about: RefusalFacts): Answer {
    const reply = hostRefusal(given)
    this.reportRefusal(reply, about)
    return { ...said(reply), verdict: this.settings.traits.countsRefusals ? 'refused' : 'fine' }
  }

  reportRefusal(reply: Reply, about: RefusalFacts): void {
    this.wire.event({
      name: 'refused',
      helo: this.#session.heloName,
      protocol: this.#session.protocol,
      ...about,
      code: reply.code,
      enhanced: reply.enhanced,
      text: oneLine(reply.text),
    })
  }

  /** An adapter failed: the peer sees a temporary refusal, the log sees why. */
  reportFault(at: string, fault: Error): void {
    this.wire.event({
      name: 'commandFault',
      command: at,
      message: fault.message,
      cause: fault.cause === undefined ? null : String(fault.cause),
    })
  }

  /** The peer erred. Its words are not repeated: a line that is no command may be a password out of place. */
  reportMistake(verb: string, { code, enhanced, text }: Reply): void {
    this.wire.event({ name: 'mistake', verb, code, enhanced, text: oneLine(text) })
  }
}

/** What is known of a message that comes in chunks. */
export interface ChunkedUpload {
  octets: Octets
  /** What brought its first piece. */
  readonly verb: 'BDAT' | 'BURL'
  /** `null` for a message that need not be text (BINARYMIME). */
  readonly guard: LineEndGuard | null
}

/** What a refusal was about, for the log. */
export interface RefusalFacts {
  readonly verb: string
  readonly from?: string
  readonly to?: string
}

function oneLine(text: Reply['text']): string {
  return printable(typeof text === 'string' ? text : text.join(' '))
}

function beginning({ hello }: SmtpSettings): SmtpState {
  return { name: hello === 'required' ? 'connected' : 'ready' }
}
