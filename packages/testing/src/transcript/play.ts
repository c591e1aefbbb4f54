import { type AnyCall, type ChangeBus, type ChangeHint, type Engine, latin1ToUtf8, type Millis } from '@mailwright/core'
import type { Act, Script } from './script.js'
import { type CallEffect, PlayedSession } from './session.js'
import { readValue, writeValue } from './values.js'

/** What a transcript is played in: fresh for each playing. */
export interface World {
  /** Makes the engine of one session; called once for each session that the transcript names. */
  engine(): Engine<AnyCall, never> | Engine<AnyCall, ChangeHint>
  /** Answer the calls that the transcript does not take itself. */
  readonly adapters?: readonly object[]
  readonly changes?: ChangeBus
  /** Told when the transcript's clock moves on. */
  advance?(span: Millis): void | Promise<void>
  close?(): Promise<void>
}

/** How a client's octets are cut into chunks. */
export type Cutting =
  | { readonly kind: 'whole' }
  | { readonly kind: 'octets' }
  /** Each chunk in two, at `at` modulo its length: with every `at` up to the longest chunk, at every place. */
  | { readonly kind: 'cut'; readonly at: number }
  /** Client lines that follow one another in one chunk. */
  | { readonly kind: 'pipelined' }

/**
 * Plays a transcript once.
 *
 * @throws {Error} at the first line that does not come true, with the line and what came instead.
 */
export async function play(script: Script, world: World, cutting: Cutting): Promise<void> {
  const player = new Player(world, cutting)
  try {
    for (const [index, act] of script.acts.entries()) {
      try {
        await player.perform(act, script.acts[index + 1])
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        throw new Error(`line ${act.line}: ${act.source}\n  ${message}`, { cause: error })
      }
    }
    await player.finish()
  } finally {
    await world.close?.()
  }
}

class Player {
  readonly #world: World
  readonly #cutting: Cutting
  readonly #sessions = new Map<string, PlayedSession>()
  #now: Millis = 0
  /** Client lines that will be sent in one chunk. */
  #unsent = ''
  /** The call that a `>>` line took, until its `<<`. */
  #taken: CallEffect | null = null

  constructor(world: World, cutting: Cutting) {
    this.#world = world
    this.#cutting = cutting
  }

