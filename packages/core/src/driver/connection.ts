import type { Clock } from '../adapters/ambient.js'
import type { AnyCall } from '../adapters/call.js'
import type { ChangeBus, ChangeHint } from '../adapters/change-bus.js'
import type { MailStore } from '../adapters/mail-store.js'
import type { MailboxWatch } from '../adapters/mailbox-watch.js'
import type { BodyId, CallId, Millis } from '../brands.js'
import type { CloseReason, Effect, Engine, EngineEvent, Outcome } from '../engine.js'
import { CallCancelled, HostError, StoreFault } from '../errors.js'
import { spliceFramer } from '../splice-framing.js'
import type { Duplex } from './duplex.js'
import { InboundBody } from './inbound-body.js'
import { calendar, type Performer, performer } from './perform.js'

export interface DriveOptions {
  /** Adapters that answer the engine's calls; the first with a method of the call's name is asked. */
  readonly adapters: readonly object[]
  readonly clock: Clock
  /** Where the engine's watched mailboxes are heard of. Absent: no hints come. */
  readonly changes?: ChangeBus
  /** Told of everything worth a log line. Must not throw. */
  readonly onEvent?: (event: EngineEvent) => void
  /** How long a peer may refuse to read before it is dropped. Default 300 s: as long as a sender may be silent (RFC 5321 §4.5.3.2). */
  readonly writeTimeout?: Millis
  /** How long a TLS handshake after STARTTLS may take. Default 30 s: ten times what a slow mobile link needs. */
  readonly handshakeTimeout?: Millis
}

/** A connection under way. */
export interface Connection {
  /** Resolves when the connection is closed and every call it made is over. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Asks the engine to end politely, at the end of the command at hand. */
  stop(): void
  /** Ends at once; calls are cancelled. */
  destroy(): void
}

/**
 * Longest run of one connection's work while others wait, also when its calls are answered at once and so never let the event
 * loop go round. Default 5 ms: ten busy sessions answer within 50.
 */
const TURN: Millis = 5
/** How long a closing connection waits for the peer to close as well, so that the farewell is not lost to a reset. */
const LINGER: Millis = 2_000

/** Why no effect can be performed now. */
type Block = 'drain' | 'splice' | 'tls' | 'turn'

/**
 * Performs an engine's effects over a duplex until the connection closes: the only promises of a connection.
 *
 * Owns the duplex from now on. Faults of adapters go to the engine; nothing is thrown at the host.
 */
export function drive<Call extends AnyCall>(
  engine: Engine<Call, ChangeHint> | Engine<Call>,
  duplex: Duplex,
  options: DriveOptions,
): Connection {
  // An engine that is never told of mailboxes asks for no hints, so none reach it.
  return new DrivenConnection(engine as Engine<Call, ChangeHint>, duplex, options)
}

class DrivenConnection<Call extends AnyCall> implements Connection {
  readonly closed: Promise<CloseReason>
  readonly #engine: Engine<Call, ChangeHint>
  readonly #duplex: Duplex
  readonly #options: DriveOptions
  readonly #perform: Performer
  readonly #calls = new Map<CallId, AbortController>()
  readonly #bodies = new Map<BodyId, InboundBody>()
  #watches: (() => void)[] = []
  #splicing: AbortController | null = null
  #block: Block | null = null
  #isPumping = false
  #isPumpWanted = false
  #isPaused = false
  /** The peer sent something that cannot be looked at while the connection is blocked. */
  #isInputWaiting = false
  /**
   * When others had their turn last. Input does not begin it anew: a socket may hand out thirty chunks before anybody else is
   * heard. After a pause the turn seems over, which costs one round of the event loop.
   */
  #turnBegan: Millis = 0
  #isGone = false
  #reason: CloseReason | null = null
  #resolveClosed: (reason: CloseReason) => void = () => {}
  #alarm: { readonly at: Millis; readonly release: () => void } | null = null
  #writeAlarm: (() => void) | null = null
  #wake: (() => void) | null = null

  constructor(engine: Engine<Call, ChangeHint>, duplex: Duplex, options: DriveOptions) {
    this.#engine = engine
    this.#duplex = duplex
    this.#options = options
    const watch: MailboxWatch = { watchMailboxes: (args) => this.#watch(args) }
    this.#perform = performer([...options.adapters, watch, calendar(options.clock)])
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    duplex.open({
      received: (chunk) => this.#received(chunk),
      ended: () => this.#ended(),
      drained: () => this.#drained(),
      closed: (error) => this.#gone(error),
    })
    this.#pump()
  }

  stop(): void {
    this.#engine.stop()
    this.#pump()
  }

  destroy(): void {
    this.#duplex.destroy()
  }

  #received(chunk: Uint8Array): void {
    this.#engine.receive(chunk)
    if (this.#block !== null) this.#isInputWaiting = true
    this.#pump()
  }

  #ended(): void {
    this.#engine.receiveEnd()
    this.#pump()
  }

