import type { QueuedMessage } from '@mailwright/core'
import { queueName } from './listing.js'
import { QUEUE_NAMES, type QueueName } from './operations.js'
import { SHAPE_DEFAULTS, type ShapeOptions } from './shape.js'

export type QshapeRequest =
  | { readonly kind: 'shape'; readonly options: ShapeOptions; readonly queues: readonly QueueName[] }
  | { readonly kind: 'wrong'; readonly sentence: string }

export const QSHAPE_USAGE =
  'usage: qshape [-s] [-p] [-m min_subdomains] [-l] [-b bucket_count] [-t bucket_time] [-w terminal_width] [queue_name ...]'

/** Options with a number; those of intermediate results say nothing here, for there are none. */
const NUMBERS: ReadonlySet<string> = new Set(['m', 'b', 't', 'w', 'n', 'N'])
/** A table with more columns than this helps nobody. */
const MOST_BUCKETS = 100

/** Reads the command line of Postfix's `qshape`. */
export function parseQshape(args: readonly string[]): QshapeRequest {
  const words = [...args]
  const numbers = new Map<string, number>()
  const switches = new Set<string>()
  while (words[0] !== undefined && /^-./.test(words[0])) {
    let letters = (words.shift() ?? '').slice(1)
    if (letters === '-') break
    while (letters !== '') {
      const letter = letters.charAt(0)
      letters = letters.slice(1)
      if (NUMBERS.has(letter)) {
        const text = letters === '' ? (words.shift() ?? '') : letters
        if (!/^\d{1,9}$/.test(text)) return { kind: 'wrong', sentence: `option -${letter} needs a number` }
        numbers.set(letter, Number(text))
        letters = ''
      } else if ('spl'.includes(letter)) switches.add(letter)
      else return { kind: 'wrong', sentence: QSHAPE_USAGE }
    }
  }
  const queues: QueueName[] = []
  for (const word of words) {
    const name = QUEUE_NAMES.find((each) => each === word)
    if (name === undefined) {
      return { kind: 'wrong', sentence: `there is no queue "${word}"; known are ${QUEUE_NAMES.join(', ')}` }
    }
    queues.push(name)
  }
  const { buckets, minutes, width } = SHAPE_DEFAULTS
  // Zeros are passed over, as qshape does.
  const options: ShapeOptions = {
    by: switches.has('s') ? 'sender' : 'recipient',
    parents: switches.has('p') ? numbers.get('m') || 5 : null,
    buckets: Math.min(MOST_BUCKETS, numbers.get('b') || buckets),
    minutes: numbers.get('t') || minutes,
    ages: switches.has('l') ? 'linear' : 'geometric',
    width: Math.max(width, numbers.get('w') ?? 0),
  }
  return { kind: 'shape', options, queues: queues.length === 0 ? ['incoming', 'active'] : queues }
}

/** Whether a message lies in one of these queues. */
export function liesIn(message: QueuedMessage, queues: readonly QueueName[]): boolean {
  return queues.includes(queueName(message))
}
