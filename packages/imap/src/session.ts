import {
  type ChangeHint,
  type ClientCertificate,
  type Identity,
  type MailboxName,
  type MailboxRef,
  type Millis,
  type SaslMechanism,
  type StagedId,
  type TlsFacts,
  type UidList,
  usableMechanisms,
  type Wire,
} from '@mailwright/core'
import type { CapabilityName } from './capability-table.js'
import { DecodedParts } from './decoded-part.js'
import type { Enableable } from './extensions/enable.js'
import type { GrammarOptions } from './grammar/cursor.js'
import type { Spoken } from './language/languages.js'
import type { Translator } from './language/translation.js'
import type { CommandLimits } from './limits.js'
import type { Notifications } from './notify/notifications.js'
import type { ImapSettings } from './options.js'
import type { NameForm } from './response/mailbox.js'
import { writeText, writeUtf8Text } from './response/strings.js'
import { type Collation, UNICODE_CASEMAP } from './search/collation.js'
import { SearchContexts } from './search/search-context.js'
import type { ImapState, Selected } from './states.js'

const NONE: UidList = new Uint32Array(0)

/** `resp-cond-state` and `resp-cond-bye` of RFC 3501 §9, with their code. */
const STATUS_RESPONSE = /^((?:OK|NO|BAD|BYE) (?:\[[^\]]*\] )?)(.*)$/s

/** What one connection knows and may do; commands read it, write replies through it and move it from state to state. */
export class Session {
  readonly wire: Wire
  readonly settings: ImapSettings
  /** What ENABLE, or a command that implies it, switched on (RFC 5161 §3.1). */
  readonly enabled = new Set<Enableable>()
  /** Messages received whole, in no mailbox yet: discarded when the connection ends in between. */
  readonly staged = new Set<StagedId>()
  readonly decoded = new DecodedParts()
  /** The greatest mod-sequence that the command at hand told. */
  toldModSeq = 0
  /** How SEARCH, SORT and THREAD compare texts: the active comparator (RFC 5255 §4.2). */
  collation: Collation = UNICODE_CASEMAP
  /** Searches of the selected mailbox whose results the client follows. */
  readonly contexts = new SearchContexts()
  /** Of the command at hand: an ESEARCH response names it (RFC 4466 §2.6.2). */
  tag = ''
  /** Mailbox names that the command at hand wrote in another form, with what it wrote (RFC 9051 §6.3.9.7). */
  supplied: ReadonlyMap<MailboxName, string> = new Map()
  /** What NOTIFY asked for; `null` before its first use. */
  notifications: Notifications | null = null
  /** The mailbox has changed beyond what the view holds. */
  isStale = false
  /** UNAUTHENTICATE was answered: the next command is another session's. */
  hasLoggedOff = false
  /** Both directions are deflated (RFC 4978). */
  isCompressed = false
  /** What is said is said in this language (RFC 5255 §3.2). */
  language: Spoken = null
  /** When the command at hand began, and when it was told of last (RFC 9585). */
  running: { readonly beganAt: Millis; toldAt: Millis } = { beganAt: 0, toldAt: 0 }
  /** Refused commands and logins before login; BAD commands in a row after it. */
  refusals = 0
  #asksForCapabilities = false
  #hasStartedTls = false
  #user: string | null = null
  #state: ImapState = { name: 'notAuthenticated' }
  /** A mailbox that is read in order to be selected, and how far it got meanwhile. */
  #opening: { readonly home: MailboxRef; modSeq: number } | null = null
  #tls: TlsFacts | null

  constructor(wire: Wire, settings: ImapSettings, tls: TlsFacts | null = settings.peer.tls ?? null) {
    this.wire = wire
    this.settings = settings
    this.#tls = tls
  }

