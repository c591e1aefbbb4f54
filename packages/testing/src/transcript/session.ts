import {
  type AnyCall,
  type BodyId,
  type CallId,
  type ChangeBus,
  type ChangeHint,
  type Effect,
  type Engine,
  fromLatin1,
  latin1,
  type MailboxWatch,
  type Millis,
  spliceFramer,
  type TlsFacts,
} from '@mailwright/core'
import { InboundBody, type Performer, performer } from '@mailwright/core/driver'

export type CallEffect = Extract<Effect, { readonly kind: 'call' }>

/** A call that the adapters are answering. */
interface Flight {
  readonly body: BodyId | undefined
  readonly answered: Promise<void>
  readonly controller: AbortController
}

/** One engine at play: feeds it, performs what it asks, and keeps what it said. */
export class PlayedSession {
  readonly #engine: Engine<AnyCall, ChangeHint>
  readonly #perform: Performer
  readonly #changes: ChangeBus | undefined
  #watches: (() => void)[] = []
  #inbox: Uint8Array[] = []
  #isTlsAsked = false
  /** Everything the engine sent, one octet a character. */
  output = ''
  /** Up to where the script has accounted for it. */
  accounted = 0
  /** Calls nobody has taken yet, and names of all calls so far. */
  readonly calls: CallEffect[] = []
  readonly callNames: string[] = []
  /** Effects a script may ask about, not yet accounted for. */
  readonly effects: Effect[] = []
  /** Octets of uploads whose call a script answers. */
  readonly bodies = new Map<BodyId, string>()
  readonly bodyEnds = new Map<BodyId, boolean>()
  readonly #inbound = new Map<BodyId, InboundBody>()
  readonly #inFlight = new Map<CallId, Flight>()
  #isPaused = false
  #isFull = false

