import type { LongWork } from '../paced.js'
import { Forest } from './forest.js'
import type { ThreadMessage } from './threaded.js'

/** References between two stops. */
const PACE = 8_192

const NONE = -1

/**
 * Step 1 of THREAD=REFERENCES (RFC 5256 §3): who answers whom, by Message-ID and References. Nodes 0 to n - 1 are the messages
 * in mailbox order, those beyond are dummies, for messages that were only named.
 */
export function* referenceForest(messages: readonly ThreadMessage[]): LongWork<Forest> {
  const forest = new Forest()
  const byId = new Map<string, number>()
  let left = PACE
  for (const { messageId } of messages) {
    const node = forest.add()
    // Of several messages of one id the first has it, the others have ids of their own.
    if (messageId !== null && !byId.has(messageId)) byId.set(messageId, node)
    if (--left > 0) continue
    left = PACE
    yield
  }
  for (const [node, { references }] of messages.entries()) {
    let parent = NONE
    for (const id of references) {
      const named = nodeOf(id)
      // 1.A: a link that is there stays.
      if (parent !== NONE && forest.parentOf(named) === NONE) forest.link(parent, named)
      parent = named
      if (--left > 0) continue
      left = PACE
      yield
    }
    // 1.B: the last reference is the parent, whoever was it before.
    forest.cut(node)
    if (parent !== NONE) forest.link(parent, node)
  }
  return forest

  function nodeOf(id: string): number {
    let node = byId.get(id)
    if (node === undefined) byId.set(id, (node = forest.add()))
    return node
  }
}

/**
 * Steps 2 and 3: for each message the node it stands below, when dummies are taken out: the next message above it, or else
 * the dummy at the top of its thread, or -1 for a root. A dummy with one child alone is no node either.
 */
export function* withoutDummies(forest: Forest, messages: number): LongWork<Int32Array> {
  const parents = new Int32Array(messages).fill(NONE)
  /** By dummy, what it stands for: the message above it, or the topmost dummy. */
  const above = new Map<number, number>()
  const children = new Map<number, number>()
  let left = PACE
  for (let node = 0; node < messages; node++) {
    const passed: number[] = []
    let top = forest.parentOf(node)
    while (top >= messages) {
      const known = above.get(top)
      const next = known ?? forest.parentOf(top)
      if (next === NONE) break
      if (known === undefined) passed.push(top)
      top = next
      if (known !== undefined) break
    }
    for (const dummy of passed) above.set(dummy, top)
    parents[node] = top
    if (top >= messages) children.set(top, (children.get(top) ?? 0) + 1)
    left -= passed.length + 1
    if (left > 0) continue
    left = PACE
    yield
  }
  for (let node = 0; node < messages; node++) {
    const parent = parents[node] ?? NONE
    if (parent >= messages && children.get(parent) === 1) parents[node] = NONE
  }
  return parents
}
