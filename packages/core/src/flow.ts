import type { AdapterMethod, AnyCall, CallArgs, CallResult, MethodName } from './adapters/call.js'
import type { Millis, Octets } from './brands.js'
import type { DataFlaw } from './dot-stuffing.js'
import type { TlsFacts } from './engine.js'
import type { FrameMode } from './framer.js'

/**
 * One command, from its line to its reply: a synchronous generator, alive only while the command runs. It yields steps and is
 * resumed with what they bring. Use the functions below; they know which answer belongs to which step.
 *
 * Keep flows shallow (a flow, a helper, a `call`), loop instead of recursing, and never yield in `finally`.
 */
export type Flow<T> = Generator<Step, T, unknown>

/** What a flow waits for. */
export type Step =
  | { readonly step: 'call'; readonly call: AnyCall }
  /** Asks an adapter for whom octets follow, by `feed` and `give`, until `finish` or `abandon`. */
  | { readonly step: 'openUpload'; readonly call: AnyCall }
  | { readonly step: 'feed'; readonly mode: FrameMode }
  /** Octets for the open upload that did not come from the peer. */
  | { readonly step: 'give'; readonly chunk: Uint8Array }
  | { readonly step: 'finish' | 'abandon' }
  | { readonly step: 'line'; readonly limit: Octets; readonly orPush: boolean; readonly wakeAfter?: Millis }
  | { readonly step: 'octets'; readonly octets: Octets; readonly keep: boolean }
  | { readonly step: 'sleep'; readonly delay: Millis }
  | { readonly step: 'startTls' }
  | { readonly step: 'compress' }
  | { readonly step: 'breathe' }

/** A line the peer sent within a command. */
export type LineInput =
  | { readonly kind: 'line'; readonly text: string; readonly isBareLineFeed: boolean }
  /** Past the limit: consumed and forgotten, but for its last octets. */
  | { readonly kind: 'overlong'; readonly tail: string }
  /** Only with `orPush`: something changed elsewhere; the protocol's state knows what. */
  | { readonly kind: 'push' }

/** What became of a body that streamed from the peer into a call. */
export type Upload<Result> =
  /** The body came whole; the adapter answered. */
  | { readonly kind: 'answered'; readonly octets: Octets; readonly result: Result }
  /** The body is unacceptable: the adapter was told to forget it. It was consumed to its true end. */
  | { readonly kind: 'flawed'; readonly flaw: DataFlaw }

/** What the peer sent into an open upload, by one `feed`. */
export interface Fed {
  readonly octets: Octets
  /** Why these octets are unacceptable; they were consumed to their true end all the same. */
  readonly flaw: DataFlaw | null
}

/** Typed calls on one kind of adapter. `caller<MailStore>()` gives `call('append', {...})`. */
export interface Caller<Adapter> {
  /** Asks the adapter and waits. Expected refusals are values; a fault is thrown here as {@link StoreFault}. */
  call<K extends MethodName<Adapter>>(name: K, args: CallArgs<Adapter, K>): Flow<CallResult<Adapter, K>>
  /**
   * Asks the adapter and streams the next octets from the peer into the call's `body`, cut by `mode`. Returns when the body was
   * consumed to its true end and the adapter has answered; an early answer (a refusal) lets the rest be dropped.
   */
  upload<K extends UploadName<Adapter>>(
    name: K,
    args: CallArgs<Adapter, K>,
    mode: FrameMode,
  ): Flow<Upload<CallResult<Adapter, K>>>
  /**
   * Asks the adapter, and leaves the call's `body` open for {@link feedUpload} and {@link giveUpload}: also for later commands, until {@link abandonUpload} or
   * `finishUpload`. One at a time. A connection that ends abandons it.
   */
  openUpload<K extends UploadName<Adapter>>(name: K, args: CallArgs<Adapter, K>): Flow<void>
  /** The body is whole. Waits for the answer to the call that was opened by `name`. */
  finishUpload<K extends UploadName<Adapter>>(name: K): Flow<CallResult<Adapter, K>>
}

/** Names of the methods that take a body. */
export type UploadName<Adapter> = {
  [K in MethodName<Adapter>]: NonNullable<Adapter[K]> extends AdapterMethod<infer Args, unknown>
    ? Args extends { readonly body: unknown }
      ? K
      : never
    : never
}[MethodName<Adapter>]

