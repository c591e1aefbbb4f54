import type { LongWork } from '../paced.js'
import { bySentDate } from './ordered-subject.js'
import { referenceForest, withoutDummies } from './reference-forest.js'
import type { ThreadMessage, Threads } from './threaded.js'

const NONE = -1

/** Messages between two stops. */
const PACE = 8_192

/**
 * THREAD=REFERENCES (RFC 5256 §3): by references first, and then threads of one base subject become one.
 *
 * Every step is linear but the one sort by date, which serves all: threads and siblings that are laid out in that order are
 * sorted.
 */
export function* references(messages: readonly ThreadMessage[]): LongWork<Threads> {
  const parents = yield* withoutDummies(yield* referenceForest(messages), messages.length)
  const order = yield* bySentDate(messages)
  const apart = yield* layOut(parents, order, messages.length)
  yield* mergeSubjects(messages, apart, parents)
  return yield* layOut(parents, order, messages.length)
}

/**
 * THREAD=REFS (draft-ietf-morg-inthread): as REFERENCES, without a look at subjects, and threads in the order of their latest
 * messages. The draft takes the latest by INTERNALDATE, Dovecot by the sent date; so do we, since clients know Dovecot.
 */
export function* refs(messages: readonly ThreadMessage[]): LongWork<Threads> {
  const parents = yield* withoutDummies(yield* referenceForest(messages), messages.length)
  const order = yield* bySentDate(messages)
  const threads = yield* layOut(parents, order, messages.length)
  /** The latest message of each thread stands last in the order: so threads, by their last place in it. */
  const rootOf = yield* rootsOf(threads, messages.length)
  const roots: number[] = []
  const taken = new Set<number>()
  let left = PACE
  for (let at = order.length - 1; at >= 0; at--) {
    const root = rootOf.get(order[at] ?? NONE) ?? NONE
    if (!taken.has(root)) roots.push(root)
    taken.add(root)
    if (--left > 0) continue
    left = PACE
    yield
  }
  return { roots: roots.reverse(), children: threads.children }
}

/** The root of each message's thread. */
function* rootsOf(threads: Threads, messages: number): LongWork<ReadonlyMap<number, number>> {
  const rootOf = new Map<number, number>()
  let left = PACE
  for (const root of threads.roots) {
    const open = [root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node < messages) rootOf.set(node, root)
      for (const child of threads.children.get(node) ?? []) open.push(child)
      if (--left > 0) continue
      left = PACE
      yield
    }
  }
  return rootOf
}

/**
 * Steps 4 and 6: roots and siblings in the order of their dates, a dummy in that of its first child. Messages come in
 * order, and each goes to the end of its siblings.
 */
function* layOut(parents: Int32Array, order: Uint32Array, messages: number): LongWork<Threads> {
  const roots: number[] = []
  const children = new Map<number, number[]>()
  let left = PACE
  for (const node of order) {
    const parent = parents[node] ?? NONE
    if (parent === NONE) {
      roots.push(node)
    } else {
      const siblings = children.get(parent)
      if (siblings !== undefined) siblings.push(node)
      else children.set(parent, [node])
      if (siblings === undefined && parent >= messages) roots.push(parent)
    }
    if (--left > 0) continue
    left = PACE
    yield
  }
  return { roots, children }
}

/**
 * Step 5: threads of one base subject become one. Only roots move, and only below a root, so that `parents` is all there is to
 * change.
 */
function* mergeSubjects(
  messages: readonly ThreadMessage[],
  { roots, children }: Threads,
  parents: Int32Array,
): LongWork<void> {
  const isDummy = (node: number) => node >= messages.length
  const firstOf = (node: number) => messages[isDummy(node) ? (children.get(node)?.[0] ?? NONE) : node]
  /** 5.B: for each subject the root that its threads gather at. */
  const table = new Map<string, number>()
  for (const [at, root] of roots.entries()) {
    if (at % PACE === PACE - 1) yield
    const subject = firstOf(root)?.subject ?? ''
    if (subject === '') continue
    const chosen = table.get(subject)
    if (chosen === undefined) {
      table.set(subject, root)
    } else if (!isDummy(chosen)) {
      const isBetter = isDummy(root) || (messages[chosen]?.isReply === true && messages[root]?.isReply === false)
      if (isBetter) table.set(subject, root)
    }
  }
  /** Dummies made here stand beyond all that the forest has. */
  let made = dummiesBehind(messages.length, roots)
  for (const [at, root] of roots.entries()) {
    if (at % PACE === PACE - 1) yield
    const subject = firstOf(root)?.subject ?? ''
    const chosen = table.get(subject)
    if (subject === '' || chosen === undefined || chosen === root) continue
    if (isDummy(root)) {
      // Both are dummies: the second's children join the first's.
      for (const child of children.get(root) ?? []) parents[child] = chosen
    } else if (isDummy(chosen) || (messages[root]?.isReply === true && messages[chosen]?.isReply === false)) {
      parents[root] = chosen
    } else {
      parents[root] = made
      parents[chosen] = made
      table.set(subject, made)
      made += 1
    }
  }
}

/** The first number that is no node's. */
function dummiesBehind(messages: number, roots: readonly number[]): number {
  return roots.reduce((greatest, root) => Math.max(greatest, root + 1), messages)
}
