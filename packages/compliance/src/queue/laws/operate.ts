import type { QueueId } from '@mailwright/core'
import { deferred, FAILED, gathered, HOUR, NEVER, queueLaw, SENT, START } from '../queue-world.js'

/** What operators do. */
export const operationLaws = [
  queueLaw('hold/nobody-gets-it-until-it-is-released', 'MailQueue.hold', async (w) => {
    const [one, two] = [await w.send(), await w.send()]
    const held = await w.queue.hold({ ids: [one, one, 'Z' as QueueId], change: 'hold' }, NEVER)
    w.check.equal(held, { count: 1 }, 'one changed')
    w.check.ok((await w.message(one)).isHeld, 'it is on hold')
    w.check.equal(await w.claimedIds(START + 9 * HOUR), [two], 'only the other is due')
    w.check.equal(await w.queue.hold({ ids: [one], change: 'release' }, NEVER), { count: 1 }, 'released')
    w.check.equal(await w.queue.hold({ ids: [one], change: 'release' }, NEVER), { count: 0 }, 'once')
    w.check.ok((await w.claimedIds(START)).includes(one), 'it is due')
  }),

  queueLaw('hold/who-has-a-lease-keeps-it', 'MailQueue.hold', async (w) => {
    const id = await w.send()
    const claim = await w.claimOne()
    await w.queue.hold({ ids: [id], change: 'hold' }, NEVER)
    w.check.equal(await w.settle(claim, [0, deferred(START)]), { kind: 'settled', isDone: false }, 'it counts')
    w.check.equal(await w.claimedIds(START + HOUR), [], 'then it waits')
  }),

  queueLaw('hold/a-message-may-come-held', 'MailQueue.enqueue', async (w) => {
    const id = await w.send(['a@x'], { hold: 'held' })
    w.check.ok((await w.message(id)).isHeld, 'it is on hold')
    w.check.equal(await w.claimedIds(START + HOUR), [], 'nobody gets it')
  }),

  queueLaw('hold/is-durable', 'MailQueue: every change is durable', async (w) => {
    if (!w.fixture.isDurable) return
    const [held, released] = [await w.send(), await w.send(['a@x'], { hold: 'held' })]
    await w.queue.hold({ ids: [held], change: 'hold' }, NEVER)
    await w.queue.hold({ ids: [released], change: 'release' }, NEVER)
    await w.reopen()
    w.check.equal([(await w.message(held)).isHeld, (await w.message(released)).isHeld], [true, false], 'after a reopen')
  }),

  queueLaw('requeue/makes-deferred-ones-due', 'MailQueue.requeue', async (w) => {
    const sent = [await w.send(['a@One.example', 'b@two.example']), await w.send(['c@two.example'])]
    for (const claim of await w.claim()) {
      await w.settle(claim, [0, deferred(START + HOUR)], [1, deferred(START + HOUR)])
    }
    w.check.equal(await w.queue.requeue({ domain: 'one.example' }, NEVER), { count: 1 }, 'of a domain')
    const [claim] = await w.claim()
    w.check.equal([claim?.message.id, claim?.due], [sent[0], [0]], 'only that recipient')
    w.check.equal(await w.queue.requeue({ ids: [sent[1] ?? w.id(), 'Z' as QueueId] }, NEVER), { count: 1 }, 'by id')
    w.check.equal(await w.claimedIds(), [sent[1]], 'only that message')
  }),

  queueLaw('requeue/everything-and-attempts-forgotten', 'MailQueue.requeue', async (w) => {
    const id = await w.send()
    await w.settle(await w.claimOne(), [0, deferred(START + HOUR)])
    await w.queue.requeue({ attempts: 'forgotten' }, NEVER)
    w.check.equal((await w.message(id)).recipients[0]?.attempts, 0, 'attempts')
    w.check.equal(await w.claimedIds(), [id], 'it is due')
  }),

  queueLaw('requeue/not-before-its-time-all-the-same', 'RFC 4865 §4', async (w) => {
    await w.send(['a@x'], { notBefore: START + HOUR })
    await w.queue.requeue({}, NEVER)
    w.check.equal(await w.claimedIds(), [], 'what the sender held back stays back')
  }),

  queueLaw('requeue/shows-that-somebody-asked', 'MailQueue.requeue', async (w) => {
    const id = await w.send(['a@x', 'b@y', 'c@x'])
    const claim = await w.claimOne()
    await w.settle(claim, [0, deferred(START + HOUR)], [1, deferred(START + HOUR)], [2, FAILED])
    await w.queue.requeue({ domain: 'X' }, NEVER)
    const states = (await w.message(id)).recipients.map(({ state }) => state)
    w.check.equal(states, [deferred(0), deferred(START + HOUR), FAILED], 'until 0; others are as they were')
    w.check.equal((await w.message(id)).recipients[0]?.attempts, 1, 'attempts are not forgotten unasked')
  }),

  queueLaw('requeue/what-somebody-is-at-work-for-is-left-to-him', 'MailQueue.requeue', async (w) => {
    const id = await w.send(['a@x', 'b@x'])
    await w.settle(await w.claimOne(), [0, deferred(START + 1)], [1, deferred(START + HOUR)])
    const claim = await w.claimOne(START + 1)
    w.check.equal(claim.due, [0], 'one of two')
    await w.queue.requeue({}, NEVER)
    w.check.equal(await w.claimedIds(START + 2), [], 'the message is still his')
    w.check.equal(await w.settle(claim, [0, SENT]), { kind: 'settled', isDone: false }, 'his outcome counts')
    const again = await w.claimOne(START + 2)
    w.check.equal([again.message.id, again.due], [id, [1]], 'then the other is due')
  }),

  queueLaw('requeue/is-durable', 'MailQueue: every change is durable', async (w) => {
    if (!w.fixture.isDurable) return
    const id = await w.send()
    await w.settle(await w.claimOne(), [0, deferred(START + HOUR)])
    await w.queue.requeue({ ids: [id], attempts: 'forgotten' }, NEVER)
    await w.reopen()
    w.check.equal((await w.message(id)).recipients[0]?.attempts, 0, 'attempts')
    w.check.equal(await w.claimedIds(), [id], 'it is due')
  }),

  queueLaw('remove/whoever-has-a-lease', 'MailQueue.remove', async (w) => {
    const [one, two] = [await w.send(), await w.send()]
    const [claim] = await w.claim(START, 1)
    w.check.equal(await w.queue.remove({ ids: [one, one, 'Z' as QueueId] }, NEVER), { count: 1 }, 'one was there')
    w.check.equal(await w.ids(), [two], 'the other stays')
    if (claim?.message.id === one) w.check.kind(await w.settle(claim, [0, SENT]), 'leaseLost', 'the lease is lost')
    await w.reopen()
    w.check.equal(await w.ids(), w.fixture.isDurable ? [two] : [], 'and it stays away')
  }),

  queueLaw('remove/what-is-gone-cannot-be-read', 'MailQueue.remove', async (w) => {
    const id = await w.send()
    const claim = await w.claimOne()
    await w.queue.remove({ ids: [id] }, NEVER)
    w.check.kind(await w.queue.open({ id }, NEVER), 'noSuchMessage', 'it cannot be opened')
    await w.check.rejects(gathered(claim.body.read()), 'nor read by who has it claimed')
  }),

  queueLaw('list/goes-on-where-it-was-whatever-left', 'MailQueue.list', async (w) => {
    for (const id of ['A', 'B', 'C', 'D']) await w.send(['a@x'], { id: id as QueueId })
    const page = await w.queue.list({ after: null, limit: 2 }, NEVER)
    w.check.equal(page.cursor, 'B', 'the cursor is an id')
    await w.queue.remove({ ids: ['B', 'C'] as QueueId[] }, NEVER)
    const rest = await w.queue.list({ after: page.cursor, limit: 2 }, NEVER)
    w.check.equal(
      rest.messages.map(({ id }) => id),
      ['D'],
      'behind where it was',
    )
    w.check.equal(rest.cursor, null, 'and that is the end')
  }),

  queueLaw('list/pages-in-the-order-of-ids', 'MailQueue.list', async (w) => {
    const ids: QueueId[] = []
    for (const id of ['C', 'A', 'E', 'B', 'D']) ids.push(await w.send(['a@x'], { id: id as QueueId }))
    const seen: QueueId[] = []
    let after: QueueId | null = null
    do {
      const page: Awaited<ReturnType<typeof w.queue.list>> = await w.queue.list({ after, limit: 2 }, NEVER)
      seen.push(...page.messages.map(({ id }) => id))
      w.check.ok(page.messages.length <= 2, 'no more than asked for')
      after = page.cursor
    } while (after !== null)
    w.check.equal(seen, [...ids].sort(), 'each once, in order')
  }),

  queueLaw('watch/tells-of-what-may-be-due', 'MailQueue.watch', async (w) => {
    let heard = 0
    const release = w.queue.watch(() => heard++)
    const tell = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      const before = heard
      await act()
      // Another process may be told a moment later.
      for (let wait = 0; wait < 100 && heard === before; wait++) await new Promise((resolve) => setTimeout(resolve, 10))
      w.check.ok(heard > before, `told of ${what}`)
    }
    await tell('a message that came', () => w.send())
    const id = await w.send(['a@x'], { hold: 'held' })
    await tell('one that was released', () => w.queue.hold({ ids: [id], change: 'release' }, NEVER))
    await tell('one that was requeued', () => w.queue.requeue({}, NEVER))
    release()
    const last = heard
    await w.send()
    w.check.equal(heard, last, 'and of nothing once it is released')
  }),

  queueLaw('close/nothing-more-can-be-asked', 'MailQueue.close', async (w) => {
    await w.queue.close()
    await w.queue.close()
    await w.check.rejects(w.ids(), 'a closed queue')
  }),

  queueLaw('alongside/two-processes-share-one-queue', 'MailQueue', async (w) => {
    if (w.fixture.alongside === undefined) return
    const other = await w.fixture.alongside()
    const ours = w.queue
    try {
      const here = await w.send(['a@x'])
      w.queue = other
      const there = await w.send(['b@x'])
      w.check.equal(await w.ids(), [here, there], 'the other one sees both')
      const [claim] = await w.claim(START, 1)
      w.check.equal(claim?.message.id, here, 'and may work')
      w.queue = ours
      w.check.equal(await w.ids(), [here, there], 'so does the first')
      w.check.equal(await w.claimedIds(), [there], 'each message is somebody’s')
      w.check.equal(await w.text(there), 'Subject: x\r\n\r\n', 'octets go by either')
      if (claim === undefined) return
      w.queue = other
      w.check.equal(await w.settle(claim, [0, SENT]), { kind: 'settled', isDone: true }, 'the other one settles')
      w.queue = ours
      w.check.equal(await w.ids(), [there], 'the first one sees it')
    } finally {
      w.queue = ours
      await other.close()
    }
  }),

  queueLaw('alongside/another-goes-on-when-the-first-closes', 'MailQueue', async (w) => {
    if (w.fixture.alongside === undefined) return
    const other = await w.fixture.alongside()
    const id = await w.send(['a@x'])
    await w.queue.close()
    w.queue = other
    w.check.equal(await w.ids(), [id], 'it finds the message')
    w.check.equal(await w.settle(await w.claimOne(), [0, SENT]), { kind: 'settled', isDone: true }, 'and delivers it')
  }),

  queueLaw('alongside/who-is-at-work-goes-on-when-the-first-closes', 'MailQueue', async (w) => {
    if (w.fixture.alongside === undefined) return
    const other = await w.fixture.alongside()
    const ours = w.queue
    const id = await w.send(['a@x', 'b@x'])
    w.queue = other
    const claim = await w.claimOne()
    await w.settle(claim, [0, SENT])
    await ours.close()
    w.check.equal(await w.claimedIds(START + HOUR - 1), [], 'nobody else gets it')
    w.check.ok((await w.message(id)).isActive, 'it is at work')
    w.check.equal(await w.settle(claim, [1, SENT]), { kind: 'settled', isDone: true }, 'what he did counts')
  }),
]
