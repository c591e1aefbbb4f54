import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LeaseId, QueueId, RecipientOutcome } from '../adapters/mail-queue.js'
import { DueHeap } from './due-heap.js'
import { newRecipient, QueueBook } from './queue-book.js'

const id = (text: string): QueueId => text as QueueId
const SENT: RecipientOutcome = { kind: 'delivered', status: '2.0.0', text: 'Ok', relay: 'local' }
const later = (until: number): RecipientOutcome => ({
  kind: 'deferred',
  until,
  status: '4.4.1',
  text: 'no',
  relay: 'none',
})

function book(
  ...messages: readonly {
    readonly id: string
    readonly to?: readonly string[]
    readonly at?: number
    readonly priority?: number
  }[]
): QueueBook {
  const made = new QueueBook('test')
  for (const { id: name, to = ['a@x'], at = 0, priority } of messages) {
    made.add({
      id: id(name),
      envelope: { reversePath: 'me@d', ...(priority === undefined ? {} : { priority }) },
      recipients: to.map((address) => newRecipient({ address })),
      arrived: at,
      octets: 1,
      isHeld: false,
      notBefore: at,
    })
  }
  return made
}

function claimed(made: QueueBook, now: number, limit = 100, lease = 1_000): string[] {
  return made.claim({ now, limit, lease }).map(({ message }) => message.id)
}