  #drained(): void {
    if (this.#reason === null) this.#disarmWriteAlarm()
    if (this.#block === 'drain') this.#block = null
    this.#wake?.()
    this.#pump()
  }

  /** The connection is gone; only the engine's tidying is still performed. */
  #gone(error: unknown): void {
    if (this.#isGone) return
    this.#isGone = true
    if (error !== undefined && error !== null && this.#reason === null) this.#report('connectionLost', error)
    this.#unwatch()
    this.#alarm?.release()
    this.#alarm = null
    this.#disarmWriteAlarm()
    this.#splicing?.abort(new CallCancelled('the connection is gone'))
    this.#wake?.()
    this.#block = null
    this.#engine.lost()
    this.#pump()
  }

  async #watch(args: Parameters<MailboxWatch['watchMailboxes']>[0]): Promise<Record<string, never>> {
    this.#unwatch()
    const { changes } = this.#options
    if (changes === undefined || this.#isGone) return {}
    const listener = (hint: ChangeHint): void => {
      this.#engine.notify(hint)
      this.#pump()
    }
    this.#watches = args.mailboxes.map((mailbox) => changes.subscribe(mailbox, listener))
    const store = this.#options.adapters.find(isAttentive)
    if (store !== undefined) this.#watches.push(...args.mailboxes.map((mailbox) => store.attend(mailbox)))
    if (args.list !== undefined) this.#watches.push(changes.subscribeList(args.list, listener))
    return {}
  }

  /** Lets the engine go on and performs what it asks, until it waits or something must be waited for. */
  #pump(): void {
    if (this.#isPumping) {
      this.#isPumpWanted = true
      return
    }
    this.#isPumping = true
    const { clock } = this.#options
    this.#engine.tick(clock.now())
    try {
      do {
        this.#isPumpWanted = false
        while (this.#block === null) {
          this.#isInputWaiting = false
          const effect = this.#engine.next()
          if (effect === undefined) break
          this.#do(effect)
          if (this.#block === null && !this.#isGone && clock.now() - this.#turnBegan >= TURN) this.#yield()
        }
      } while (this.#isPumpWanted)
    } catch (error) {
      this.#report('engineFault', error)
      this.#duplex.destroy()
    } finally {
      this.#isPumping = false
    }
    this.#steer()
  }

  #do(effect: Effect<Call>): void {
    switch (effect.kind) {
      case 'write':
        this.#write(effect.bytes)
        return
      case 'splice':
        if (this.#isGone) return
        this.#block = 'splice'
        void this.#splice(effect)
        return
      case 'call':
        this.#call(effect)
        return
      case 'cancel':
        this.#calls.get(effect.id)?.abort(new CallCancelled('the connection is gone'))
        return
      case 'body':
        this.#bodies.get(effect.body)?.push(effect.chunk)
        return
      case 'bodyEnd':
        this.#bodies.get(effect.body)?.end(effect.isComplete)
        return
      case 'startTls':
        this.#block = 'tls'
        void this.#startTls()
        return
      case 'compress':
        if (this.#duplex.compress === undefined) throw new HostError('this connection cannot be compressed')
        this.#duplex.compress(effect.received)
        return
      case 'event':
        this.#options.onEvent?.(effect.event)
        return
      case 'yield':
        // Whether the turn is over is looked at behind every effect.
        return
      case 'close':
        this.#close(effect.reason)
        return
      default:
        effect satisfies never
    }
  }

  #write(bytes: Uint8Array): void {
    if (this.#isGone || this.#duplex.write(bytes)) return
    this.#block ??= 'drain'
    this.#armWriteAlarm()
  }

  #armWriteAlarm(): void {
    this.#writeAlarm ??= this.#options.clock.after(this.#options.writeTimeout ?? 300_000, () => {
      this.#writeAlarm = null
      this.#options.onEvent?.({ name: 'writeTimeout' })
      this.#duplex.destroy()
    })
  }

  #disarmWriteAlarm(): void {
    this.#writeAlarm?.()
    this.#writeAlarm = null
  }

