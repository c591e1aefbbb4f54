import { type BodyHandle, FLAGGED, fromUtf8, type MailboxRef, SEEN, uid } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { gather, law, NEVER, NO_MAILBOX, octets, type World } from '../world.js'
import { LETTERS } from './letters.js'

/** Octets go out as they came in. */
export const bodyLaws: readonly ComplianceCase[] = [
  ...LETTERS.map(([title, wire]) =>
    law(`body/identical-${title}`, 'BodyHandle', async (w) => {
      const inbox = await w.inbox()
      const given = octets(wire)
      const [number = 0] = await w.append(inbox, { wire: given })
      w.check.equal(await w.number(inbox, number, 'octets'), given.length, 'octets in wire form')
      w.check.equal((await handle(w, inbox, number)).octets, given.length, 'octets of the handle')
      w.check.equal(await w.read(inbox, number), given, 'octets read back')
    }),
  ),

  law('body/identical-large', 'BodyHandle', async (w) => {
    const inbox = await w.inbox()
    const given = large(Math.min(w.fixture.largestMessage ?? 3_000_000, 3_000_000))
    const [number = 0] = await w.append(inbox, { wire: given })
    w.check.equal(await w.read(inbox, number), given, 'octets read back')
  }),

  law('body/every-range-of-a-small-message', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const given = octets('A: b\r\n\r\nline\n\r\nbare\r.\r\nend')
    const [number = 0] = await w.append(inbox, { wire: given })
    for (let start = 0; start <= given.length; start++) {
      for (let end = start; end <= given.length; end++) {
        w.check.equal(
          await w.read(inbox, number, { start, end }),
          given.subarray(start, end),
          `octets ${start} to ${end}`,
        )
      }
    }
  }),

  law('body/ranges-around-powers-of-two', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const given = large(200_000)
    const [number = 0] = await w.append(inbox, { wire: given })
    const body = await handle(w, inbox, number)
    for (const edge of [1_024, 4_096, 16_384, 65_536, 131_072, 196_608]) {
      for (const [before, after] of [
        [1, 1],
        [0, 1],
        [1, 0],
        [700, 70_000],
      ] as const) {
        const start = edge - before
        const end = Math.min(edge + after, given.length)
        w.check.equal(await gather(body.read({ start, end })), given.subarray(start, end), `octets ${start} to ${end}`)
      }
    }
    w.check.equal(await gather(body.read({ start: 0, end: given.length })), given, 'the whole as a range')
    w.check.equal(await gather(body.read({ start: given.length, end: given.length })), [], 'nothing at the end')
  }),

  law('body/a-reading-may-stop-early', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const given = large(200_000)
    const [number = 0] = await w.append(inbox, { wire: given })
    const body = await handle(w, inbox, number)
    for await (const chunk of body.read()) {
      w.check.ok(chunk.length > 0, 'the first chunk holds something')
      break
    }
    w.check.equal(await gather(body.read()), given, 'another reading begins anew')
  }),

  law('body/readings-do-not-disturb-each-other', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const given = large(150_000)
    const [number = 0] = await w.append(inbox, { wire: given })
    const body = await handle(w, inbox, number)
    const readings = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((start) => gather(body.read({ start, end: given.length }))),
    )
    for (const [start, read] of readings.entries()) w.check.equal(read, given.subarray(start), `reading from ${start}`)
  }),

  law('body/chunks-belong-to-the-reader', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const given = octets('Subject: mine\r\n\r\nDo not touch.\r\n')
    const [number = 0] = await w.append(inbox, { wire: given })
    for await (const chunk of (await handle(w, inbox, number)).read()) chunk.fill(0)
    w.check.equal(await w.read(inbox, number), given, 'octets after a reader wrote over its chunks')
  }),

  law('body/a-handle-outlives-flag-changes', 'BodyHandle', async (w) => {
    const inbox = await w.inbox()
    const given = octets('Subject: still here\r\n\r\n')
    const [number = 0] = await w.append(inbox, { wire: given })
    const body = await handle(w, inbox, number)
    await w.flag(inbox, [number], { mode: 'add', flags: { system: SEEN | FLAGGED, keywords: [] } })
    w.check.equal(await gather(body.read()), given, 'octets after the flags changed')
  }),

  law('body/of-an-expunged-message-whole-or-a-fault', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const given = octets('Subject: going\r\n\r\n')
    const [number = 0] = await w.append(inbox, { wire: given }, {})
    const body = await handle(w, inbox, number)
    await w.expunge(inbox, [number])
    const read = await gather(body.read()).catch(() => null)
    if (read !== null) w.check.equal(read, given, 'octets of a message that is gone')
    w.check.kind(await w.store.body({ ...inbox, uid: uid(number) }, NEVER), 'noSuchMessage', 'no new handle')
  }),

  law('body/an-aborted-reading-rejects', 'BodyHandle.read', async (w) => {
    const inbox = await w.inbox()
    const [number = 0] = await w.append(inbox, {})
    const body = await handle(w, inbox, number)
    await w.check.rejects(gather(body.read(undefined, AbortSignal.abort())), 'a reading that was aborted')
  }),

  law('body/of-no-message', 'MailStore.body', async (w) => {
    const inbox = await w.inbox()
    const [number = 0] = await w.append(inbox, {})
    const missing = await w.store.body({ ...inbox, uid: uid(number + 1) }, NEVER)
    w.check.kind(missing, 'noSuchMessage', 'a UID that was never assigned')
    const nowhere = await w.store.body({ account: w.alice, mailbox: NO_MAILBOX, uid: uid(1) }, NEVER)
    w.check.kind(nowhere, 'noSuchMailbox', 'a mailbox that is not there')
  }),
]

async function handle(w: World, at: MailboxRef, number: number): Promise<BodyHandle> {
  const found = await w.store.body({ ...at, uid: uid(number) }, NEVER)
  return w.check.kind(found, 'body', 'the message has a body').body
}

/** A message of this many octets in which no two neighbouring blocks look alike. */
function large(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  bytes.set(fromUtf8('Subject: large\r\n\r\n'))
  for (let at = 18; at < size; at++) {
    const column = at % 78
    bytes[at] = column === 76 ? 13 : column === 77 ? 10 : 33 + ((at * 7 + Math.floor(at / 4096)) % 90)
  }
  return bytes
}
