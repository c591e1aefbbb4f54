import type { AnyCall } from './adapters/call.js'
import type { BodyId, CallId, Millis, Octets } from './brands.js'
import { concat } from './bytes.js'
import type { CloseReason, Effect, Engine, Outcome, TlsFacts } from './engine.js'
import { HostError, MailwrightError, StoreFault } from './errors.js'
import type { Fed, Flow, Step } from './flow.js'
import { type FrameMode, Framer } from './framer.js'
import { CORE_LIMITS, type CoreLimits } from './limits.js'
import { Outbox } from './outbox.js'
import type { Protocol, Wire } from './protocol.js'

/** What the running flow waits for. */
type Wait =
  | { readonly kind: 'ready'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly fault: unknown }
  | { readonly kind: 'call'; readonly id: CallId }
  | { readonly kind: 'feed' }
  /** The upload's window is to open again. */
  | { readonly kind: 'room' }
  | { readonly kind: 'answer'; readonly isWanted: boolean }
  | { readonly kind: 'line'; readonly orPush: boolean; readonly wakeAt: Millis | null }
  | { readonly kind: 'octets'; readonly kept: Uint8Array[] | null }
  | { readonly kind: 'sleep'; readonly until: Millis }
  | { readonly kind: 'tls' }

/** A call whose body comes by and by, from the peer or out of other calls. It may outlive the flow that opened it. */
interface OpenUpload {
  readonly id: CallId
  readonly body: BodyId
  /** Handed out and not acknowledged. */
  unacknowledged: Octets
  /** No more octets will come: the body is whole, or never will be. */
  end: 'whole' | 'broken' | null
  outcome: Outcome | null
}

const NOTHING = new Uint8Array(0)

const RESUME: Wait = { kind: 'ready', value: undefined }

/**
 * An engine made of a protocol: runs its flows one at a time, frames input for them, numbers calls, streams bodies with
 * credit, batches writes, keeps deadlines and tidies up. Holds no protocol knowledge.
 */
export class Conversation<Call extends AnyCall, Update = never> implements Engine<Call, Update> {
  readonly #protocol: Protocol<Update>
  readonly #limits: CoreLimits
  readonly #framer = new Framer()
  readonly #outbox = new Outbox()
  #effects: Effect<Call>[] = []
  #flow: Flow<void> | undefined
  #wait: Wait = RESUME
  #upload: OpenUpload | null = null
  #lineMode: Extract<FrameMode, { readonly mode: 'line' }> = { mode: 'line', limit: -1 }
  #calls = 0
  #bodies = 0

  #isOpened = false
  #isPushDue = false
  #isStopping = false
  #isPeerDone = false
  #isLost = false
  #isFinished = false
  #closing: CloseReason | null = null

  #now: Millis | null = null
  /** When the peer's turn began, and what it sent since: the two measure its patience. */
  #turnBegan: Millis = 0
  #turnOctets: Octets = 0
  #hasSent = false
  /** A splice is with the host, which comes back when it is done, or when the connection is lost. */
  #isSplicing = false

  /** @param protocol makes the protocol over the wire it is given. */
  constructor(protocol: (wire: Wire) => Protocol<Update>, limits: CoreLimits = CORE_LIMITS) {
    this.#limits = limits
    this.#protocol = protocol(this.#wire())
  }