  #call(effect: Extract<Effect<Call>, { readonly kind: 'call' }>): void {
    const controller = new AbortController()
    this.#calls.set(effect.id, controller)
    const body = effect.body === undefined ? undefined : this.#openBody(effect.body)
    this.#perform(effect.call, body, controller.signal).then(
      (ok) => this.#answered(effect, { ok }),
      (fault: unknown) => {
        if (!controller.signal.aborted) this.#reportFault(effect, fault)
        this.#answered(effect, { fault })
      },
    )
  }

  #answered(effect: Extract<Effect<Call>, { readonly kind: 'call' }>, outcome: Outcome): void {
    this.#engine.complete(effect.id, outcome)
    this.#calls.delete(effect.id)
    if (effect.body !== undefined) this.#bodies.delete(effect.body)
    this.#pump()
  }

  #openBody(id: BodyId): InboundBody {
    const body = new InboundBody((octets) => {
      this.#engine.acknowledge(id, octets)
      this.#pump()
    })
    this.#bodies.set(id, body)
    return body
  }

  async #splice(effect: Extract<Effect<Call>, { readonly kind: 'splice' }>): Promise<void> {
    const controller = new AbortController()
    this.#splicing = controller
    const framer = spliceFramer(effect.framing)
    const { start, end } = effect
    let octets = 0
    try {
      if (end > start) {
        for await (const chunk of effect.source.read({ start, end }, controller.signal)) {
          octets += chunk.length
          for (const piece of framer.frame(chunk)) await this.#writeInSplice(piece)
        }
      }
      if (octets !== end - start) throw new StoreFault(`a body yielded ${octets} octets of ${end - start}`)
      const last = framer.end()
      if (last.length > 0) await this.#writeInSplice(last)
    } catch (error) {
      this.#splicing = null
      // The peer was promised octets that will not come: only closing tells it the truth.
      if (!this.#isGone) this.#report('spliceFault', error)
      this.#duplex.destroy()
      this.#steer()
      return
    }
    this.#splicing = null
    this.#block = null
    this.#pump()
  }

  async #writeInSplice(piece: Uint8Array): Promise<void> {
    if (this.#isGone) throw new CallCancelled('the connection is gone')
    if (this.#duplex.write(piece)) return
    this.#armWriteAlarm()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = null
    if (this.#isGone) throw new CallCancelled('the connection is gone')
  }

  async #startTls(): Promise<void> {
    const { clock, handshakeTimeout = 30_000 } = this.#options
    const release = clock.after(handshakeTimeout, () => this.#duplex.destroy())
    try {
      const tls = await this.#duplex.secure()
      this.#engine.secured(tls)
      this.#block = null
    } catch (error) {
      this.#report('tlsFailed', error)
      this.#duplex.destroy()
      return
    } finally {
      release()
    }
    this.#pump()
  }

  #yield(): void {
    this.#block = 'turn'
    this.#options.clock.after(0, () => {
      this.#turnBegan = this.#options.clock.now()
      if (this.#block === 'turn') this.#block = null
      this.#pump()
    })
  }

  #close(reason: CloseReason): void {
    this.#reason ??= reason
    if (this.#isGone) {
      this.#finishWhenIdle()
      return
    }
    // A slow peer is given the time to read what was written; only then does it have to leave.
    this.#armWriteAlarm()
    this.#duplex.end(() => {
      this.#disarmWriteAlarm()
      if (this.#isGone) return
      // Not kept in #alarm: the engine has no deadline any more.
      const release = this.#options.clock.after(LINGER, () => this.#duplex.destroy())
      void this.closed.then(release)
    })
  }

  /** Reads or does not read, and sets the alarm, as the engine wants it now. */
  #steer(): void {
    if (this.#isGone) {
      this.#finishWhenIdle()
      return
    }
    // While the connection is blocked one chunk may wait, so that the peer's leaving is noticed; a peer that sends on without
    // reading its answers must not fill our memory.
    const mayRead = this.#engine.wantsInput && this.#block !== 'tls' && !this.#isInputWaiting
    // After the farewell the peer's octets are read and dropped, so that it can finish sending and see it.
    const isPaused = !mayRead && this.#reason === null
    if (isPaused !== this.#isPaused) {
      this.#isPaused = isPaused
      if (isPaused) this.#duplex.pause()
      else this.#duplex.resume()
    }
    // While something else is waited for, the peer's time does not run.
    this.#setAlarm(this.#reason === null && this.#block === null ? this.#engine.deadline : null)
  }

  /** An alarm that rings too early is harmless and cheaper than one moved for every chunk. */
  #setAlarm(deadline: Millis | null): void {
    if (deadline === null || (this.#alarm !== null && this.#alarm.at <= deadline)) return
    this.#alarm?.release()
    const delay = Math.max(0, deadline - this.#options.clock.now())
    const release = this.#options.clock.after(delay, () => {
      this.#alarm = null
      this.#pump()
    })
    this.#alarm = { at: deadline, release }
  }

  #unwatch(): void {
    for (const release of this.#watches) release()
    this.#watches = []
  }

  #finishWhenIdle(): void {
    if (this.#isGone && this.#calls.size === 0 && this.#splicing === null) this.#resolveClosed(this.#reason ?? 'lost')
  }

  #reportFault(effect: Extract<Effect<Call>, { readonly kind: 'call' }>, fault: unknown): void {
    const body = effect.body === undefined ? undefined : this.#bodies.get(effect.body)
    if (body?.isBroken === true) return
    this.#report('adapterFault', fault, effect.call.call)
  }

  #report(name: string, error: unknown, call?: string): void {
    const message = error instanceof Error ? error.message : String(error)
    const stack = error instanceof Error ? error.stack : undefined
    this.#options.onEvent?.({ name, message, stack, ...(call === undefined ? {} : { call }) })
  }
}

/** A store that looks out for what others do behind its back, for as long as somebody wants to hear of it. */
function isAttentive(adapter: object): adapter is Required<Pick<MailStore, 'attend'>> {
  return 'attend' in adapter && typeof adapter.attend === 'function'
}
