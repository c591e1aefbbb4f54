import type { MailQueue, QueueId } from '@mailwright/core'
import { printable } from './listing.js'
import { idsIn, isQueueId, operate, QUEUE_NAMES, type QueueName, type QueueOperation } from './operations.js'

/** One option of `postsuper`: an operation and whom it is for. */
export interface PostsuperStep {
  readonly operation: QueueOperation
  /** `ALL`, `-` for ids from standard input, or one id. */
  readonly target: string
}

export type PostsuperRequest =
  | { readonly kind: 'steps'; readonly steps: readonly PostsuperStep[]; readonly queues: readonly QueueName[] }
  | { readonly kind: 'wrong'; readonly sentence: string }

const OPTIONS: { readonly [letter: string]: QueueOperation } = { d: 'delete', h: 'hold', H: 'release', r: 'requeue' }
/** In which order Postfix tells sums, whatever the order of the options. */
const SUMS: readonly QueueOperation[] = ['requeue', 'delete', 'hold', 'release']
/** Checks and repairs that this queue does by itself when it is opened. */
const CHECKS: ReadonlySet<string> = new Set(['p', 's', 'S', 'v'])

/** What is said of one message, and of all. */
const WORDS: { readonly [operation in QueueOperation]: { readonly one: string; readonly all: string } } = {
  delete: { one: 'removed', all: 'Deleted' },
  hold: { one: 'placed on hold', all: 'Placed on hold' },
  release: { one: 'released from hold', all: 'Released from hold' },
  requeue: { one: 'requeued', all: 'Requeued' },
}

/** Reads the command line of `postsuper`. */
export function parsePostsuper(args: readonly string[]): PostsuperRequest {
  const words = [...args]
  const steps: PostsuperStep[] = []
  while (words[0] !== undefined && /^-./.test(words[0])) {
    const word = words.shift() ?? ''
    const letter = word.charAt(1)
    if (CHECKS.has(letter)) continue
    const operation = Object.hasOwn(OPTIONS, letter) ? OPTIONS[letter] : undefined
    if (operation === undefined) return { kind: 'wrong', sentence: `there is no option -${letter}` }
    const target = word.length > 2 ? word.slice(2) : words.shift()
    if (target === undefined) return { kind: 'wrong', sentence: `option -${letter} needs a queue id, ALL, or -` }
    steps.push({ operation, target })
  }
  const queues: QueueName[] = []
  for (const word of words) {
    const name = QUEUE_NAMES.find((each) => each === word)
    if (name === undefined) {
      return { kind: 'wrong', sentence: `invalid directory name: ${word}; known are ${QUEUE_NAMES.join(', ')}` }
    }
    queues.push(name)
  }
  return { kind: 'steps', steps, queues: queues.length === 0 ? QUEUE_NAMES : queues }
}

/**
 * Carries out the steps, and says of each what Postfix's `postsuper` says: a line for each message that was named, and a sum, also where that is 0.
 *
 * @param options.readIds ids from standard input, one a line.
 */
export async function runPostsuper(
  request: Extract<PostsuperRequest, { readonly kind: 'steps' }>,
  options: {
    readonly queue: MailQueue
    readonly readIds: () => Promise<readonly string[]>
    readonly say: (line: string) => void
    readonly signal: AbortSignal
  },
): Promise<void> {
  const { queue, readIds, say, signal } = options
  const counts = new Map<QueueOperation, number>()
  for (const { operation, target } of request.steps) {
    const named = target === '-' ? await readIds() : target === 'ALL' ? null : [target]
    let count = 0
    if (named === null)
      count = await operate(queue, operation, await idsIn(queue, queuesOf(operation, request.queues), signal), signal)
    else {
      for (const id of named as readonly QueueId[]) {
        if (!isQueueId(id)) {
          say(`postsuper: warning: invalid mail queue id: ${printable(id)}`)
          continue
        }
        if ((await operate(queue, operation, [id], signal)) === 0) continue
        say(`postsuper: ${id}: ${WORDS[operation].one}`)
        count++
      }
    }
    counts.set(operation, (counts.get(operation) ?? 0) + count)
  }
  for (const operation of SUMS) {
    const count = counts.get(operation)
    if (count !== undefined) say(`postsuper: ${WORDS[operation].all}: ${count} message${count === 1 ? '' : 's'}`)
  }
}

/** Only what is on hold can be let go; what is there already is not put on hold again. */
function queuesOf(operation: QueueOperation, queues: readonly QueueName[]): readonly QueueName[] {
  if (operation === 'release') return queues.filter((name) => name === 'hold')
  return operation === 'hold' ? queues.filter((name) => name !== 'hold') : queues
}