  receive(chunk: Uint8Array): void {
    // Behind the farewell nothing is read any more, so nothing may pile up.
    if (this.#isFinished) return
    this.#framer.push(chunk)
    this.#turnOctets += chunk.length
  }

  receiveEnd(): void {
    this.#isPeerDone = true
  }

  lost(): void {
    this.#isLost = true
  }

  complete(id: CallId, outcome: Outcome): void {
    const wait = this.#wait
    if (this.#upload?.id === id) this.#upload.outcome = outcome
    if (wait.kind === 'call' && wait.id === id) this.#wait = settled(outcome)
  }

  acknowledge(body: BodyId, octets: Octets): void {
    const upload = this.#upload
    if (upload?.body !== body) return
    const wasBlocked = this.#isWindowShut
    upload.unacknowledged -= octets
    if (upload.unacknowledged < 0) throw new HostError(`acknowledged more of body ${body} than was handed out`)
    // While the window was shut the peer was not read: that time is not its own.
    if (wasBlocked && !this.#isWindowShut && this.#wait.kind === 'feed') this.#beginTurn()
  }

  notify(update: Update): void {
    this.#protocol.notify(update)
    this.#isPushDue = true
  }

  secured(tls: TlsFacts): void {
    if (this.#wait.kind !== 'tls') throw new HostError('secured() answers a startTls effect; none is open')
    this.#wait = { kind: 'ready', value: tls }
  }

  tick(now: Millis): void {
    if (this.#now === null) this.#turnBegan = now
    this.#now = now
  }

  stop(): void {
    this.#isStopping = true
  }

  get wantsInput(): boolean {
    if (this.#isFinished || this.#isPeerDone || this.#isLost) return false
    if (this.#isPeersTurn) return true
    // A flow is busy: one chunk may wait, so that the peer's leaving is noticed.
    const wait = this.#wait
    const isBusy = wait.kind === 'tls' || wait.kind === 'feed' || wait.kind === 'answer'
    return !isBusy && this.#framer.buffered === 0
  }

  get deadline(): Millis | null {
    if (this.#isFinished) return null
    if (this.#wait.kind === 'sleep') return this.#wait.until
    if (!this.#isPeersTurn) return null
    const wakeAt = this.#wait.kind === 'line' ? this.#wait.wakeAt : null
    return wakeAt === null ? this.#turnEnds : Math.min(wakeAt, this.#turnEnds)
  }

  next(): Effect<Call> | undefined {
    if (!this.#isLost) this.#isSplicing = false
    for (;;) {
      const effect = this.#effects.shift()
      if (effect !== undefined) {
        if (effect.kind === 'write' || effect.kind === 'splice') this.#hasSent = true
        if (effect.kind === 'splice') this.#isSplicing = true
        // Not sooner: clear text may still come while the reply before it is being sent (RFC 3207 §4.2, CVE-2011-0411).
        else if (effect.kind === 'startTls') this.#framer.clear()
        else if (effect.kind === 'compress') return { kind: 'compress', received: this.#framer.take() }
        return effect
      }
      if (this.#hasSent) {
        // The host comes back when the peer has taken what was sent: only then its turn begins.
        this.#hasSent = false
        this.#beginTurn()
      }
      if (this.#isFinished) return undefined
      const hasMoved = this.#isLost ? this.#abandon('lost') : this.#flow === undefined ? this.#idle() : this.#advance()
      if (!hasMoved || this.#outbox.octets >= this.#limits.writeBatch) this.#flush()
      if (!hasMoved && this.#effects.length === 0) return undefined
    }
  }

  /** The protocol's hands. */
  #wire(): Wire {
    const conversation = this
    return {
      write: (text) => this.#outbox.write(text),
      writeBytes: (bytes) => this.#outbox.writeBytes(bytes),
      splice: (source, start, end, framing = 'octets') => {
        if (end === start && framing !== 'dotStuffed') return
        this.#flush()
        this.#effects.push({ kind: 'splice', source, start, end, framing })
      },
      event: (event) => {
        this.#effects.push({ kind: 'event', event })
      },
      close: (reason) => {
        this.#closing ??= reason
      },
      get isFull() {
        return conversation.#outbox.octets >= conversation.#limits.writeBatch
      },
      get isCutOff() {
        return conversation.#isLost && conversation.#isSplicing
      },
      get hasUnread() {
        return conversation.#framer.buffered > 0
      },
      unread: () => {
        const frame = this.#framer.next()
        return frame?.kind === 'line' || frame?.kind === 'overlong' ? frame : undefined
      },
      get now() {
        return conversation.#now ?? 0
      },
    }
  }

  /** No flow runs: begin the next one, if there is a reason. */
  #idle(): boolean {
    if (!this.#isOpened) {
      this.#isOpened = true
      return this.#run(this.#protocol.open())
    }
    if (this.#closing !== null) return this.#finish(this.#closing)
    if (this.#isStopping) {
      this.#protocol.stopping()
      return this.#finish('stopped')
    }
    if (this.#isPushDue) {
      this.#isPushDue = false
      const push = this.#protocol.push()
      if (push !== undefined) return this.#run(push)
    }
    this.#expectLine(this.#protocol.lineLimit)
    const frame = this.#framer.next()
    if (frame?.kind === 'line' || frame?.kind === 'overlong') return this.#run(this.#protocol.command(frame))
    if (this.#isPeerDone) return this.#finish('peerClosed')
    return this.#isExpired ? this.#expire() : false
  }

  /** A flow runs: see whether what it waits for has come. */
  #advance(): boolean {
    const wait = this.#wait
    switch (wait.kind) {
      case 'ready':
        return this.#resume((flow) => flow.next(wait.value))
      case 'fault':
        return this.#resume((flow) => flow.throw(wait.fault))
      case 'call':
      case 'tls':
        return false
      case 'sleep':
        return (this.#now ?? 0) >= wait.until && this.#ready(undefined)
      case 'line':
        return this.#advanceLine(wait.orPush, wait.wakeAt)
      case 'octets':
        return this.#advanceOctets(wait.kept)
      case 'feed':
        return this.#advanceFeed()
      case 'room':
        return !this.#isWindowShut && this.#ready({ isWanted: this.#isUploadWanted })
      case 'answer':
        return this.#advanceAnswer(wait.isWanted)
      default:
        return wait satisfies never
    }
  }

  #advanceLine(orPush: boolean, wakeAt: Millis | null): boolean {
    const frame = this.#framer.next()
    if (frame?.kind === 'line' || frame?.kind === 'overlong') return this.#ready(frame)
    if (this.#isPeerDone) return this.#abandon('peerClosed')
    if (this.#isStopping) {
      this.#protocol.stopping()
      return this.#abandon('stopped')
    }
    if (orPush && this.#isPushDue) {
      this.#isPushDue = false
      return this.#ready({ kind: 'push' })
    }
    if (wakeAt !== null && this.#now !== null && this.#now >= wakeAt) return this.#ready({ kind: 'wake' })
    return this.#isExpired ? this.#expire() : false
  }

  #advanceOctets(kept: Uint8Array[] | null): boolean {
    const frame = this.#framer.next()
    if (frame?.kind === 'chunk') {
      kept?.push(frame.chunk)
      return true
    }
    if (frame?.kind === 'end') return this.#ready(kept === null ? undefined : concat(kept))
    if (this.#isPeerDone) return this.#abandon('peerClosed')
    return this.#isExpired ? this.#expire() : false
  }

  #advanceFeed(): boolean {
    const frame = this.#framer.next()
    if (frame?.kind === 'chunk') {
      this.#handOut(frame.chunk)
      return true
    }
    if (frame?.kind === 'end') return this.#ready({ octets: frame.octets, flaw: frame.flaw } satisfies Fed)
    if (this.#isPeerDone) return this.#abandon('peerClosed')
    return this.#isExpired ? this.#expire() : false
  }

  /** After an early answer nobody wants the rest. */
  get #isUploadWanted(): boolean {
    return this.#upload !== null && this.#upload.outcome === null && this.#upload.end === null
  }

  #handOut(chunk: Uint8Array): void {
    const upload = this.#upload
    if (upload === null || !this.#isUploadWanted) return
    upload.unacknowledged += chunk.length
    this.#effects.push({ kind: 'body', body: upload.body, chunk })
  }

  /** @param isWanted whether the flow waits for what was answered, or only for the end. */
  #advanceAnswer(isWanted: boolean): boolean {
    const outcome = this.#upload?.outcome
    if (outcome == null) return false
    this.#upload = null
    this.#wait = isWanted ? settled(outcome) : RESUME
    return true
  }

  /** Tells the adapter how its body ended, unless it has answered, or was told. */
  #endUpload(upload: OpenUpload, end: 'whole' | 'broken'): void {
    if (upload.end !== null) return
    upload.end = end
    if (upload.outcome === null) this.#effects.push({ kind: 'bodyEnd', body: upload.body, isComplete: end === 'whole' })
  }

  #ready(value: unknown): boolean {
    this.#wait = { kind: 'ready', value }
    return true
  }

  #run(flow: Flow<void>): boolean {
    this.#flow = flow
    this.#wait = RESUME
    return true
  }

  #resume(go: (flow: Flow<void>) => IteratorResult<Step, void>): boolean {
    const flow = this.#flow
    if (flow === undefined) return false
    let result: IteratorResult<Step, void>
    try {
      result = go(flow)
    } catch (error) {
      this.#flow = undefined
      const stack = error instanceof Error ? error.stack : undefined
      this.#effects.push({ kind: 'event', event: { name: 'engineFault', message: String(error), stack } })
      return this.#finish('fault')
    }
    if (result.done === true) {
      this.#flow = undefined
      this.#wait = RESUME
      this.#beginTurn()
    } else {
      this.#begin(result.value)
    }
    return true
  }

  /** Starts what a step asks for. */
  #begin(step: Step): void {
    switch (step.step) {
      case 'call': {
        const id = this.#callId()
        this.#wait = { kind: 'call', id }
        this.#effects.push({ kind: 'call', id, call: asCall<Call>(step.call) })
        return
      }
      case 'openUpload': {
        if (this.#upload !== null) throw new HostError('an upload is open already')
        const id = this.#callId()
        const body = ++this.#bodies as BodyId
        this.#upload = { id, body, unacknowledged: 0, end: null, outcome: null }
        this.#wait = RESUME
        this.#effects.push({ kind: 'call', id, call: asCall<Call>(step.call), body })
        return
      }
      case 'feed':
        this.#framer.expect(step.mode)
        this.#beginTurn()
        this.#wait = { kind: 'feed' }
        return
      case 'give':
        if (this.#upload === null) throw new HostError('no upload is open')
        this.#handOut(step.chunk)
        this.#wait = { kind: 'room' }
        return
      case 'finish':
      case 'abandon': {
        const isWhole = step.step === 'finish'
        if (this.#upload !== null) this.#endUpload(this.#upload, isWhole ? 'whole' : 'broken')
        this.#wait = this.#upload === null ? RESUME : { kind: 'answer', isWanted: isWhole }
        return
      }
      case 'line':
        this.#expectLine(step.limit)
        this.#beginTurn()
        this.#wait = {
          kind: 'line',
          orPush: step.orPush,
          wakeAt: step.wakeAfter === undefined ? null : (this.#now ?? 0) + step.wakeAfter,
        }
        return
      case 'octets':
        this.#framer.expect({ mode: 'octets', octets: step.octets })
        this.#beginTurn()
        this.#wait = { kind: 'octets', kept: step.keep ? [] : null }
        return
      case 'sleep':
        this.#wait = { kind: 'sleep', until: (this.#now ?? 0) + step.delay }
        return
      case 'startTls':
        this.#flush()
        this.#effects.push({ kind: 'startTls' })
        this.#wait = { kind: 'tls' }
        return
      case 'compress':
        this.#flush()
        // What stands behind the command is known when the effect is handed out.
        this.#effects.push({ kind: 'compress', received: NOTHING })
        this.#wait = RESUME
        return
      case 'breathe':
        this.#flush()
        this.#effects.push({ kind: 'yield' })
        this.#wait = RESUME
        return
      default:
        step satisfies never
    }
  }

  /** The connection ends: an upload that is not whole is cancelled; one that is may have been delivered. */
  #dropUpload(): void {
    const upload = this.#upload
    if (upload === null) return
    this.#endUpload(upload, 'broken')
    if (upload.outcome === null && upload.end !== 'whole') this.#effects.push({ kind: 'cancel', id: upload.id })
    this.#upload = null
  }

  #callId(): CallId {
    return ++this.#calls as CallId
  }

  #expectLine(limit: Octets): void {
    if (this.#lineMode.limit !== limit) this.#lineMode = { mode: 'line', limit }
    this.#framer.expect(this.#lineMode)
  }

  #flush(): void {
    const bytes = this.#outbox.take()
    if (bytes !== undefined) this.#effects.push({ kind: 'write', bytes })
  }

  /** The peer may speak: its patience begins anew. */
  #beginTurn(): void {
    this.#turnBegan = this.#now ?? 0
    this.#turnOctets = 0
  }

  get #isPeersTurn(): boolean {
    const wait = this.#wait
    if (this.#flow === undefined) return true
    return (wait.kind === 'feed' && !this.#isWindowShut) || wait.kind === 'line' || wait.kind === 'octets'
  }

  get #isWindowShut(): boolean {
    const upload = this.#upload
    // What nobody takes any more costs nothing.
    return upload !== null && upload.outcome === null && upload.unacknowledged >= this.#limits.bodyWindow
  }

  get #turnEnds(): Millis {
    return this.#turnBegan + this.#protocol.patience + (this.#turnOctets * 1000) / this.#limits.minimumRate
  }

  get #isExpired(): boolean {
    return this.#isPeersTurn && this.#now !== null && this.#now >= this.#turnEnds
  }

  #expire(): boolean {
    this.#protocol.expired()
    return this.#abandon('timeout')
  }

  /** Ends in the middle of a flow: what it asked for is cancelled, unless the message it delivers is already whole. */
  #abandon(reason: CloseReason): boolean {
    if (reason === 'lost') {
      this.#outbox.clear()
      this.#effects = this.#effects.filter((effect) => effect.kind !== 'write' && effect.kind !== 'splice')
    }
    const wait = this.#wait
    if (wait.kind === 'call') this.#effects.push({ kind: 'cancel', id: wait.id })
    this.#flow?.return()
    this.#flow = undefined
    this.#wait = RESUME
    return this.#finish(reason)
  }

  #finish(reason: CloseReason): boolean {
    this.#dropUpload()
    for (const call of this.#protocol.leftovers(reason)) {
      this.#effects.push({ kind: 'call', id: this.#callId(), call: asCall<Call>(call) })
    }
    this.#flush()
    this.#effects.push({ kind: 'close', reason })
    this.#isFinished = true
    return true
  }
}

/** The protocol makes the calls that its engine's type names; steps carry them untyped. */
function asCall<Call extends AnyCall>(call: AnyCall): Call {
  return call as Call
}

function settled(outcome: Outcome): Wait {
  if ('ok' in outcome) return { kind: 'ready', value: outcome.ok }
  const { fault } = outcome
  const known = fault instanceof MailwrightError ? fault : new StoreFault('an adapter failed', { cause: fault })
  return { kind: 'fault', fault: known }
}
