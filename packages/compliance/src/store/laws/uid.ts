import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, type World } from '../world.js'

/** UIDs and UIDVALIDITY: what every client's cache rests on. */
export const uidLaws: readonly ComplianceCase[] = [
  law('uid/ascending-in-order-of-arrival', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const uids: number[] = []
    for (let count = 0; count < 5; count++) uids.push(...(await w.append(inbox, {})))
    w.check.ok(ascends(uids), 'each UID is greater than the one before')
    w.check.equal(await w.uids(inbox), uids, 'the snapshot lists what append answered')
  }),

  law('uid/next-exceeds-every-uid-assigned', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    for (const at of [inbox, archive]) {
      const before = (await w.snapshot(at)).uidNext
      const uids = await w.append(at, {}, {})
      w.check.ok(
        uids.every((uid) => uid >= before),
        'new UIDs are at least the UIDNEXT told before',
      )
      const copied = await w.store.copy(
        { ...inbox, uids: (await w.snapshot(inbox)).messages.uids, to: at.mailbox },
        NEVER,
      )
      const highest = Math.max(...uids, ...w.check.kind(copied, 'copied', 'messages are copied').to)
      w.check.ok((await w.snapshot(at)).uidNext > highest, 'UIDNEXT exceeds every UID assigned')
    }
  }),

  law('uid/not-reused-after-the-last-is-expunged', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const [first = 0, last = 0] = await w.append(inbox, {}, {})
    await w.expunge(inbox, [last])
    const [next = 0] = await w.append(inbox, {})
    w.check.ok(next > last, `the UID after ${first}, ${last} (expunged) exceeds ${last}, found ${next}`)
  }),

  law('uid/not-reused-after-all-are-expunged', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, {})
    const before = await w.snapshot(inbox)
    await w.expunge(inbox, uids)
    const after = await w.snapshot(inbox)
    w.check.equal(after.uidValidity, before.uidValidity, 'UIDVALIDITY of the emptied mailbox')
    w.check.ok(after.uidNext >= before.uidNext, 'UIDNEXT does not go back')
    const [next = 0] = await w.append(inbox, {})
    w.check.ok(next > Math.max(...uids), 'UIDs of expunged messages are not used again')
  }),

  law('uid/not-reused-after-moving-away', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = await w.append(inbox, {}, {})
    await w.store.move({ ...inbox, uids: (await w.snapshot(inbox)).messages.uids, to: archive.mailbox }, NEVER)
    const [next = 0] = await w.append(inbox, {})
    w.check.ok(next > Math.max(...uids), 'UIDs of moved messages are not used again')
  }),

  law('uid/mailboxes-count-apart', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    await w.append(inbox, {}, {}, {})
    const before = await w.snapshot(archive)
    await w.append(inbox, {})
    const after = await w.snapshot(archive)
    w.check.equal(after.uidNext, before.uidNext, 'UIDNEXT of a mailbox nothing came to')
  }),

  law('uidvalidity/fits-32-bits-and-is-not-zero', 'RFC 9051 §9 nz-number', async (w) => {
    const { uidValidity } = await w.snapshot(await w.inbox())
    w.check.ok(
      Number.isInteger(uidValidity) && uidValidity > 0 && uidValidity <= 0xffffffff,
      `${uidValidity} is an nz-number`,
    )
  }),

  law('uidvalidity/constant-while-the-mailbox-lives', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const { uidValidity } = await w.snapshot(inbox)
    w.fixture.clock.advance(90_000)
    const staged = await w.stage(w.someWire())
    const arrival = { staged, flags: { system: 0, keywords: [] }, internalDate: 0 }
    const appended = await w.store.append({ ...inbox, messages: [arrival] }, NEVER)
    w.check.equal(w.check.kind(appended, 'appended', 'append').uidValidity, uidValidity, 'UIDVALIDITY told by append')
    w.check.equal((await w.snapshot(inbox)).uidValidity, uidValidity, 'UIDVALIDITY told by snapshot')
    w.check.equal((await w.status(inbox)).uidValidity, uidValidity, 'UIDVALIDITY told by status')
    await w.discard([staged])
  }),

  law('uidvalidity/greater-when-a-name-is-used-again', 'RFC 9051 §6.3.4', async (w) => {
    let before = await validityOf(w, 'Work')
    // Also when all of it happens in one moment.
    for (let round = 0; round < 3; round++) {
      await w.delete('Work')
      const now = await validityOf(w, 'Work')
      w.check.ok(now > before, `UIDVALIDITY ${now} of the new mailbox exceeds ${before} of the deleted one`)
      before = now
    }
  }),

  law('uidvalidity/greater-when-a-renamed-name-is-used-again', 'RFC 9051 §6.3.4', async (w) => {
    const before = await validityOf(w, 'Work')
    await w.rename('Work', 'Old work')
    const now = await validityOf(w, 'Work')
    w.check.ok(now > before, `UIDVALIDITY ${now} of the new mailbox exceeds ${before} of the one that had the name`)
  }),
]

async function validityOf(w: World, name: string): Promise<number> {
  return (await w.snapshot(await w.create(name))).uidValidity
}

function ascends(uids: readonly number[]): boolean {
  return uids.every((uid, at) => at === 0 || uid > (uids[at - 1] ?? 0))
}
