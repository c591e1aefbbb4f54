import { type Body, fromUtf8, type QueueEnvelope, type RecipientEnvelope } from '@mailwright/core'
import { bodyOf } from '../../kit/case.js'
import { gathered, NEVER, queueLaw, START } from '../queue-world.js'

const ENVELOPE: QueueEnvelope = {
  reversePath: 'grüße@example.com',
  ret: 'HDRS',
  envelopeId: 'a b=+',
  body: '8BITMIME',
  smtpUtf8: true,
  requireTls: true,
  deliverBy: { at: START + 5, mode: 'N', isTraced: true },
  priority: -3,
  auth: '<>',
  filter: 'smtp:[127.0.0.1]:10025',
  firstAttempt: 'told',
  origin: {
    clientName: 'c',
    clientAddress: '192.0.2.1',
    helo: 'h',
    protocol: 'ESMTPSA',
    user: 'u',
    mechanism: 'PLAIN',
  },
}
const RECIPIENT: RecipientEnvelope = {
  address: '"odd one"@example.org',
  originalTo: 'list@example.com',
  notify: ['SUCCESS', 'DELAY'],
  originalRecipient: 'rfc822;list@example.com',
}

/** Messages that come in. */
export const enqueueLaws = [
  queueLaw('enqueue/keeps-the-envelope-and-the-octets', 'MailQueue.enqueue', async (w) => {
    const chunks = ['Subject: x\r\n', '\r\n', '', 'body\r\n'].map((each) => fromUtf8(each))
    const id = await w.send([RECIPIENT, 'b@example.org'], {
      envelope: ENVELOPE,
      body: bodyOf(chunks),
      arrived: START + 7,
    })
    const message = await w.message(id)
    w.check.equal(message.envelope, ENVELOPE, 'the envelope')
    const fresh = { state: { kind: 'pending' }, attempts: 0, isDelayReported: false }
    w.check.equal(
      message.recipients,
      [
        { ...RECIPIENT, ...fresh },
        { address: 'b@example.org', ...fresh },
      ],
      'recipients',
    )
    w.check.equal([message.arrived, message.octets], [START + 7, 20], 'arrival and size')
    w.check.equal([message.isHeld, message.isActive], [false, false], 'it is neither held nor at work')
    w.check.equal(await w.text(id), 'Subject: x\r\n\r\nbody\r\n', 'the octets')
  }),

  queueLaw('enqueue/a-range-of-the-octets-can-be-read', 'BodyHandle.read', async (w) => {
    const id = await w.send(['a@x'], { body: bodyOf([new Uint8Array(150_000).fill(65), fromUtf8('BCD')]) })
    const found = w.check.kind(await w.queue.open({ id }, NEVER), 'found', 'the message is there')
    w.check.equal(found.body.octets, 150_003, 'octets')
    w.check.equal(await gathered(found.body.read({ start: 149_998, end: 150_002 })), 'AABC', 'a range')
    w.check.equal(await gathered(found.body.read({ start: 5, end: 5 })), '', 'nothing of it')
  }),

  queueLaw('enqueue/an-empty-message-is-one', 'MailQueue.enqueue', async (w) => {
    const id = await w.send(['a@x'], { body: bodyOf([]) })
    w.check.equal(await w.text(id), '', 'no octets')
  }),

  queueLaw('enqueue/nothing-remains-when-the-body-throws', 'MailQueue.enqueue', async (w) => {
    async function* broken(): Body {
      yield fromUtf8('Subject: half\r\n')
      throw new Error('the peer is gone')
    }
    await w.check.rejects(w.send(['a@x'], { body: broken() }), 'a body that throws rejects the call')
    w.check.equal(await w.ids(), [], 'nothing is queued')
    await w.reopen()
    w.check.equal(await w.ids(), [], 'nor after a reopen')
  }),

  queueLaw('enqueue/nothing-remains-when-aborted', 'MailQueue.enqueue', async (w) => {
    const controller = new AbortController()
    async function* stalling(): Body {
      yield fromUtf8('Subject: half\r\n')
      controller.abort(new Error('the peer is gone'))
      await new Promise(() => {})
    }
    const args = { id: w.id(), envelope: { reversePath: '' }, recipients: [{ address: 'a@x' }], arrived: START }
    await w.check.rejects(w.queue.enqueue({ ...args, body: stalling() }, controller.signal), 'a body that never ends')
    await w.check.rejects(w.queue.enqueue({ ...args, body: bodyOf([]) }, AbortSignal.abort()), 'aborted beforehand')
    w.check.equal(await w.ids(), [], 'nothing is queued')
    await w.reopen()
    w.check.equal(await w.ids(), [], 'nor after a reopen')
  }),

  queueLaw('enqueue/an-id-is-used-once', 'MailQueue.enqueue', async (w) => {
    const id = await w.send(['a@x'])
    await w.check.rejects(w.send(['b@x'], { id }), 'a second message of the same id')
    w.check.equal((await w.message(id)).recipients[0]?.address, 'a@x', 'the first stays')
  }),

  queueLaw('enqueue/somebody-must-get-it', 'MailQueue.enqueue', async (w) => {
    await w.check.rejects(w.send([]), 'a message without recipients')
    w.check.equal(await w.ids(), [], 'nothing is queued')
  }),

  queueLaw('enqueue/many-at-once', 'MailQueue.enqueue', async (w) => {
    const texts = Array.from({ length: 40 }, (_, at) => `Subject: ${at}\r\n\r\n`)
    const ids = await Promise.all(texts.map((text) => w.send(['a@x'], { body: bodyOf([fromUtf8(text)]) })))
    for (const [at, id] of ids.entries()) w.check.equal(await w.text(id), texts[at], `message ${at}`)
    w.check.equal((await w.claim()).length, 40, 'all are due')
  }),

  queueLaw('enqueue/is-durable', 'MailQueue: every change is durable', async (w) => {
    const id = await w.send([RECIPIENT], { envelope: ENVELOPE })
    const before = await w.message(id)
    await w.reopen()
    if (!w.fixture.isDurable) {
      w.check.equal(await w.ids(), [], 'a queue in memory is empty again')
      return
    }
    w.check.equal(await w.message(id), before, 'the message as it was')
    w.check.equal(await w.text(id), 'Subject: x\r\n\r\n', 'its octets')
  }),
]