  async perform(act: Act, following: Act | undefined): Promise<void> {
    if (act.act === 'advance') {
      this.#now += act.span
      await this.#world.advance?.(act.span)
      await this.#settleAll()
      for (const session of this.#sessions.values()) await session.tick(this.#now)
      return
    }
    const session = await this.#session(act.session)
    switch (act.act) {
      case 'send':
        this.#unsent += act.octets
        if (this.#cutting.kind === 'pipelined' && following?.act === 'send' && following.session === act.session) return
        await this.#send(session)
        return
      case 'expectLine':
        return this.#expectLine(session, (line) => line === act.text)
      case 'expectPattern':
        return this.#expectLine(session, (line) => act.pattern.test(latin1ToUtf8(line) ?? line))
      case 'expectOctets':
        return this.#expectOctets(session, act.octets)
      case 'refuteLine':
        await this.#settleAll()
        if (session.output.split('\r\n').includes(act.text)) throw new Error('the line was sent')
        return
      case 'expectCall':
        this.#taken = await this.#takeCall(session, act.call)
        if (act.args !== null) {
          const expected = writeValue(readValue(act.args))
          const actual = writeValue(this.#taken.call.args)
          if (actual !== expected) throw new Error(`the arguments were ${actual}`)
        }
        return
      case 'refuteCall':
        if (session.callNames.includes(act.call)) throw new Error('the call was made')
        return
      case 'answer':
        return session.answer(this.#takenCall().id, readValue(act.value))
      case 'fault':
        return session.fault(this.#takenCall().id, act.message)
      case 'expectBody': {
        const id = this.#bodyOf()
        await session.pump()
        const octets = session.bodies.get(id) ?? ''
        if (octets !== act.octets) throw new Error(`the body was ${JSON.stringify(octets)}`)
        session.bodies.set(id, '')
        return session.acknowledge(id, octets.length)
      }
      case 'expectBodyEnd': {
        const isComplete = session.bodyEnds.get(this.#bodyOf())
        if (isComplete !== act.isComplete) throw new Error(`the body's end: ${isComplete ?? 'has not come'}`)
        return
      }
      case 'expectEffect':
        return this.#expectEffect(session, act.effect, act.detail)
      case 'host':
        await session.settle()
        return session.host(act.verb, act.argument === '' ? undefined : readValue(act.argument))
      default:
        act satisfies never
    }
  }

  /** Nothing may be left that the transcript does not account for. */
  async finish(): Promise<void> {
    await this.#settleAll()
    for (const session of this.#sessions.values()) {
      const rest = session.output.slice(session.accounted)
      if (rest !== '') throw new Error(`after the last line the server said ${JSON.stringify(rest.slice(0, 500))}`)
      const fault = session.effects.find((effect) => effect.kind === 'event' && effect.event.name === 'engineFault')
      if (fault?.kind === 'event')
        throw new Error(`the engine failed: ${fault.event['stack'] ?? fault.event['message']}`)
    }
  }

  async #session(name: string): Promise<PlayedSession> {
    let session = this.#sessions.get(name)
    if (session === undefined) {
      // Engines without updates are never told of mailboxes: they ask for no hints.
      const engine = this.#world.engine() as Engine<AnyCall, ChangeHint>
      session = new PlayedSession(engine, this.#world.adapters ?? [], this.#world.changes, this.#now)
      this.#sessions.set(name, session)
    }
    return session
  }

  async #send(session: PlayedSession): Promise<void> {
    const octets = this.#unsent
    this.#unsent = ''
    if (this.#cutting.kind === 'octets') {
      for (const octet of octets) await session.send(octet)
    } else if (this.#cutting.kind === 'cut' && octets.length > 1) {
      const at = 1 + (this.#cutting.at % (octets.length - 1))
      await session.send(octets.slice(0, at))
      await session.send(octets.slice(at))
    } else {
      await session.send(octets)
    }
  }

  async #settleAll(): Promise<void> {
    for (const session of this.#sessions.values()) await session.settle()
    // What one session did may have reached another.
    for (const session of this.#sessions.values()) await session.settle()
  }

  async #expectLine(session: PlayedSession, matches: (line: string) => boolean): Promise<void> {
    let end = session.output.indexOf('\r\n', session.accounted)
    if (end === -1) {
      await this.#settleAll()
      end = session.output.indexOf('\r\n', session.accounted)
    }
    if (end === -1) {
      const rest = session.output.slice(session.accounted)
      const open = session.calls.map((effect) => effect.call.call)
      throw new Error(
        `the server said nothing more${rest === '' ? '' : ` than ${JSON.stringify(rest)}`}; open calls: [${open.join(', ')}]`,
      )
    }
    const line = session.output.slice(session.accounted, end)
    if (!matches(line)) throw new Error(`the server said: ${latin1ToUtf8(line) ?? line}`)
    session.accounted = end + 2
  }

  async #expectOctets(session: PlayedSession, octets: string): Promise<void> {
    if (session.output.length < session.accounted + octets.length) await this.#settleAll()
    const actual = session.output.slice(session.accounted, session.accounted + octets.length)
    if (actual !== octets) throw new Error(`the server sent ${JSON.stringify(actual)}`)
    session.accounted += octets.length
  }

  /** The next call of that name; calls before it are the adapters' to answer. */
  async #takeCall(session: PlayedSession, name: string): Promise<CallEffect> {
    for (let round = 0; round < 1_000; round++) {
      await session.pump()
      const call = session.calls.shift()
      if (call?.call.call === name) return call
      if (call === undefined) throw new Error(`no such call was made; calls so far: [${session.callNames.join(', ')}]`)
      session.dispatch(call)
      for (let turn = 0; turn < 20 && session.calls.length === 0; turn++) {
        await new Promise((resolve) => setImmediate(resolve))
        await session.pump()
      }
    }
    throw new Error('no such call was made in 1,000 calls')
  }

  #takenCall(): CallEffect {
    const call = this.#taken
    if (call === null) throw new Error('no `>>` line took a call before')
    this.#taken = null
    return call
  }

  #bodyOf(): NonNullable<CallEffect['body']> {
    const body = this.#taken?.body
    if (body === undefined) throw new Error('the call taken last has no body')
    return body
  }

  async #expectEffect(session: PlayedSession, kind: string, detail: string): Promise<void> {
    await this.#settleAll()
    const at = session.effects.findIndex((effect) => {
      if (effect.kind !== kind) return false
      if (effect.kind === 'close') return detail === '' || effect.reason === detail
      return effect.kind !== 'event' || effect.event.name === detail
    })
    if (at === -1) {
      const seen = session.effects.map((effect) =>
        effect.kind === 'event'
          ? `event ${effect.event.name}`
          : effect.kind === 'close'
            ? `close ${effect.reason}`
            : effect.kind,
      )
      throw new Error(`no such effect; seen: [${seen.join(', ')}]`)
    }
    session.effects.splice(at, 1)
  }
}
