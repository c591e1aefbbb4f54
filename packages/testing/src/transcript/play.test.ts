import {
  type AnyCall,
  Conversation,
  caller,
  type Flow,
  type LineInput,
  type Protocol,
  startTls,
  type Wire,
} from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { play, type World } from './play.js'
import { readScript } from './script.js'
import { cuttings } from './suite.js'

interface Shelf {
  find(args: { readonly key: string }, signal: AbortSignal): Promise<string>
  put(args: { readonly key: string; readonly body: AsyncIterable<Uint8Array> }, signal: AbortSignal): Promise<number>
}
const { call, upload } = caller<Shelf>()

/** A protocol small enough to see through. */
class Toy implements Protocol {
  readonly lineLimit = 100
  readonly patience = 60_000
  readonly #wire: Wire
  constructor(wire: Wire) {
    this.#wire = wire
  }
  *open(): Flow<void> {
    this.#wire.write('hello\r\n')
  }
  *command(input: Exclude<LineInput, { readonly kind: 'push' }>): Flow<void> {
    const [verb, argument = ''] = input.kind === 'line' ? input.text.split(' ') : []
    if (verb === 'GET') {
      try {
        this.#wire.write(`${yield* call('find', { key: argument })}\r\n`)
      } catch {
        this.#wire.write('fault\r\n')
      }
    } else if (verb === 'PUT') {
      const result = yield* upload('put', { key: 'k' }, { mode: 'octets', octets: Number(argument) })
      this.#wire.write(`${result.kind === 'answered' ? result.result : result.flaw}\r\n`)
    } else if (verb === 'TLS') {
      this.#wire.write('go\r\n')
      yield* startTls()
    } else if (verb === 'QUIT') {
      this.#wire.write('bye\r\n')
      this.#wire.close('logout')
    } else {
      this.#wire.write('what?\r\n')
    }
  }
  notify(): void {}
  push(): undefined {}
  expired(): void {
    this.#wire.write('too slow\r\n')
  }
  stopping(): void {}
  leftovers(): readonly AnyCall[] {
    return []
  }
}

function world(): World {
  const shelf: Shelf = {
    find: async ({ key }) => `value of ${key}`,
    put: async ({ body }) => {
      let octets = 0
      for await (const chunk of body) octets += chunk.length
      return octets
    },
  }
  return { engine: () => new Conversation<AnyCall>((wire) => new Toy(wire)), adapters: [shelf] }
}

async function playEvery(text: string): Promise<void> {
  const script = readScript(text)
  for (const cutting of cuttings(script)) await play(script, world(), cutting)
}

const TRUE: readonly (readonly [name: string, transcript: string])[] = [
  ['exact lines and patterns', 'S: hello\nC: X\nS~ ^wh.t\\?$\nC: QUIT\nS: bye\n-- close logout'],
  ['calls answered by adapters', 'S: hello\nC: GET a\nS: value of a'],
  ['calls answered by the script', 'S: hello\nC: GET a\n>> find {"key":"a"}\n<< "scripted"\nS: scripted'],
  ['faults', 'S: hello\nC: GET a\n>> find\n<< fault disk\nS: fault'],
  ['uploads to adapters', 'S: hello\nC: PUT 5\nC\\ ab\\r\\nc\nS: 5'],
  [
    'uploads to the script',
    'S: hello\nC: PUT 4\nC\\ ab\\r\\n\n>> put {"key":"k"}\n<body ab\\r\\n\n<end complete\n<< 4\nS: 4',
  ],
  ['the clock', 'S: hello\n@+60s\nS: too slow\n-- close timeout'],
  [
    'clear text behind STARTTLS',
    'S: hello\nC\\ TLS\\r\\nGET a\\r\\n\nS: go\n-- startTls\n@secured {"protocol":"TLSv1.3","cipher":"c"}\n! >> find',
  ],
  ['octets', 'S\\ hel\nS\\ lo\\r\\n\nC* 3 X\\r\\n\nS: what?\nS: what?\nS: what?'],
  ['several sessions', 'S: hello\nC2: X\nS2: hello\nS2: what?\nC: X\nS: what?'],
]

const FALSE: readonly (readonly [name: string, transcript: string, complaint: RegExp])[] = [
  ['another line', 'S: hullo', /line 1.*the server said: hello/s],
  ['a line that never comes', 'S: hello\nS: more', /said nothing more/],
  ['a line that nobody expected', 'S: hello\nC: X', /after the last line the server said "what\?/],
  ['a pattern that does not match', 'S~ ^x', /the server said: hello/],
  ['a line that must not have been sent', 'S: hello\n! S: hello', /the line was sent/],
  ['a call that is not made', 'S: hello\nC: X\nS: what?\n>> find', /no such call/],
  ['a call with other arguments', 'S: hello\nC: GET a\n>> find {"key":"b"}', /the arguments were \{"key":"a"\}/],
  ['a call that must not be made', 'S: hello\nC: GET a\nS: value of a\n! >> find', /the call was made/],
  ['another body', 'S: hello\nC: PUT 2\nC\\ ab\n>> put\n<body ax', /the body was "ab"/],
  ['a body that has not ended', 'S: hello\nC: PUT 2\nC\\ a\n>> put\n<end complete', /has not come/],
  ['an effect that never comes', 'S: hello\n-- close logout', /no such effect/],
  ['a line that is none', 'S hello', /is no transcript line/],
]

describe('a true transcript passes, in every cutting', () => {
  for (const [name, transcript] of TRUE) {
    test(name, async () => {
      await expect(playEvery(transcript)).resolves.toBeUndefined()
    })
  }
})

describe('a false transcript fails', () => {
  for (const [name, transcript, complaint] of FALSE) {
    test(`on ${name}`, async () => {
      await expect(playEvery(transcript)).rejects.toThrow(complaint)
    })
  }
})

test('every place of every chunk is cut', () => {
  const script = readScript('C: 1234\nC: 12')
  const cut = cuttings(script).flatMap((cutting) => (cutting.kind === 'cut' ? [cutting.at] : []))
  expect(cut).toEqual([0, 1, 2, 3, 4])
})
