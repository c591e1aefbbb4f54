import { type Body, BodyIncomplete, fromUtf8, stagedId } from '@mailwright/core'
import { bodyOf, type ComplianceCase } from '../../kit/case.js'
import { gather, law, NEVER, SOME_DATE } from '../world.js'
import { viewOf } from './session.js'

/** Messages received whole, in no mailbox yet. */
export const stageLaws: readonly ComplianceCase[] = [
  law('stage/counts-the-octets', 'MailStore.stage', async (w) => {
    for (const size of [0, 1, 1_000, 70_000]) {
      const result = await w.store.stage({ account: w.alice, body: bodyOf([new Uint8Array(size).fill(65)]) }, NEVER)
      const staged = w.check.kind(result, 'staged', 'a message is staged')
      w.check.equal(staged.octets, size, 'octets told by stage')
      await w.discard([staged.staged])
    }
  }),

  law('stage/in-no-mailbox', 'MailStore.stage', async (w) => {
    const inbox = await w.inbox()
    const before = await w.snapshot(inbox)
    const staged = await w.stage(w.someWire())
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'the mailbox knows nothing of it')
    w.check.equal(await w.names(), ['INBOX'], 'no mailbox was made for it')
    await w.discard([staged])
  }),

  law('stage/can-be-read-again', 'MailStore.staged', async (w) => {
    const chunks = ['Subject: a\r\n', '\r\nb', 'ody\r\n'].map(fromUtf8)
    const result = await w.store.stage({ account: w.alice, body: bodyOf(chunks) }, NEVER)
    const { staged } = w.check.kind(result, 'staged', 'a message is staged')
    const found = w.check.kind(await w.store.staged({ staged }, NEVER), 'staged', 'it is found')
    w.check.equal(found.body.octets, 20, 'octets of its handle')
    w.check.equal(await gather(found.body.read()), fromUtf8('Subject: a\r\n\r\nbody\r\n'), 'its octets')
    w.check.equal(await gather(found.body.read({ start: 9, end: 15 })), fromUtf8('a\r\n\r\nb'), 'a range of its octets')
    w.check.equal(found.digest, w.fixture.digest(chunks), 'its digest')
    await w.discard([staged])
  }),

  law('stage/empty-chunks-are-nothing', 'Body', async (w) => {
    const nothing = new Uint8Array(0)
    const chunks = [nothing, fromUtf8('A: b\r\n'), nothing, nothing, fromUtf8('\r\nc'), nothing]
    const result = await w.store.stage({ account: w.alice, body: bodyOf(chunks) }, NEVER)
    const { staged } = w.check.kind(result, 'staged', 'a message is staged')
    const found = w.check.kind(await w.store.staged({ staged }, NEVER), 'staged', 'it is found')
    w.check.equal(await gather(found.body.read()), fromUtf8('A: b\r\n\r\nc'), 'its octets')
    await w.discard([staged])
  }),

  law('stage/chunks-may-share-one-buffer', 'Body: each chunk is consumed before the next is asked for', async (w) => {
    const buffer = new Uint8Array(16)
    async function* reusing(): Body {
      for (let chunk = 0; chunk < 40; chunk++) {
        yield buffer.fill(65 + (chunk % 26))
        buffer.fill(0)
      }
    }
    const result = await w.store.stage({ account: w.alice, body: reusing() }, NEVER)
    const { staged } = w.check.kind(result, 'staged', 'a message is staged')
    const found = w.check.kind(await w.store.staged({ staged }, NEVER), 'staged', 'it is found')
    const expected = Uint8Array.from({ length: 640 }, (_, at) => 65 + (Math.floor(at / 16) % 26))
    w.check.equal(await gather(found.body.read()), expected, 'octets as they were when they were yielded')
    await w.discard([staged])
  }),

  law('stage/rejects-when-the-body-throws', 'MailStore.stage', async (w) => {
    const inbox = await w.inbox()
    const before = await w.snapshot(inbox)
    for (const chunks of [0, 1, 5]) {
      await w.check.rejects(
        w.store.stage({ account: w.alice, body: broken(chunks) }, NEVER),
        `a body that throws after ${chunks} chunks rejects the call`,
      )
    }
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'nothing remains in the mailbox')
    await w.append(inbox, {})
    w.check.equal((await w.uids(inbox)).length, 1, 'the store serves on')
  }),

  law('stage/rejects-when-aborted-beforehand', 'MailStore: a call whose signal aborts', async (w) => {
    const args = { account: w.alice, body: bodyOf([fromUtf8(w.someWire())]) }
    await w.check.rejects(w.store.stage(args, AbortSignal.abort()), 'staging that was aborted rejects')
  }),

  law('stage/rejects-when-aborted-while-the-body-waits', 'MailStore: a call whose signal aborts', async (w) => {
    const controller = new AbortController()
    async function* stalling(): Body {
      yield fromUtf8('Subject: half\r\n')
      controller.abort(new Error('the peer is gone'))
      await new Promise(() => {})
    }
    await w.check.rejects(
      w.store.stage({ account: w.alice, body: stalling() }, controller.signal),
      'staging rejects although its body never ends',
    )
    await w.append(await w.inbox(), {})
  }),

  law('stage/rejects-when-aborted-between-chunks', 'MailStore: a call whose signal aborts', async (w) => {
    const inbox = await w.inbox()
    const before = await w.snapshot(inbox)
    for (let passed = 0; passed < 4; passed++) {
      const controller = new AbortController()
      async function* interrupted(): Body {
        for (let chunk = 0; chunk < 5; chunk++) {
          if (chunk === passed) controller.abort(new Error('the peer is gone'))
          yield fromUtf8('Subject: never finished\r\n')
        }
      }
      await w.check.rejects(
        w.store.stage({ account: w.alice, body: interrupted() }, controller.signal),
        `staging that was aborted after ${passed} chunks`,
      )
    }
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'nothing remains in the mailbox')
  }),

  law('stage/discarded-is-gone', 'MailStore.discard', async (w) => {
    const inbox = await w.inbox()
    const staged = await w.stage(w.someWire())
    await w.discard([staged])
    w.check.kind(await w.store.staged({ staged }, NEVER), 'noSuchStaged', 'a discarded message cannot be read')
    const arrival = { staged, flags: { system: 0, keywords: [] }, internalDate: SOME_DATE }
    const result = await w.store.append({ ...inbox, messages: [arrival] }, NEVER)
    w.check.kind(result, 'noSuchStaged', 'a discarded message cannot be appended')
  }),

  law('stage/discarding-the-unknown-is-ignored', 'MailStore.discard', async (w) => {
    const staged = await w.stage(w.someWire())
    const result = await w.store.discard({ staged: [stagedId('never-staged'), staged, staged] }, NEVER)
    w.check.kind(result, 'done', 'discard')
    w.check.kind(await w.store.discard({ staged: [staged] }, NEVER), 'done', 'a second discard')
    w.check.kind(await w.store.staged({ staged }, NEVER), 'noSuchStaged', 'the known one is gone')
  }),

  law('stage/an-unknown-id-is-refused', 'MailStore.staged', async (w) => {
    w.check.kind(await w.store.staged({ staged: stagedId('never-staged') }, NEVER), 'noSuchStaged', 'an unknown id')
  }),

  law('stage/many-at-once-are-kept-apart', 'MailStore.stage', async (w) => {
    const wires = Array.from({ length: 20 }, (_, at) => `Subject: ${at}\r\n\r\n${'x'.repeat(at * 100)}\r\n`)
    const ids = await Promise.all(wires.map((wire) => w.stage(wire)))
    w.check.equal(new Set(ids).size, wires.length, 'ids differ')
    for (const [at, staged] of ids.entries()) {
      const found = w.check.kind(await w.store.staged({ staged }, NEVER), 'staged', 'it is found')
      w.check.equal(await gather(found.body.read()), fromUtf8(wires[at] ?? ''), `octets of message ${at}`)
    }
    await w.discard(ids)
  }),
]

async function* broken(chunks: number): Body {
  for (let sent = 0; sent < chunks; sent++) yield fromUtf8('Subject: never finished\r\n')
  throw new BodyIncomplete('the peer went away')
}
