import { baseSubject } from '@mailwright/message'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LongWork } from '../paced.js'
import { writeThreads } from '../response/thread.js'
import { orderedSubject } from './ordered-subject.js'
import { references, refs } from './references.js'
import type { ThreadMessage, Threads } from './threaded.js'

type Algorithm = (messages: readonly ThreadMessage[]) => LongWork<Threads>

/** A message, with its UID's and sequence number by its place. */
interface Letter {
  readonly id?: string
  readonly refs?: readonly string[]
  readonly subject?: string
  readonly date?: number
}

function messagesOf(letters: readonly Letter[]): ThreadMessage[] {
  return letters.map(({ id = null, refs: ids = [], subject = '', date }, at) => {
    const { base, isReply } = baseSubject(subject)
    return { uid: at + 1, sentDate: date ?? at, messageId: id, references: ids, subject: base.toUpperCase(), isReply }
  })
}

function threads(letters: readonly Letter[], algorithm: Algorithm): string {
  const messages = messagesOf(letters)
  const work = algorithm(messages)
  for (;;) {
    const step = work.next()
    if (step.done !== true) continue
    return [...writeThreads(step.value, (node) => messages[node]?.uid ?? 0)].join('').replace(/^THREAD ?/, '')
  }
}

/** The eight messages that Dovecot 2.3.19 was asked to thread. */
const ASKED: readonly Letter[] = [
  { id: 'a1', subject: 'alpha', date: 1 },
  { id: 'b1', subject: 'beta', date: 2 },
  { id: 'a2', refs: ['a1'], subject: 'Re: alpha', date: 3 },
  { id: 'c1', subject: 'gamma', date: 25 },
  { id: 'd2', refs: ['d0'], subject: 'delta', date: 7 },
  { id: 'd3', refs: ['d0'], subject: 'delta2', date: 6 },
  { id: 'e1', subject: 'alpha', date: 8 },
  { id: 'b2', refs: ['b1'], subject: 'Re: beta', date: 30 },
]

test.each<[string, Algorithm, string]>([
  ['REFERENCES', references, '((1 3)(7))(2 8)((6)(5))(4)'],
  ['REFS', refs, '(1 3)((6)(5))(7)(4)(2 8)'],
  ['ORDEREDSUBJECT', orderedSubject, '(1 (3)(7))(2 8)(6)(5)(4)'],
])('%s gives what Dovecot gives', (_, algorithm, expected) => {
  expect(threads(ASKED, algorithm)).toBe(expected)
})

describe('THREAD=ORDEREDSUBJECT (RFC 5256 §3)', () => {
  test.each<[string, readonly Letter[], string]>([
    ['nothing', [], ''],
    [
      'the first sent is the parent of all others',
      ['b', 'a', 'Re: b', '[tag] B'].map((subject) => ({ subject })),
      '(1 (3)(4))(2)',
    ],
    ['two of a kind are a chain', [{ subject: 'x' }, { subject: 're: X' }], '(1 2)'],
    [
      'threads go by the date of their first message',
      [
        { subject: 'x', date: 5 },
        { subject: 'y', date: 4 },
        { subject: 'x', date: 3 },
      ],
      '(3 1)(2)',
    ],
    ['who has no subject is together, too', [{}, { subject: 'x' }, {}], '(1 3)(2)'],
  ])('%s', (_, letters, expected) => {
    expect(threads(letters, orderedSubject)).toBe(expected)
  })
})