/**
 * Makes the typed calls of one kind of adapter. The casts are the engine's only ones: a step brings back what the
 * method named in it returned, which the host's driver guarantees.
 */
export function caller<Adapter>(): Caller<Adapter> {
  return {
    *call<K extends MethodName<Adapter>>(name: K, args: CallArgs<Adapter, K>) {
      return (yield { step: 'call', call: { call: name, args } }) as CallResult<Adapter, K>
    },
    *upload<K extends UploadName<Adapter>>(name: K, args: CallArgs<Adapter, K>, mode: FrameMode) {
      yield { step: 'openUpload', call: { call: name, args } }
      const { octets, flaw } = (yield { step: 'feed', mode }) as Fed
      if (flaw !== null) {
        yield { step: 'abandon' }
        return { kind: 'flawed', flaw } as const
      }
      const result = (yield { step: 'finish' }) as CallResult<Adapter, K>
      return { kind: 'answered', octets, result } as const
    },
    *openUpload<K extends UploadName<Adapter>>(name: K, args: CallArgs<Adapter, K>) {
      yield { step: 'openUpload', call: { call: name, args } }
    },
    *finishUpload<K extends UploadName<Adapter>>(_: K) {
      return (yield { step: 'finish' }) as CallResult<Adapter, K>
    },
  }
}

/** Streams the next octets from the peer, cut by `mode`, into the upload that is open. An adapter that has answered already lets them be dropped. */
export function* feedUpload(mode: FrameMode): Flow<Fed> {
  return (yield { step: 'feed', mode }) as Fed
}

/**
 * Puts octets that did not come from the peer into the upload that is open, and waits until there is room for more: so a message that is fetched goes
 * through the engine no faster than its adapter takes it. The chunk belongs to the adapter from now on.
 *
 * @returns `isWanted: false` where the adapter has answered already: what would follow is dropped.
 */
export function* giveUpload(chunk: Uint8Array): Flow<{ readonly isWanted: boolean }> {
  return (yield { step: 'give', chunk }) as { readonly isWanted: boolean }
}

/** Tells the adapter that its body will not be whole, and waits until it has let go. What it answers, or throws, is of no interest. */
export function* abandonUpload(): Flow<void> {
  yield { step: 'abandon' }
}

/** The peer's next line. `limit` in octets without its end. */
export function* readLine(limit: Octets): Flow<Exclude<LineInput, { readonly kind: 'push' }>> {
  return (yield { step: 'line', limit, orPush: false }) as Exclude<LineInput, { readonly kind: 'push' }>
}

/** The peer has been silent for the time that was given, and nothing changed. */
export interface Wake {
  readonly kind: 'wake'
}

/**
 * The peer's next line, or word that something changed elsewhere, whichever is first.
 *
 * @param wakeAfter nothing of either in this time is told, too.
 */
export function* readLineOrPush(limit: Octets, wakeAfter?: Millis): Flow<LineInput | Wake> {
  const wake = wakeAfter === undefined ? {} : { wakeAfter }
  return (yield { step: 'line', limit, orPush: true, ...wake }) as LineInput | Wake
}

/** Exactly so many octets, in one array: for literals the limits call small. */
export function* readOctets(octets: Octets): Flow<Uint8Array> {
  return (yield { step: 'octets', octets, keep: true }) as Uint8Array
}

/** Consumes exactly so many octets and forgets them: what follows a refused announcement. */
export function* discardOctets(octets: Octets): Flow<void> {
  yield { step: 'octets', octets, keep: false }
}

/** Does nothing for a while; the peer waits. */
export function* sleep(delay: Millis): Flow<void> {
  yield { step: 'sleep', delay }
}

/** Sends what was written, drops whatever the peer sent already, and negotiates TLS. */
export function* startTls(): Flow<TlsFacts> {
  return (yield { step: 'startTls' }) as TlsFacts
}

/** Sends what was written as it is; from then on the connection is compressed both ways (RFC 4978 §3). */
export function* compress(): Flow<void> {
  yield { step: 'compress' }
}

/** Hands out what was written and lets others have their turn. Call it in long loops: it also bounds memory. */
export function* breathe(): Flow<void> {
  yield { step: 'breathe' }
}
