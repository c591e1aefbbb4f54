import type { Threads } from '../thread/threaded.js'

/** Nodes of one piece. */
const PIECE = 1_024

/**
 *     thread-data    = "THREAD" [SP 1*thread-list]
 *     thread-list    = "(" (thread-members / thread-nested) ")"
 *     thread-members = nz-number *(SP nz-number) [SP thread-nested]
 *     thread-nested  = 2*thread-list
 *
 * RFC 5256 §5. Comes in pieces: it may be long. Iterative: a thread may be as deep as the mailbox is long.
 *
 * @param numberOf the number of a node; 0 for a dummy.
 */
export function* writeThreads(threads: Threads, numberOf: (node: number) => number): Generator<string, void, void> {
  let piece = 'THREAD'
  let left = PIECE
  if (threads.roots.length > 0) piece += ' '
  /** What is still to be written, the next last: a node in a list of its own, one that goes on with its parent's, or an end. */
  const open: (readonly [kind: 'list' | 'member' | 'end', node: number])[] = []
  for (let at = threads.roots.length - 1; at >= 0; at--) open.push(['list', threads.roots[at] ?? 0])
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [kind, node] = next
    if (kind === 'end') {
      piece += ')'
      continue
    }
    const number = numberOf(node)
    const children = threads.children.get(node) ?? []
    if (kind === 'list') {
      piece += '('
      open.push(['end', 0])
    }
    if (number > 0) piece += children.length > 0 ? `${number} ` : `${number}`
    if (children.length === 1) open.push(['member', children[0] ?? 0])
    else for (let at = children.length - 1; at >= 0; at--) open.push(['list', children[at] ?? 0])
    if (--left > 0) continue
    yield piece
    piece = ''
    left = PIECE
  }
  yield piece
}