describe('a queue’s book', () => {
  test('higher priority first, then who waits longest; nobody before its time', () => {
    const made = book(
      { id: 'C', at: 30 },
      { id: 'A', at: 20 },
      { id: 'B', at: 10, priority: -1 },
      { id: 'D', at: 40, priority: 9 },
    )
    expect(made.nextDue(0)).toBe(10)
    expect(claimed(made, 30)).toEqual(['A', 'C', 'B'])
    expect(made.nextDue(30)).toBe(40)
    expect(claimed(made, 40)).toEqual(['D'])
  })

  test('a claimed message is nobody else’s until its lease runs out, which more time postpones', () => {
    const made = book({ id: 'A' })
    const [claim] = made.claim({ now: 0, limit: 1, lease: 100 })
    if (claim === undefined) return expect.fail('nothing was claimed')
    expect(claimed(made, 99)).toEqual([])
    expect(made.extend(claim.lease, 300)).toBe(true)
    expect(claimed(made, 100)).toEqual([])
    expect(claimed(made, 300)).toEqual(['A'])
    expect(made.settle(claim.lease, [{ recipient: 0, outcome: SENT }])).toEqual({ kind: 'leaseLost' })
    expect(made.extend(claim.lease, 900)).toBe(false)
  })

  test('leases of an earlier book are taken up, but for what is gone, done, or somebody’s', () => {
    const earlier = book({ id: 'A', to: ['a@x', 'b@x'] }, { id: 'B' }, { id: 'C' })
    const leases = earlier.claim({ now: 0, limit: 9, lease: 100 }).map(({ lease, message, due }) => ({
      lease: `before ${lease}` as LeaseId,
      id: message.id,
      recipients: due,
      ends: 100,
    }))
    const after = book({ id: 'A', to: ['a@x', 'b@x'] }, { id: 'B' }, { id: 'D' })
    expect(claimed(after, 0, 1)).toEqual(['A'])
    after.resume(leases)
    expect(claimed(after, 99)).toEqual(['D'])
    const settle = (at: number): string => {
      const { lease } = leases[at] ?? expect.fail()
      return after.settle(lease, [{ recipient: 0, outcome: SENT }]).kind
    }
    expect([settle(0), settle(1), settle(2)]).toEqual(['leaseLost', 'settled', 'leaseLost'])
  })

  test('the lease ends with the last claimed recipient; who is deferred comes back alone', () => {
    const made = book({ id: 'A', to: ['a@x', 'b@x', 'b@x'] })
    const [claim] = made.claim({ now: 0, limit: 1, lease: 1_000 })
    if (claim === undefined) return expect.fail('nothing was claimed')
    expect(claim.due).toEqual([0, 1, 2])
    expect(made.settle(claim.lease, [{ recipient: 0, outcome: SENT }])).toEqual({
      kind: 'settled',
      id: 'A',
      isDone: false,
    })
    expect(made.get(id('A'))?.isActive).toBe(true)
    const rest = [1, 2].map((recipient) => ({ recipient, outcome: recipient === 1 ? later(500) : SENT }))
    expect(made.settle(claim.lease, rest)).toEqual({ kind: 'settled', id: 'A', isDone: false })
    expect(made.get(id('A'))?.isActive).toBe(false)
    expect(claimed(made, 499)).toEqual([])
    const [again] = made.claim({ now: 500, limit: 1, lease: 1_000 })
    expect(again?.due).toEqual([1])
    expect(again?.message.recipients[1]?.attempts).toBe(1)
    if (again === undefined) return
    expect(made.settle(again.lease, [{ recipient: 1, outcome: SENT }])).toEqual({
      kind: 'settled',
      id: 'A',
      isDone: true,
    })
    expect(made.size).toBe(0)
  })

  test('what is on hold waits, also when it was claimed before; let go, it is due as it was', () => {
    const made = book({ id: 'A' }, { id: 'B' })
    const [claim] = made.claim({ now: 0, limit: 1, lease: 1_000 })
    expect(made.hold([id('A'), id('B'), id('Z')], 'hold')).toEqual(['A', 'B'])
    if (claim === undefined) return expect.fail('nothing was claimed')
    made.settle(claim.lease, [{ recipient: 0, outcome: later(10) }])
    expect(claimed(made, 9_999)).toEqual([])
    expect(made.nextDue(9_999)).toBe(null)
    expect(made.hold([id('A')], 'release')).toEqual(['A'])
    expect(made.hold([id('A')], 'release')).toEqual([])
    expect(claimed(made, 9_999)).toEqual(['A'])
  })

  test('requeued recipients are due at once: of a domain, of a message, of all; but not who is at work or not yet due', () => {
    const made = book({ id: 'A', to: ['a@X.example', 'b@y.example'] }, { id: 'B', at: 5_000 })
    const [claim] = made.claim({ now: 0, limit: 1, lease: 1_000 })
    if (claim === undefined) return expect.fail('nothing was claimed')
    made.settle(
      claim.lease,
      [0, 1].map((recipient) => ({ recipient, outcome: later(9_000) })),
    )
    expect(made.requeue({ domain: 'x.example', attempts: 'forgotten' })).toEqual(['A'])
    const [again] = made.claim({ now: 1, limit: 9, lease: 1_000 })
    expect([again?.message.id, again?.due]).toEqual(['A', [0]])
    expect(again?.message.recipients.map(({ attempts }) => attempts)).toEqual([0, 1])
    expect(made.requeue({ ids: [id('Z')] })).toEqual([])
    expect(made.requeue({})).toEqual(['A', 'B'])
    expect(claimed(made, 2)).toEqual([])
  })

  test('what is removed is gone, and its lease with it', () => {
    const made = book({ id: 'A' }, { id: 'B' })
    const [claim] = made.claim({ now: 0, limit: 1, lease: 1_000 })
    expect(made.remove([id('A'), id('Z')])).toEqual(['A'])
    if (claim === undefined) return expect.fail('nothing was claimed')
    expect(made.settle(claim.lease, [{ recipient: 0, outcome: SENT }])).toEqual({ kind: 'leaseLost' })
    expect(claimed(made, 0)).toEqual(['B'])
  })

  test('pages in the order of ids', () => {
    const made = book({ id: 'C' }, { id: 'A' }, { id: 'B' })
    const first = made.list(null, 2)
    expect([first.messages.map((each) => each.id), first.cursor]).toEqual([['A', 'B'], 'B'])
    const second = made.list(first.cursor, 2)
    expect([second.messages.map((each) => each.id), second.cursor]).toEqual([['C'], null])
  })
})

test('a heap gives what is due, in order of time and then of adding', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(20), (times, now) => {
      const heap = new DueHeap<number>()
      for (const [at, time] of times.entries()) heap.add(time, at)
      const taken: number[] = []
      for (let value = heap.take(now); value !== undefined; value = heap.take(now)) taken.push(value)
      const order = [...times.keys()].sort((one, other) => (times[one] ?? 0) - (times[other] ?? 0) || one - other)
      expect(taken).toEqual(order.filter((at) => (times[at] ?? 0) <= now))
      expect(heap.size).toBe(times.length - taken.length)
    }),
  )
})
