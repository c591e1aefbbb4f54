import type { AnyCall } from './adapters/call.js'
import type { BodyHandle } from './body.js'
import type { Millis, Octets } from './brands.js'
import type { CloseReason, EngineEvent, SpliceFraming } from './engine.js'
import type { Flow, LineInput } from './flow.js'

/** What a protocol may do to its connection at any time. Octets are characters (latin1) in every text. */
export interface Wire {
  /** Sends, in order; collected into larger writes. */
  write(text: string): void
  writeBytes(bytes: Uint8Array): void
  /** Sends a range of a stored message between what was and what will be written, unseen by the engine. */
  splice(source: BodyHandle, start: Octets, end: Octets, framing?: SpliceFraming): void
  event(event: EngineEvent): void
  /** Closes once the current flow is over and everything is sent. */
  close(reason: CloseReason): void
  /** More is written than one write should hold: a loop should `breathe`. */
  readonly isFull: boolean
  /** The connection was lost while something was spliced: the peer has not got all of it. */
  readonly isCutOff: boolean
  /** The peer has sent more than was read: it did not wait for an answer. */
  readonly hasUnread: boolean
  /** A line that came before the connection ended, and that no flow read: for `leftovers`. `undefined` when there is none. */
  unread(): Exclude<LineInput, { readonly kind: 'push' }> | undefined
  /** The time of the last `tick`. */
  readonly now: Millis
}

/** The part of an engine that knows the protocol; {@link Conversation} supplies all the rest. */
export interface Protocol<Update = never> {
  /** Octets that a command line may have in the present state, without its end. */
  readonly lineLimit: Octets
  /** How long the peer may stay silent in the present state. */
  readonly patience: Millis
  /** The greeting. */
  open(): Flow<void>
  /** A command line, while no flow runs. */
  command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void>
  /** Something changed elsewhere: only remember it. */
  notify(update: Update): void
  /** Tells the peer what was remembered, where the protocol allows it between commands. */
  push(): Flow<void> | undefined
  /** The peer was silent too long: write the farewell. */
  expired(): void
  /** The host wants to end: write the farewell. */
  stopping(): void
  /**
   * The connection ends, for this reason: the calls that tidy up after it, whose answers are not waited for. Called once; the last chance to tell
   * an event.
   */
  leftovers(reason: CloseReason): readonly AnyCall[]
}
