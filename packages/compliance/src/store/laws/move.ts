import { DELETED, FLAGGED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, NO_MAILBOX, octets, SOME_DATE } from '../world.js'
import { viewOf } from './session.js'

/** MOVE: one step, so a message is never in both places nor in none. */
export const moveLaws: readonly ComplianceCase[] = [
  law('move/keeps-flags-date-and-octets', 'RFC 6851 §3.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const wire = octets('Subject: moved\r\n\r\nbody\r\n')
    const [from = 0] = await w.append(inbox, { wire, system: FLAGGED | DELETED, date: SOME_DATE + 5_000 })
    const result = await w.store.move({ ...inbox, uids: list([from]), to: archive.mailbox }, NEVER)
    const moved = w.check.kind(result, 'moved', 'a message is moved')
    const [to = 0] = moved.to
    w.check.equal(await w.uids(inbox), [], 'it left the source')
    w.check.equal(await w.rows(archive), [{ uid: to, system: FLAGGED | DELETED, keywords: [] }], 'flags')
    w.check.equal(await w.number(archive, to, 'internalDate'), SOME_DATE + 5_000, 'internal date')
    w.check.equal(await w.read(archive, to), wire, 'octets')
    w.check.equal(moved.uidValidity, (await w.snapshot(archive)).uidValidity, 'UIDVALIDITY of the target')
  }),

  law('move/in-order-with-its-uid-map', 'RFC 6851 §4.3', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    await w.append(archive, {})
    const uids = await w.append(inbox, ...['1', '22', '333', '4444'].map((text) => ({ wire: `A: ${text}\r\n\r\n` })))
    const wanted = [uids[0] ?? 0, uids[1] ?? 0, uids[3] ?? 0]
    const result = await w.store.move({ ...inbox, uids: list(wanted), to: archive.mailbox }, NEVER)
    const map = w.check.kind(result, 'moved', 'messages are moved')
    w.check.equal(map.from, wanted, 'from')
    w.check.equal(map.to, (await w.uids(archive)).slice(1), 'to, ascending at the end of the target')
    w.check.equal(await w.uids(inbox), [uids[2]], 'the source keeps what was not named')
    for (const [at, size] of [8, 9, 11].entries()) {
      w.check.equal(await w.number(archive, map.to[at] ?? 0, 'octets'), size, `octets of message ${at}`)
    }
  }),

  law('move/within-one-mailbox-gives-new-uids', 'MailStore.move', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { system: SEEN }, {}, {})
    const before = await w.snapshot(inbox)
    const result = await w.store.move({ ...inbox, uids: list(uids.slice(0, 2)), to: inbox.mailbox }, NEVER)
    const { to } = w.check.kind(result, 'moved', 'messages are moved')
    w.check.equal(await w.uids(inbox), [uids[2], ...to], 'the others, then the moved under new UIDs')
    const changes = await w.changes(inbox, before.highestModSeq)
    w.check.equal(changes.messages.uids, to, 'the new UIDs are told')
    for (const gone of uids.slice(0, 2)) w.check.ok(changes.vanished.includes(gone), `${gone} is told to have vanished`)
    w.check.equal((await w.rows(inbox))[1]?.system, SEEN, 'flags')
  }),

  law('move/missing-uids-are-skipped', 'RFC 9051 §6.4.9', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const [one = 0, two = 0, three = 0] = await w.append(inbox, {}, {}, {})
    await w.expunge(inbox, [two])
    const result = await w.store.move({ ...inbox, uids: list([one, two, three + 1]), to: archive.mailbox }, NEVER)
    w.check.equal(w.check.kind(result, 'moved', 'a message is moved').from, [one], 'from')
    w.check.equal([await w.uids(inbox), (await w.uids(archive)).length], [[three], 1], 'source and target')
    const none = await w.store.move({ ...inbox, uids: list([two]), to: archive.mailbox }, NEVER)
    w.check.equal(w.check.kind(none, 'moved', 'nothing is moved').to, [], 'nothing to move')
  }),

  law('move/refused-where-no-mailbox-is', 'RFC 6851 §3.1', async (w) => {
    const inbox = await w.inbox()
    const uids = list(await w.append(inbox, {}, {}))
    const before = await w.snapshot(inbox)
    w.check.kind(await w.store.move({ ...inbox, uids, to: NO_MAILBOX }, NEVER), 'noSuchTarget', 'no target')
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'the source')
    const from = { account: w.alice, mailbox: NO_MAILBOX }
    w.check.kind(await w.store.move({ ...from, uids, to: inbox.mailbox }, NEVER), 'noSuchMailbox', 'no source')
  }),

  law('move/aborted-beforehand-moves-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = list(await w.append(inbox, {}, {}))
    await w.check.rejects(
      w.store.move({ ...inbox, uids, to: archive.mailbox }, AbortSignal.abort()),
      'a move that was aborted',
    )
    w.check.equal([await w.uids(inbox), await w.uids(archive)], [uids, []], 'source and target')
  }),

  law('move/there-and-back-again', 'RFC 6851 §3.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const wire = octets('Subject: traveller\r\n\r\nsame\r\n')
    const [first = 0] = await w.append(inbox, { wire })
    await w.store.move({ ...inbox, uids: list([first]), to: archive.mailbox }, NEVER)
    await w.store.move({ ...archive, uids: list(await w.uids(archive)), to: inbox.mailbox }, NEVER)
    const [last = 0] = await w.uids(inbox)
    w.check.ok(last > first, 'it comes back under a new UID')
    w.check.equal(await w.read(inbox, last), wire, 'octets')
    w.check.equal(await w.uids(archive), [], 'nothing stays behind')
  }),
]