  constructor(
    engine: Engine<AnyCall, ChangeHint>,
    adapters: readonly object[],
    changes: ChangeBus | undefined,
    now: Millis,
  ) {
    this.#engine = engine
    this.#changes = changes
    const watch: MailboxWatch = { watchMailboxes: (args) => this.#watch(args) }
    this.#perform = performer([...adapters, watch])
    engine.tick(now)
  }

  /** Gives the octets to the engine, as soon as it wants them. */
  async send(octets: string): Promise<void> {
    // Sent in clear text while TLS is asked for: they break the handshake, and the engine must never see them.
    if (this.#isTlsAsked) return
    this.#inbox.push(fromLatin1(octets))
    await this.pump()
  }

  async tick(now: Millis): Promise<void> {
    this.#engine.tick(now)
    await this.pump()
  }

  async host(verb: string, argument: unknown): Promise<void> {
    switch (verb) {
      case 'secured':
        this.#isTlsAsked = false
        this.#engine.secured(argument as TlsFacts)
        break
      case 'notify':
        this.#engine.notify(argument as ChangeHint)
        break
      case 'end':
        this.#engine.receiveEnd()
        break
      case 'lost':
        this.#engine.lost()
        this.#unwatch()
        break
      case 'stop':
        this.#engine.stop()
        break
      case 'pause':
        this.#isPaused = true
        break
      case 'resume':
        this.#isPaused = false
        this.#isFull = false
        break
      default:
        throw new Error(`no such host verb: ${verb}`)
    }
    await this.pump()
  }

  /** Lets the engine go on until it waits; calls are only collected. */
  async pump(): Promise<void> {
    for (;;) {
      const effect = this.#isFull ? undefined : this.#engine.next()
      if (effect !== undefined) {
        await this.#do(effect)
        continue
      }
      if (!this.#engine.wantsInput || this.#isTlsAsked) return
      const chunk = this.#inbox.shift()
      if (chunk === undefined) return
      this.#engine.receive(chunk)
    }
  }

  /** Has the adapters answer every open call, and whatever calls follow, until only the peer can go on. */
  async settle(): Promise<void> {
    for (;;) {
      await this.pump()
      for (let call = this.calls.shift(); call !== undefined; call = this.calls.shift()) this.dispatch(call)
      if (this.#inFlight.size === 0) return
      const flights = [...this.#inFlight.values()]
      const isPeersTurn = flights.every(({ body }) => body !== undefined && !this.bodyEnds.has(body))
      const before = this.#inFlight.size
      if (isPeersTurn) await turns(3)
      else await Promise.race(flights.map(({ answered }) => answered))
      if (isPeersTurn && this.#inFlight.size === before && this.#inbox.length === 0) return
    }
  }

  /** Has the adapters answer one call. */
  dispatch(effect: CallEffect): void {
    const { id, body: bodyId } = effect
    const controller = new AbortController()
    const body = bodyId === undefined ? undefined : this.#openBody(bodyId)
    const answered = this.#perform(effect.call, body, controller.signal)
      .then(
        (ok) => this.#engine.complete(id, { ok }),
        (fault: unknown) => this.#engine.complete(id, { fault }),
      )
      .then(() => {
        this.#inFlight.delete(id)
      })
    this.#inFlight.set(id, { body: bodyId, answered, controller })
  }

  #openBody(id: BodyId): InboundBody {
    const body = new InboundBody((octets) => this.#engine.acknowledge(id, octets))
    const collected = this.bodies.get(id) ?? ''
    if (collected !== '') body.push(fromLatin1(collected))
    const isComplete = this.bodyEnds.get(id)
    if (isComplete !== undefined) body.end(isComplete)
    this.#inbound.set(id, body)
    return body
  }

  async answer(id: CallId, value: unknown): Promise<void> {
    this.#engine.complete(id, { ok: value })
    await this.pump()
  }

  async fault(id: CallId, message: string): Promise<void> {
    this.#engine.complete(id, { fault: new Error(message) })
    await this.pump()
  }

  /** Tells the engine that a scripted adapter took `octets` of a body. */
  async acknowledge(id: BodyId, octets: number): Promise<void> {
    this.#engine.acknowledge(id, octets)
    await this.pump()
  }

  async #do(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'write':
        this.output += latin1(effect.bytes)
        this.#isFull = this.#isPaused
        return
      case 'splice': {
        const framer = spliceFramer(effect.framing)
        const { start, end } = effect
        for await (const chunk of effect.source.read({ start, end })) {
          for (const piece of framer.frame(chunk)) this.output += latin1(piece)
        }
        this.output += latin1(framer.end())
        return
      }
      case 'call':
        this.calls.push(effect)
        this.callNames.push(effect.call.call)
        return
      case 'body': {
        const inbound = this.#inbound.get(effect.body)
        if (inbound !== undefined) inbound.push(effect.chunk)
        else this.bodies.set(effect.body, (this.bodies.get(effect.body) ?? '') + latin1(effect.chunk))
        return
      }
      case 'bodyEnd':
        this.bodyEnds.set(effect.body, effect.isComplete)
        this.#inbound.get(effect.body)?.end(effect.isComplete)
        return
      case 'yield':
        return
      case 'startTls':
        // Octets on their way belong to the handshake, which they break; the engine must never see them.
        this.#inbox = []
        this.#isTlsAsked = true
        this.effects.push(effect)
        return
      case 'compress':
        // A transcript shows what the two sides mean, inflated; what came before its time belongs to it.
        if (effect.received.length > 0) this.#inbox.unshift(effect.received)
        this.effects.push(effect)
        return
      case 'cancel':
        this.#inFlight.get(effect.id)?.controller.abort()
        this.effects.push(effect)
        return
      case 'event':
        this.effects.push(effect)
        return
      case 'close':
        this.#unwatch()
        this.effects.push(effect)
        return
      default:
        effect satisfies never
    }
  }

  async #watch(args: Parameters<MailboxWatch['watchMailboxes']>[0]): Promise<Record<string, never>> {
    this.#unwatch()
    const changes = this.#changes
    if (changes === undefined) return {}
    const listener = (hint: ChangeHint): void => this.#engine.notify(hint)
    this.#watches = args.mailboxes.map((mailbox) => changes.subscribe(mailbox, listener))
    if (args.list !== undefined) this.#watches.push(changes.subscribeList(args.list, listener))
    return {}
  }

  #unwatch(): void {
    for (const release of this.#watches) release()
    this.#watches = []
  }
}

/** Gives promises so many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
