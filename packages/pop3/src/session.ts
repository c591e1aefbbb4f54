import {
  type AccountId,
  type LoginContext,
  type SaslMechanism,
  type TlsFacts,
  usableMechanisms,
  type Wire,
} from '@mailwright/core'
import type { Pop3Settings } from './options.js'
import type { Pop3State } from './states.js'

/** Who was named and nobody yet: where a connection begins, and where STLS leads back to. */
export const NOBODY: Pop3State = { name: 'authorization', user: null }

/** What the peer did, for the log when it leaves. */
export interface Pop3Counters {
  retrieved: number
  retrievedOctets: number
  tops: number
  topOctets: number
  deleted: number
}

/** One connection: its facts, where it stands, and what it holds. */
export class Session {
  readonly settings: Pop3Settings
  readonly wire: Wire
  readonly counters: Pop3Counters = { retrieved: 0, retrievedOctets: 0, tops: 0, topOctets: 0, deleted: 0 }
  state: Pop3State = NOBODY
  #tls: TlsFacts | null
  /** The client said UTF8. RFC 6856 §2.1. */
  isUtf8 = false
  /** Whose maildrop lock is held, or may be: set before it is asked for, so that a broken connection gives it back. */
  lockedAccount: AccountId | null = null

  constructor(settings: Pop3Settings, wire: Wire) {
    this.settings = settings
    this.wire = wire
    this.#tls = settings.peer.tls ?? null
  }

  get isSecure(): boolean {
    return this.#tls !== null
  }

  /** TLS is on. */
  secured(tls: TlsFacts): void {
    this.#tls = tls
  }

  /** Mechanisms that may be used on the connection as it is now, for CAPA and for AUTH alone. */
  get usableMechanisms(): readonly SaslMechanism[] {
    const plaintext = this.isPlaintextAllowed ? 'allowed' : 'refused'
    return usableMechanisms(this.settings.mechanisms, { plaintext, tls: this.#tls })
  }

  /** A password may cross the wire as it is. RFC 2595 §2.3. */
  get isPlaintextAllowed(): boolean {
    return this.isSecure || this.settings.allowPlaintext
  }

  get loginContext(): LoginContext {
    const context = { service: 'pop3', peerAddress: this.settings.peer.address, isSecure: this.isSecure } as const
    const certificate = this.#tls?.client ?? null
    return certificate === null ? context : { ...context, certificate }
  }
}