  /** What the connection goes on with after UNAUTHENTICATE: all that is left is TLS (RFC 8437 §3). */
  successor(): Session {
    return new Session(this.wire, this.settings, this.#tls)
  }

  get state(): ImapState {
    return this.#state
  }

  /** Nothing more is read: logged out, or sent away. */
  get isOver(): boolean {
    return this.#state.name === 'logout'
  }

  /** Who logged in, also after LOGOUT; `null` for nobody. */
  get user(): string | null {
    return this.#user
  }

  get limits(): CommandLimits {
    const { limits } = this.settings
    return this.#state.name === 'notAuthenticated' ? limits.beforeLogin : limits.afterLogin
  }

  /** Names are UTF-8 once the client said that it reads them (RFC 6855 §3, RFC 9051 §5.1). */
  get nameForm(): NameForm {
    return { utf8: this.isRev2 || this.enabled.has('UTF8=ACCEPT'), separator: this.settings.separator }
  }

  /** The client speaks IMAP4rev2 (RFC 9051 §6.3.1): no RECENT, ESEARCH answers, names in UTF-8. */
  get isRev2(): boolean {
    return this.enabled.has('IMAP4rev2')
  }

  /** Expunges are told by UID (RFC 7162 §3.2.10, RFC 9586 §3.1). */
  get tellsVanished(): boolean {
    return this.enabled.has('QRESYNC') || this.enabled.has('UIDONLY')
  }

  get grammar(): GrammarOptions {
    const { settings, enabled, limits, nameForm } = this
    return { limits, offered: settings.offer.usable, enabled, ...nameForm }
  }

  /** Whether an extension may be used: the host chose it, and host and store are able to. */
  offers(capability: CapabilityName): boolean {
    return this.settings.offer.usable.has(capability)
  }

  get isSecure(): boolean {
    return this.#tls !== null
  }

  get mayStartTls(): boolean {
    return this.settings.startTls === 'offered' && !this.isSecure
  }

  /** The client asked for capabilities itself: it does not read them from the reply to its login. */
  get asksForCapabilities(): boolean {
    return this.#asksForCapabilities
  }

  /** Whether a password may come as it is (RFC 3501 §11.1). */
  get takesPasswords(): boolean {
    return this.isSecure || this.settings.passwords === 'anywhere'
  }

  /** Mechanisms that may be used now. */
  get usableMechanisms(): readonly SaslMechanism[] {
    const plaintext = this.takesPasswords ? 'allowed' : 'refused'
    return usableMechanisms(this.settings.mechanisms, { plaintext, tls: this.#tls })
  }

  /** The certificate that the peer showed. */
  get certificate(): ClientCertificate | null {
    return this.#tls?.client ?? null
  }

  /** Writes one untagged response. */
  untagged(text: string): void {
    this.wire.write(`* ${this.language === null ? text : this.#translated(text, this.language)}\r\n`)
  }

  /** Words for a reply, octets: in the client's language, one line. */
  words(text: string): string {
    return this.language === null ? writeText(text) : writeUtf8Text(this.language.translate(text))
  }

  /** A status response is put into words; every other response is data. */
  #translated(response: string, language: Translator): string {
    const [, status, text] = STATUS_RESPONSE.exec(response) ?? []
    if (status === undefined || text === undefined) return response
    return `${status}${writeUtf8Text(language.translate(text))}`
  }

  /** TLS is on: what was said before it counts no more (RFC 3501 §6.2.1). */
  secured(tls: TlsFacts): void {
    this.#tls = tls
    this.#hasStartedTls = true
    this.language = null
    this.#asksForCapabilities = false
  }

  /** CAPABILITY was asked for. Behind STARTTLS every client has to (RFC 3501 §6.2.1), so there it says nothing of this one. */
  capabilityAsked(): void {
    if (!this.#hasStartedTls) this.#asksForCapabilities = true
  }

  loggedIn(identity: Identity): void {
    this.#user = identity.user
    this.#state = { name: 'authenticated', identity }
    this.refusals = 0
  }

  /** The user is gone, the connection stays (RFC 8437 §3). */
  loggedOff(): void {
    this.#state = { name: 'notAuthenticated' }
    this.hasLoggedOff = true
  }

  /** This mailbox is about to be selected: hints about it may come behind its snapshot, and before it is. */
  opens(home: MailboxRef): void {
    this.#opening = { home, modSeq: 0 }
  }

  selected(identity: Identity, mailbox: Selected): void {
    if (this.#opening !== null && this.#opening.modSeq > mailbox.view.modSeq) this.isStale = true
    this.#opening = null
    mailbox.view.keepFloor(this.#isSpared ? 'held' : 'told')
    this.#state = { name: 'selected', identity, mailbox }
  }

  /** QRESYNC comes with CONDSTORE, also where only it was asked for (RFC 7162 §3.2.3). */
  enable(extension: Enableable): void {
    this.enabled.add(extension)
    if (extension === 'QRESYNC') this.usesModSeq()
  }

  /**
   * The client used mod-sequences: from now on they are told with every flag that changed. The first time with a mailbox
   * selected it is also told where that one stands (RFC 7162 §3.1).
   */
  usesModSeq(): void {
    if (this.enabled.has('CONDSTORE')) return
    this.enabled.add('CONDSTORE')
    if (this.#state.name !== 'selected') return
    this.untagged(`OK [HIGHESTMODSEQ ${this.#state.mailbox.view.toldModSeq}] Highest`)
  }

  /** What NOTIFY asked for takes the place of what it asked for before. */
  notify(notifications: Notifications | null): void {
    this.notifications = notifications
    if (this.#state.name === 'selected') this.#state.mailbox.view.keepFloor(this.#isSpared ? 'held' : 'told')
  }

  /** NOTIFY does not want all that happens to the selected mailbox. */
  get #isSpared(): boolean {
    return this.notifications !== null && this.notifications.selected?.tellsFlags !== true
  }

  /** No mailbox is selected any more. */
  left(): void {
    this.contexts.clear()
    if (this.#state.name === 'selected') {
      const { ref, view } = this.#state.mailbox
      const { exists: messages, uidNext, toldModSeq: highestModSeq, uidValidity } = view
      this.notifications?.left(ref.mailbox, { messages, uidNext, highestModSeq, uidValidity })
    }
    if (this.#state.name === 'selected') this.#state = { name: 'authenticated', identity: this.#state.identity }
    this.isStale = false
  }

  /** `$` stands for nothing (RFC 5182 §2.1). */
  emptyResult(): void {
    if (this.#state.name === 'selected') this.#state.mailbox.view.save(new Uint32Array(0))
  }

  /** Nothing more is read; the connection closes when the reply at hand is written. */
  loggedOut(reason: 'logout' | 'refused'): void {
    this.#state = { name: 'logout' }
    this.wire.close(reason)
  }

  /** This session changed a mailbox, and maybe brought messages into it: if it is the selected one, there is news. */
  changed(mailbox: MailboxRef, brought: UidList = NONE): void {
    if (!this.isSelected(mailbox)) return
    this.isStale = true
    this.notifications?.brings(brought)
  }

  isSelected(mailbox: MailboxRef): boolean {
    return this.#state.name === 'selected' && isSame(mailbox, this.#state.mailbox.ref)
  }

  /** Something happened to a mailbox: the view is asked to catch up where the protocol allows it. */
  hinted(hint: ChangeHint): void {
    if (hint.mailbox === null) {
      this.notifications?.hinted(null)
      return
    }
    if (this.#opening !== null && isSame(hint, this.#opening.home)) {
      this.#opening.modSeq = Math.max(this.#opening.modSeq, hint.modSeq)
    }
    const selected = this.#state.name === 'selected' ? this.#state.mailbox : null
    if (selected === null || !isSame(hint, selected.home)) this.notifications?.hinted(hint)
    else if (hint.modSeq > selected.view.modSeq) this.isStale = true
  }
}

/** Whether both name the same mailbox. */
export function isSame(one: MailboxRef, other: MailboxRef): boolean {
  return one.account === other.account && one.mailbox === other.mailbox
}
