import type { LeaseId } from '@mailwright/core'
import { deferred, FAILED, gathered, HOUR, NEVER, queueLaw, SENT, START } from '../queue-world.js'

/** Who works at what, and what comes of it. */
export const claimLaws = [
  queueLaw('claim/nobody-else-gets-it', 'MailQueue.claim', async (w) => {
    const id = await w.send()
    const claim = await w.claimOne()
    w.check.equal(claim.message.id, id, 'the message')
    w.check.equal(claim.due, [0], 'its recipient is due')
    w.check.equal(await gathered(claim.body.read()), 'Subject: x\r\n\r\n', 'its octets')
    w.check.equal(await w.claimedIds(START + HOUR - 1), [], 'nobody else gets it')
    w.check.ok((await w.message(id)).isActive, 'it is at work')
  }),

  queueLaw('claim/a-lease-runs-out', 'MailQueue.claim', async (w) => {
    const id = await w.send()
    const claim = await w.claimOne()
    w.check.equal(await w.claimedIds(START + HOUR), [id], 'the next one gets it')
    w.check.kind(await w.settle(claim, [0, SENT]), 'leaseLost', 'the first one is too late')
    const { kind } = await w.queue.extend({ lease: claim.lease, now: START + HOUR, duration: HOUR }, NEVER)
    w.check.equal(kind, 'leaseLost', 'nor can it be renewed')
    w.check.equal((await w.message(id)).recipients[0]?.state, { kind: 'pending' }, 'nothing was written down')
  }),

  queueLaw('claim/a-lease-can-be-renewed', 'MailQueue.extend', async (w) => {
    await w.send()
    const { lease } = await w.claimOne()
    const { kind } = await w.queue.extend({ lease, now: START + HOUR - 1, duration: HOUR }, NEVER)
    w.check.equal(kind, 'extended', 'it is renewed')
    w.check.equal(await w.claimedIds(START + HOUR + 1), [], 'nobody else gets it')
    w.check.kind(await w.settle({ lease }, [0, SENT]), 'settled', 'and it counts')
  }),

  queueLaw('claim/what-is-released-is-due-as-before', 'MailQueue.release', async (w) => {
    const id = await w.send(['a@x', 'b@x'])
    const claim = await w.claimOne()
    await w.settle(claim, [0, SENT])
    await w.queue.release({ leases: [claim.lease, claim.lease] }, NEVER)
    const again = await w.claimOne()
    w.check.equal([again.message.id, again.due], [id, [1]], 'who had no outcome is due')
    w.check.kind(await w.settle(claim, [1, SENT]), 'leaseLost', 'the lease is over')
  }),

  queueLaw('claim/a-message-is-given-once-however-many-ask', 'MailQueue.claim', async (w) => {
    for (let at = 0; at < 30; at++) await w.send(['a@x'], { arrived: START + at })
    const claims = await Promise.all(Array.from({ length: 10 }, () => w.claimedIds(START + 99, 4)))
    w.check.equal(new Set(claims.flat()).size, claims.flat().length, 'nobody shares')
    w.check.equal(claims.flat().length, 30, 'each is given')
  }),

  queueLaw('claim/a-lease-that-is-renewed-ends-when-it-says', 'MailQueue.extend', async (w) => {
    const id = await w.send()
    const { lease } = await w.claimOne()
    await w.queue.extend({ lease, now: START + 10, duration: HOUR }, NEVER)
    await w.queue.extend({ lease, now: START + 20, duration: 2 * HOUR }, NEVER)
    w.check.equal(await w.claimedIds(START + 2 * HOUR + 19), [], 'not sooner')
    w.check.equal(await w.claimedIds(START + 2 * HOUR + 20), [id], 'and not later')
  }),

  queueLaw('claim/leases-that-are-none', 'MailQueue.extend', async (w) => {
    const id = await w.send()
    const lease = 'nobody gave this' as LeaseId
    const { kind } = await w.queue.extend({ lease, now: START, duration: HOUR }, NEVER)
    w.check.equal(kind, 'leaseLost', 'renewed')
    w.check.kind(await w.settle({ lease }, [0, SENT]), 'leaseLost', 'settled')
    await w.queue.release({ leases: [lease] }, NEVER)
    w.check.equal(await w.claimedIds(), [id], 'the message is due as it was')
  }),

  queueLaw('claim/as-many-as-asked-for', 'MailQueue.claim', async (w) => {
    for (let at = 0; at < 5; at++) await w.send(['a@x'], { arrived: START + at })
    const first = await w.claimedIds(START + 9, 2)
    const rest = await w.claimedIds(START + 9, 100)
    w.check.equal([first.length, rest.length], [2, 3], 'two, then the rest')
    w.check.equal(new Set([...first, ...rest]).size, 5, 'each once')
  }),

  queueLaw('claim/higher-priority-first-then-who-waits-longest', 'MailQueue.claim', async (w) => {
    const late = await w.send(['a@x'], { arrived: START + 3 })
    const low = await w.send(['a@x'], { arrived: START, envelope: { priority: -1 } })
    const early = await w.send(['a@x'], { arrived: START + 1 })
    const high = await w.send(['a@x'], { arrived: START + 4, envelope: { priority: 5 } })
    w.check.equal(await w.claimedIds(START + 9), [high, early, late, low], 'the order')
  }),

  queueLaw('claim/not-before-its-time', 'RFC 4865 §4', async (w) => {
    const id = await w.send(['a@x'], { notBefore: START + HOUR })
    const { claimed, nextDue } = await w.queue.claim({ now: START, limit: 9, lease: HOUR }, NEVER)
    w.check.equal([claimed.length, nextDue], [0, START + HOUR], 'it is told when to ask again')
    w.check.equal(await w.claimedIds(START + HOUR), [id], 'then it is due')
  }),

  queueLaw('claim/says-when-something-will-be-due', 'MailQueue.claim', async (w) => {
    const next = async (now: number): Promise<number | null> =>
      (await w.queue.claim({ now, limit: 9, lease: 9 * HOUR }, NEVER)).nextDue
    w.check.equal(await next(START), null, 'of an empty queue, never')
    await w.send(['a@x', 'b@x'])
    const claim = await w.claimOne()
    await w.settle(claim, [0, deferred(START + 2 * HOUR)], [1, deferred(START + HOUR)])
    w.check.equal(await next(START), START + HOUR, 'the first of the two')
  }),

  queueLaw('settle/the-last-outcome-ends-it', 'MailQueue.settle', async (w) => {
    const id = await w.send(['a@x', 'b@x', 'c@x'])
    const claim = await w.claimOne()
    w.check.equal(await w.settle(claim, [2, SENT]), { kind: 'settled', isDone: false }, 'one of three')
    w.check.equal((await w.message(id)).recipients[2]?.state, SENT, 'it is written down')
    w.check.equal(await w.settle(claim, [0, FAILED], [1, SENT]), { kind: 'settled', isDone: true }, 'the others')
    w.check.equal(await w.ids(), [], 'the message has left')
    w.check.kind(await w.queue.open({ id }, NEVER), 'noSuchMessage', 'it cannot be opened')
    w.check.kind(await w.settle(claim, [0, SENT]), 'leaseLost', 'the lease is over')
    await w.reopen()
    w.check.equal(await w.ids(), [], 'and it stays away')
  }),

  queueLaw('settle/who-is-deferred-comes-back-alone', 'MailQueue.settle', async (w) => {
    const id = await w.send(['a@x', 'b@x', 'b@x'])
    const later = deferred(START + HOUR)
    const result = await w.settle(await w.claimOne(), [0, SENT], [1, later], [2, FAILED])
    w.check.equal(result, { kind: 'settled', isDone: false }, 'somebody is left')
    const message = await w.message(id)
    w.check.equal(message.isActive, false, 'nobody is at work')
    w.check.equal(
      message.recipients.map(({ state }) => state),
      [SENT, later, FAILED],
      'by their positions',
    )
    w.check.equal(
      message.recipients.map(({ attempts }) => attempts),
      [1, 1, 1],
      'attempts',
    )
    w.check.equal(await w.claimedIds(START + HOUR - 1), [], 'not before its time')
    const again = await w.claimOne(START + HOUR)
    w.check.equal(again.due, [1], 'the deferred one')
    w.check.equal(await w.settle(again, [1, SENT]), { kind: 'settled', isDone: true }, 'done')
  }),

  queueLaw('settle/a-delay-report-is-remembered', 'RFC 3461 §4.1', async (w) => {
    const id = await w.send()
    await w.settle(await w.claimOne(), [0, { ...deferred(START), isReported: true }])
    await w.settle(await w.claimOne(), [0, deferred(START)])
    const [recipient] = (await w.message(id)).recipients
    w.check.equal([recipient?.isDelayReported, recipient?.attempts], [true, 2], 'also after another attempt')
  }),

  queueLaw('settle/outcomes-of-others-are-nobody-s', 'MailQueue.settle', async (w) => {
    const id = await w.send(['a@x', 'b@x'])
    await w.settle(await w.claimOne(), [0, deferred(START + HOUR)], [1, deferred(START)])
    const claim = await w.claimOne()
    w.check.equal(claim.due, [1], 'only one is due')
    await w.settle(claim, [0, SENT], [7, SENT])
    w.check.equal((await w.message(id)).recipients[0]?.state.kind, 'deferred', 'who was not claimed stays as it was')
  }),

  queueLaw('settle/an-outcome-counts-once', 'MailQueue.settle', async (w) => {
    const id = await w.send(['a@x', 'b@x'])
    const claim = await w.claimOne()
    await w.settle(claim, [0, deferred(START + HOUR)], [0, SENT])
    w.check.kind(await w.settle(claim, [0, FAILED]), 'settled', 'said again while the lease goes on')
    const [first] = (await w.message(id)).recipients
    w.check.equal([first?.state.kind, first?.attempts], ['deferred', 1], 'the first one counts')
  }),

  queueLaw('settle/nothing-said-nothing-changed', 'MailQueue.settle', async (w) => {
    const id = await w.send()
    const claim = await w.claimOne()
    const before = await w.message(id)
    w.check.equal(await w.settle(claim), { kind: 'settled', isDone: false }, 'no outcome')
    w.check.equal(await w.message(id), before, 'the message is as it was')
    w.check.kind(await w.settle(claim, [0, SENT]), 'settled', 'the lease goes on')
  }),

  queueLaw('settle/many-recipients-one-by-one-at-once', 'MailQueue.settle', async (w) => {
    const id = await w.send(Array.from({ length: 50 }, (_, at) => `r${at}@x`))
    const claim = await w.claimOne()
    const outcomes = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? SENT : deferred(START + HOUR)))
    const results = await Promise.all(outcomes.map((outcome, at) => w.settle(claim, [at, outcome])))
    w.check.ok(
      results.every(({ kind }) => kind === 'settled'),
      'each counts',
    )
    if (w.fixture.isDurable) await w.reopen()
    w.check.equal(
      (await w.message(id)).recipients.map(({ state }) => state),
      outcomes,
      'none is lost',
    )
  }),

  queueLaw('settle/is-durable', 'MailQueue: every change is durable', async (w) => {
    if (!w.fixture.isDurable) return
    const id = await w.send(['a@x', 'b@x', 'c@x'])
    const claim = await w.claimOne()
    await w.settle(claim, [0, SENT])
    await w.settle(claim, [1, { ...deferred(START + HOUR), isReported: true }])
    const before = await w.message(id)
    await w.reopen()
    w.check.equal({ ...(await w.message(id)) }, { ...before, isActive: false }, 'outcomes as they were')
    const again = await w.claimOne(START)
    w.check.equal(again.due, [2], 'a lease dies with who had it')
    w.check.kind(await w.settle(claim, [2, SENT]), 'leaseLost', 'the old one')
  }),
]