describe('THREAD=REFERENCES (RFC 5256 §3)', () => {
  const tables: readonly [string, readonly Letter[], string][] = [
    ['an answer to nobody known stands alone', [{ id: 'a', refs: ['x'] }], '(1)'],
    [
      'answers to one that is missing are siblings',
      [
        { id: 'a', refs: ['x'] },
        { id: 'b', refs: ['x'] },
      ],
      '((1)(2))',
    ],
    ['a missing one in the middle is passed over', [{ id: 'a' }, { id: 'c', refs: ['a', 'b'] }], '(1 2)'],
    [
      'missing ones above one another are one',
      [
        { id: 'c', refs: ['x', 'y'] },
        { id: 'd', refs: ['x', 'z'] },
      ],
      '((1)(2))',
    ],
    [
      'the second of two with one id is another message',
      [{ id: 'a' }, { id: 'a' }, { id: 'b', refs: ['a'] }],
      '(1 3)(2)',
    ],
    ['an answer to itself answers nobody', [{ id: 'a', refs: ['a'] }], '(1)'],
    [
      'who answer each other do not go round',
      [
        { id: 'a', refs: ['b'] },
        { id: 'b', refs: ['a'] },
      ],
      '(2 1)',
    ],
    [
      'a message knows its parent better than others do',
      [{ id: 'a' }, { id: 'b' }, { id: 'd', refs: ['a', 'c'] }, { id: 'c', refs: ['b'] }],
      '(1)(2 4 3)',
    ],
    [
      'a message without references has no parent, whatever others say',
      [{ id: 'c', refs: ['a', 'b'] }, { id: 'a' }, { id: 'b' }],
      '(2)(3 1)',
    ],
    [
      'the link that is there stays',
      [{ id: 'c', refs: ['a', 'x'] }, { id: 'd', refs: ['b', 'x'] }, { id: 'a' }, { id: 'b' }],
      '(3 (1)(2))(4)',
    ],
    [
      'siblings go by date',
      [{ id: 'a' }, { id: 'b', refs: ['a'], date: 9 }, { id: 'c', refs: ['a'], date: 8 }],
      '(1 (3)(2))',
    ],
    ['an answer with a subject alone', [{ subject: 'x' }, { subject: 'Re: x' }, { subject: 'fwd: X' }], '(1 (2)(3))'],
    ['an answer that came first', [{ subject: 'Re: x' }, { subject: 'x' }], '(2 1)'],
    [
      'two of one subject that are no answers',
      [{ subject: 'x' }, { subject: 'x' }, { subject: 'Re: x' }],
      '((1)(2)(3))',
    ],
    ['two answers without a question', [{ subject: 'Re: x' }, { subject: 'Re: x' }], '((1)(2))'],
    ['empty subjects are not alike', [{}, {}, { subject: 'Re:' }], '(1)(2)(3)'],
    [
      'threads without heads of one subject are one',
      [
        { refs: ['x'], subject: 's' },
        { refs: ['x'], subject: 's' },
        { refs: ['y'], subject: 's' },
        { refs: ['y'], subject: 's' },
      ],
      '((1)(2)(3)(4))',
    ],
    [
      'a thread without a head takes in who has its subject',
      [{ subject: 's' }, { refs: ['y'], subject: 's' }, { refs: ['y'], subject: 'other' }],
      '((1)(2)(3))',
    ],
  ]
  test.each(tables)('%s', (_, letters, expected) => {
    expect(threads(letters, references)).toBe(expected)
  })

  test('a message of its own thread only answers nobody: (3 6 (4 23)(44 7 96)) of §4', () => {
    const letter = (id: string, parent?: string): Letter => ({ id, refs: parent === undefined ? [] : [parent] })
    const letters = [
      letter('2'),
      letter('3'),
      letter('4', '6'),
      letter('6', '3'),
      letter('7', '44'),
      letter('23', '4'),
      letter('44', '6'),
      letter('96', '7'),
    ]
    // Their numbers there are 2, 3, 4, 6, 7, 23, 44 and 96.
    const numbers = [2, 3, 4, 6, 7, 23, 44, 96]
    const written = threads(letters, references).replace(/\d+/g, (number) => String(numbers[Number(number) - 1]))
    expect(written).toBe('(2)(3 6 (4 23)(44 7 96))')
  })

  test('as the steps of the RFC, done one by one without any art', () => {
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 24 }), (letters) => {
        expect(threads(letters, references)).toBe(naive(messagesOf(letters)))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('hostile mailboxes take linear time', () => {
  const COUNT = 20_000
  const tables: readonly [string, (at: number) => Letter][] = [
    ['one chain, parents first', (at) => ({ id: `${at}`, refs: [`${at - 1}`] })],
    ['one chain, parents last', (at) => ({ id: `${at}`, refs: [`${at + 1}`] })],
    ['a ring', (at) => ({ id: `${at}`, refs: [`${(at + 1) % COUNT}`] })],
    [
      'everybody names all before',
      (at) => ({ id: `${at}`, refs: Array.from({ length: Math.min(at, 50) }, (_, n) => `${at - 50 + n}`) }),
    ],
    ['everybody has one id and names it', () => ({ id: 'a', refs: ['a', 'b', 'a', 'b'] })],
    ['chains of missing ones', (at) => ({ refs: [`x${at}`, `x${at + 1}`, `x${at + 2}`] })],
    ['one subject', (at) => ({ subject: at % 2 === 0 ? 'Re: x' : 'x' })],
    [
      'to and fro',
      (at) => ({ id: `${at}`, refs: at % 2 === 0 ? [`${at + 1}`, `${at - 1}`] : [`${at - 2}`, `${at - 1}`] }),
    ],
  ]
  test.each(tables)(
    '%s',
    (_, letterOf) => {
      const letters = Array.from({ length: COUNT }, (_letter, at) => letterOf(at))
      for (const algorithm of [references, refs, orderedSubject]) {
        const written = threads(letters, algorithm)
        expect(written.match(/\d+/g)).toHaveLength(COUNT)
      }
    },
    20_000,
  )
})

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const letter = fc.record(
  {
    id: ids,
    refs: fc.array(ids, { maxLength: 4 }),
    subject: fc.constantFrom('x', 'Re: x', 'y', 'Fwd: y', '', 'Re:'),
    date: fc.integer({ min: 0, max: 6 }),
  },
  { requiredKeys: ['date'] },
)

/** A message, or a dummy in its place, as the RFC speaks of it. */
class Node {
  readonly message: ThreadMessage | null
  parent: Node | null = null
  children: Node[] = []

  constructor(message: ThreadMessage | null) {
    this.message = message
  }

  isBelow(other: Node): boolean {
    for (let node: Node | null = this; node !== null; node = node.parent) if (node === other) return true
    return false
  }

  adopt(child: Node): void {
    child.leave()
    child.parent = this
    this.children.push(child)
  }

  leave(): void {
    const { parent } = this
    if (parent !== null) parent.children = parent.children.filter((each) => each !== this)
    this.parent = null
  }

  /** The message it is sorted by, and has its subject from. */
  get first(): ThreadMessage {
    return this.message ?? this.children[0]?.first ?? expect.fail('a dummy without children')
  }
}

function naive(messages: readonly ThreadMessage[]): string {
  // Step 1.
  const nodes = messages.map((message) => new Node(message))
  const byId = new Map<string, Node>()
  for (const node of nodes) {
    const id = node.message?.messageId ?? null
    if (id !== null && !byId.has(id)) byId.set(id, node)
  }
  const all = [...nodes]
  const named = (id: string): Node => {
    const known = byId.get(id)
    if (known !== undefined) return known
    const dummy = new Node(null)
    byId.set(id, dummy)
    all.push(dummy)
    return dummy
  }
  for (const node of nodes) {
    const chain = (node.message?.references ?? []).map(named)
    for (const [at, child] of chain.entries()) {
      const parent = chain[at - 1]
      if (parent !== undefined && child.parent === null && !parent.isBelow(child)) parent.adopt(child)
    }
    node.leave()
    const parent = chain.at(-1)
    if (parent !== undefined && !parent.isBelow(node)) parent.adopt(node)
  }
  // Steps 2 and 3.
  let roots = all.filter(({ parent }) => parent === null)
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const dummy of all.filter(({ message }) => message === null)) {
      const isRoot = roots.includes(dummy)
      if (!isRoot && dummy.parent === null) continue
      if (isRoot && dummy.children.length > 1) continue
      isDone = false
      const { parent, children } = dummy
      dummy.leave()
      if (isRoot) roots = roots.flatMap((root) => (root === dummy ? children : [root]))
      for (const child of [...children]) {
        child.leave()
        parent?.adopt(child)
      }
    }
  }
  // Step 4.
  for (const root of roots) if (root.message === null) root.children.sort(byDate)
  roots.sort(byDate)
  // Step 5.
  const table = new Map<string, Node>()
  for (const root of roots) {
    const { subject } = root.first
    if (subject === '') continue
    const chosen = table.get(subject)
    if (chosen === undefined) table.set(subject, root)
    else if (
      chosen.message !== null &&
      (root.message === null || (chosen.message.isReply && root.message?.isReply === false))
    ) {
      table.set(subject, root)
    }
  }
  for (const root of [...roots]) {
    const { subject } = root.first
    const chosen = table.get(subject)
    if (subject === '' || chosen === undefined || chosen === root) continue
    const leaveRoots = (node: Node) => {
      roots = roots.filter((each) => each !== node)
    }
    if (chosen.message === null && root.message === null) {
      for (const child of [...root.children]) chosen.adopt(child)
      leaveRoots(root)
    } else if (chosen.message === null || (root.message?.isReply === true && !chosen.message.isReply)) {
      chosen.adopt(root)
      leaveRoots(root)
    } else {
      const dummy = new Node(null)
      leaveRoots(root)
      roots = roots.map((each) => (each === chosen ? dummy : each))
      dummy.adopt(chosen)
      dummy.adopt(root)
      table.set(subject, dummy)
    }
  }
  // Step 6.
  for (const node of roots) sortBelow(node)
  roots.sort(byDate)
  return roots.map(list).join('')
}

function sortBelow(node: Node): void {
  for (const child of node.children) sortBelow(child)
  node.children.sort(byDate)
}

function byDate(one: Node, other: Node): number {
  return one.first.sentDate - other.first.sentDate || one.first.uid - other.first.uid
}

function list(node: Node): string {
  return `(${members(node)})`
}

function members(node: Node): string {
  const { message, children } = node
  const own = message === null ? '' : `${message.uid}`
  const only = children.length === 1 ? children[0] : undefined
  const below = only === undefined ? children.map(list).join('') : members(only)
  return own !== '' && below !== '' ? `${own} ${below}` : own + below
}
