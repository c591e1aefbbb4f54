import { DRAFT, FLAGGED, SEEN, type UidMap } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, NO_MAILBOX, octets, SOME_DATE } from '../world.js'
import { viewOf } from './session.js'

/** COPY: the same message again, elsewhere. */
export const copyLaws: readonly ComplianceCase[] = [
  law('copy/keeps-flags-date-and-octets', 'RFC 9051 §6.4.7', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const wire = octets('Subject: copied\r\n\r\nbody\0\xff\r\n')
    const [from = 0] = await w.append(inbox, { wire, system: SEEN | DRAFT, date: SOME_DATE - 1_000 })
    const result = await w.store.copy({ ...inbox, uids: list([from]), to: archive.mailbox }, NEVER)
    const copied = w.check.kind(result, 'copied', 'a message is copied')
    const [to = 0] = copied.to
    w.check.equal(await w.rows(archive), [{ uid: to, system: SEEN | DRAFT, keywords: [] }], 'flags of the copy')
    w.check.equal(await w.number(archive, to, 'internalDate'), SOME_DATE - 1_000, 'internal date of the copy')
    w.check.equal(await w.number(archive, to, 'octets'), wire.length, 'octets of the copy')
    w.check.equal(await w.read(archive, to), wire, 'the octets')
    w.check.equal(copied.uidValidity, (await w.snapshot(archive)).uidValidity, 'UIDVALIDITY of the target')
  }),

  law('copy/in-order-with-its-uid-map', 'RFC 4315 §3 COPYUID', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    await w.append(archive, {}, {})
    const uids = await w.append(inbox, ...['1', '22', '333', '4444'].map((text) => ({ wire: `A: ${text}\r\n\r\n` })))
    const wanted = [uids[0] ?? 0, uids[2] ?? 0, uids[3] ?? 0]
    const result = await w.store.copy({ ...inbox, uids: list(wanted), to: archive.mailbox }, NEVER)
    const map: UidMap = w.check.kind(result, 'copied', 'messages are copied')
    w.check.equal(map.from, wanted, 'from')
    w.check.equal(map.to, (await w.uids(archive)).slice(2), 'to, ascending at the end of the target')
    for (const [at, to] of map.to.entries()) {
      w.check.equal(await w.read(archive, to), await w.read(inbox, map.from[at] ?? 0), `octets of copy ${at}`)
    }
  }),

  law('copy/leaves-the-originals-as-they-were', 'RFC 9051 §6.4.7', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = await w.append(inbox, { system: SEEN }, {})
    const before = await w.snapshot(inbox)
    await w.store.copy({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'the source')
  }),

  law('copy/shares-no-flags-and-no-fate', 'RFC 9051 §6.4.7', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = await w.append(inbox, { wire: 'A: b\r\n\r\n' })
    await w.store.copy({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    const [copy = 0] = await w.uids(archive)
    await w.flag(inbox, uids, { mode: 'add', flags: { system: FLAGGED, keywords: [] } })
    w.check.equal((await w.rows(archive))[0]?.system, 0, 'flags of the copy')
    await w.expunge(inbox, uids)
    w.check.equal(await w.read(archive, copy), octets('A: b\r\n\r\n'), 'octets of the copy without its original')
  }),

  law('copy/within-one-mailbox', 'RFC 9051 §6.4.7', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { system: SEEN }, {})
    const result = await w.store.copy({ ...inbox, uids: list(uids), to: inbox.mailbox }, NEVER)
    const { to } = w.check.kind(result, 'copied', 'messages are copied')
    w.check.equal(await w.uids(inbox), [...uids, ...to], 'originals and copies')
    w.check.equal(
      (await w.rows(inbox)).map((row) => row.system),
      [SEEN, 0, SEEN, 0],
      'flags',
    )
  }),

  law('copy/missing-uids-are-skipped', 'RFC 9051 §6.4.9', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const [one = 0, two = 0, three = 0] = await w.append(inbox, {}, {}, {})
    await w.expunge(inbox, [two])
    const result = await w.store.copy(
      { ...inbox, uids: list([one, two, three, three + 9]), to: archive.mailbox },
      NEVER,
    )
    const map = w.check.kind(result, 'copied', 'messages are copied')
    w.check.equal(map.from, [one, three], 'from')
    w.check.equal(map.to, await w.uids(archive), 'to')
    const none = await w.store.copy({ ...inbox, uids: list([two, three + 9]), to: archive.mailbox }, NEVER)
    w.check.equal(w.check.kind(none, 'copied', 'nothing is copied').to, [], 'nothing to copy')
    w.check.equal((await w.uids(archive)).length, 2, 'messages in the target')
  }),

  law('copy/refused-where-no-mailbox-is', 'RFC 9051 §6.4.7', async (w) => {
    const inbox = await w.inbox()
    const uids = list(await w.append(inbox, {}))
    w.check.kind(await w.store.copy({ ...inbox, uids, to: NO_MAILBOX }, NEVER), 'noSuchTarget', 'no target')
    const from = { account: w.alice, mailbox: NO_MAILBOX }
    w.check.kind(await w.store.copy({ ...from, uids, to: inbox.mailbox }, NEVER), 'noSuchMailbox', 'no source')
    w.check.equal((await w.uids(inbox)).length, 1, 'nothing was copied')
  }),

  law('copy/aborted-beforehand-copies-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    const inbox = await w.inbox()
    const uids = list(await w.append(inbox, {}, {}))
    await w.check.rejects(
      w.store.copy({ ...inbox, uids, to: inbox.mailbox }, AbortSignal.abort()),
      'a copy that was aborted',
    )
    w.check.equal(await w.uids(inbox), uids, 'messages')
  }),
]
