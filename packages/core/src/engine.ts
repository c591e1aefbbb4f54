import type { AnyCall } from './adapters/call.js'
import type { BodyHandle } from './body.js'
import type { BodyId, CallId, Millis, Octets } from './brands.js'

/** What TLS negotiated, for `Received` fields, logs and policy. */
export interface TlsFacts {
  /** As in `TLSv1.3`. */
  readonly protocol: string
  /** As in `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** The name the peer asked for (SNI); absent when it asked for none. */
  readonly serverName?: string
  /**
   * Of a connection that we opened: how far the server's certificate is believed, in Postfix's words. `Anonymous`: it has none; `Untrusted`: nobody
   * we know signed it; `Trusted`: somebody did; `Verified`: and it is the one that was meant.
   */
  readonly trust?: 'Anonymous' | 'Untrusted' | 'Trusted' | 'Verified'
  /** Of a connection that a peer opened to us: the certificate that it showed; `null` when it was asked for one and has none. Absent: it was not asked. */
  readonly client?: ClientCertificate | null
}

/** What a peer's certificate says of it. */
export interface ClientCertificate {
  /** The subject's common name; `null` for none. */
  readonly name: string | null
  /** The common name of who signed it. */
  readonly issuer: string | null
  /** Who it is for a login (SASL EXTERNAL), by the field that the host chose; `null` where it is empty. */
  readonly user: string | null
  /** SHA-256 as `AA:BB:…`, of the certificate, and of its public key. */
  readonly fingerprint: string
  readonly keyFingerprint: string
  /** Somebody whom the host believes signed it, and it is valid now. */
  readonly isTrusted: boolean
}

/** What is known of a connection when it begins. */
export interface PeerFacts {
  readonly address: string
  readonly port: number
  readonly localAddress: string
  readonly localPort: number
  /** Present when the connection was encrypted from its first octet. */
  readonly tls?: TlsFacts
}

/** Something worth a log line, a metric or a trace. Flat, plain data; never a secret. */
export interface EngineEvent {
  readonly name: string
  readonly [field: string]: string | number | boolean | null | undefined | readonly string[]
}

/** Why the engine is finished with the connection. */
export type CloseReason = 'logout' | 'peerClosed' | 'lost' | 'timeout' | 'refused' | 'stopped' | 'fault'

/** What an adapter answered: a value, also for expected refusals, or what it threw. */
export type Outcome = { readonly ok: unknown } | { readonly fault: unknown }

/**
 * How a spliced body is framed for the peer: as it is, with its leading dots doubled (RFC 5321 §4.5.2), or with 0x80 for each NUL, which
 * a literal of IMAP may not hold (RFC 3501 §9, CHAR8).
 */
export type SpliceFraming = 'octets' | 'dotStuffed' | 'withoutNul'

/** The next thing the host has to do. One ordered stream; every effect is plain data. */
export type Effect<Call extends AnyCall = AnyCall> =
  /** Send to the peer. The octets belong to the host. */
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  /** Send a stored message, or a range of it, straight from store to peer, before any later effect. */
  | {
      readonly kind: 'splice'
      readonly source: BodyHandle
      readonly start: Octets
      readonly end: Octets
      readonly framing: SpliceFraming
    }
  /** Call an adapter and give what it answers to `complete`. `body` is set when octets follow as `body` effects. */
  | { readonly kind: 'call'; readonly id: CallId; readonly call: Call; readonly body?: BodyId }
  /** The answer to this call is not wanted any more: abort its signal. */
  | { readonly kind: 'cancel'; readonly id: CallId }
  /** The next octets of an inbound body: a view of a received chunk, the host's from now on. */
  | { readonly kind: 'body'; readonly body: BodyId; readonly chunk: Uint8Array }
  /** The body is over. Not complete: the consumer must forget it. */
  | { readonly kind: 'bodyEnd'; readonly body: BodyId; readonly isComplete: boolean }
  /** Everything written so far goes out in clear; then negotiate TLS as the server and call `secured`. */
  | { readonly kind: 'startTls' }
  /**
   * From here on both directions are raw DEFLATE (RFC 1951): what is sent later is deflated, with a flush behind each write; what the
   * peer sends is inflated before `receive`, `received` first, which came in before its time. No faster than the engine wants input.
   */
  | { readonly kind: 'compress'; readonly received: Uint8Array }
  | { readonly kind: 'event'; readonly event: EngineEvent }
  /** A long computation is under way: let others have their turn, then ask again. */
  | { readonly kind: 'yield' }
  /** Send what was written, then close. No effect follows. */
  | { readonly kind: 'close'; readonly reason: CloseReason }

/**
 * A protocol engine: one end of one connection, as a plain machine. Inputs only store; all progress happens in `next`.
 *
 * `Call` is what it may ask of adapters, `Update` what it may be told unasked.
 */
export interface Engine<Call extends AnyCall = AnyCall, Update = never> {
  /** Takes octets from the peer. Only stores them; the host must not reuse the chunk. */
  receive(chunk: Uint8Array): void
  /** The peer closed its side. What it sent before is still served. */
  receiveEnd(): void
  /** The connection is gone in both directions: calls are cancelled, nothing can be answered any more. */
  lost(): void
  /** Answers a `call` effect. Late answers to cancelled calls are ignored. */
  complete(id: CallId, outcome: Outcome): void
  /** The consumer took this much of an inbound body; the window opens again. */
  acknowledge(body: BodyId, octets: Octets): void
  /** Something changed elsewhere. */
  notify(update: Update): void
  /** Answers a `startTls` effect. */
  secured(tls: TlsFacts): void
  /** Tells the time: monotonic, before other inputs and at `deadline`. */
  tick(now: Millis): void
  /** The host wants to end: the engine says so to the peer as soon as the command at hand is answered, and closes. */
  stop(): void
  /** Makes progress and returns the next thing to do; `undefined` when it waits for an input. */
  next(): Effect<Call> | undefined
  /** False: stop reading from the peer. */
  readonly wantsInput: boolean
  /** When `tick` must be called at the latest; `null` for no such time. */
  readonly deadline: Millis | null
}
