import { Buffer } from 'node:buffer'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seeded } from '../support/random.js'
import { addresses, addressSoup, dates } from './families/addresses.js'
import { boundaries } from './families/boundaries.js'
import { content, encodings, parameters } from './families/content.js'
import { headers, words } from './families/headers.js'
import { damaged, empty, large, messages, nested, truncated } from './families/structure.js'
import { threads } from './families/threads.js'
import { HANDMADE } from './handmade.js'
import { Draw, type Family, type HardMessage } from './hard-message.js'

const FAMILIES: readonly Family[] = [
  nested,
  truncated,
  damaged,
  messages,
  empty,
  large,
  boundaries,
  headers,
  words,
  addresses,
  addressSoup,
  dates,
  parameters,
  content,
  encodings,
  threads,
]

/** 1 January 2021, 10:00. */
const FIRST = 1_609_495_200
const STEP = 7_211
const FLAGS = ['', 'S', 'F', 'RS', 'D', 'T', 'FRS', 'S'] as const

/** The messages of a seed, those written by hand first; always the same ones, on every machine. */
export function corpus(seed: number): readonly HardMessage[] {
  const texts = Object.entries(HANDMADE).map(([name, text]): readonly [string, string] => [`handmade/${name}`, text])
  for (const [index, family] of FAMILIES.entries()) {
    for (let at = 0; at < family.count; at++) {
      const draw = new Draw(seeded(seed * 1_000_003 + index * 10_007 + at))
      const text = family.make(draw, at)
      texts.push([`${family.name}/${at}`, inFile(draw, text)])
    }
  }
  const draw = new Draw(seeded(seed))
  return texts.map(([name, octets], at) => ({ name, octets, flags: draw.pick(FLAGS), arrived: FIRST + at * STEP }))
}

/** Most files of a Maildir have LF; some CRLF, a few both. */
function inFile(draw: Draw, text: string): string {
  const kind = draw.int(10)
  if (kind < 7) return text
  return text.replace(/\r?\n/g, () => (kind < 9 || draw.chance(0.5) ? '\r\n' : '\n'))
}

/** Writes them into a new Maildir. Names are in the order of the messages, so UIDs are, too. */
export function writeMaildir(folder: string, messages: readonly HardMessage[]): void {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(folder, part), { recursive: true })
  for (const [at, { octets, flags, arrived }] of messages.entries()) {
    const path = join(folder, 'cur', `${FIRST + at}.M${at}P1.hard:2,${flags}`)
    writeFileSync(path, Buffer.from(octets, 'latin1'))
    utimesSync(path, arrived, arrived)
  }
}
