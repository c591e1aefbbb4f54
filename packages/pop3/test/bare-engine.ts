import { type Effect, type Engine, fromLatin1, latin1, type Outcome } from '@mailwright/core'
import type { Pop3Call } from '../src/index.js'

/** What an engine did until it waited: what it wrote, write by write, and everything else it asked for. */
export interface Run {
  readonly writes: readonly string[]
  readonly effects: readonly Effect<Pop3Call>[]
}

/** Gives octets to an engine and performs what it asks, without a promise: calls are answered on the spot. */
export function run(engine: Engine<Pop3Call>, octets: string, answer: (call: Pop3Call) => Outcome): Run {
  if (octets !== '') engine.receive(fromLatin1(octets))
  const writes: string[] = []
  const effects: Effect<Pop3Call>[] = []
  for (let effect = engine.next(); effect !== undefined; effect = engine.next()) {
    effects.push(effect)
    if (effect.kind === 'write') writes.push(latin1(effect.bytes))
    if (effect.kind === 'call') engine.complete(effect.id, answer(effect.call))
    if (effect.kind === 'startTls') engine.secured({ protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' })
  }
  return { writes, effects }
}
