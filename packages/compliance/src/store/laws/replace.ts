import {
  type Arrival,
  DELETED,
  FLAGGED,
  type MailboxRef,
  type MailStore,
  SEEN,
  type StagedId,
  stagedId,
  uid,
} from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, NO_MAILBOX, octets, SOME_DATE, type World } from '../world.js'
import { viewOf } from './session.js'

/** REPLACE: an append and an expunge in one step. */
export const replaceLaws: readonly ComplianceCase[] = [
  law('replace/within-one-mailbox', 'RFC 8508 §3.4', async (w) => {
    const inbox = await w.inbox()
    const [one = 0, two = 0, three = 0] = await w.append(
      inbox,
      {},
      { system: SEEN | DELETED, keywords: ['old'] },
      { system: DELETED },
    )
    const before = await w.snapshot(inbox)
    const wire = octets('Subject: new\r\n\r\nversion\r\n')
    const staged = await w.stage(wire)
    const result = await replace(w, inbox, two, inbox, staged, {
      flags: { system: FLAGGED, keywords: [] },
      internalDate: SOME_DATE + 7_000,
    })
    const replaced = w.check.kind(result, 'replaced', 'a message is replaced')
    w.check.equal(
      await w.uids(inbox),
      [one, three, replaced.uid],
      'the others stay, whatever their flags; the new one stands at the end',
    )
    w.check.equal(
      (await w.rows(inbox))[2],
      { uid: replaced.uid, system: FLAGGED, keywords: [] },
      'nothing is inherited (§1)',
    )
    w.check.equal(await w.number(inbox, replaced.uid, 'internalDate'), SOME_DATE + 7_000, 'internal date')
    w.check.equal(await w.read(inbox, replaced.uid), wire, 'octets')
    w.check.equal(replaced.uidValidity, before.uidValidity, 'UIDVALIDITY')
    const changes = await w.changes(inbox, before.highestModSeq)
    w.check.equal(changes.messages.uids, [replaced.uid], 'the new message is told')
    w.check.ok(changes.vanished.includes(two), 'the old one is told to have vanished')
    w.check.kind(await w.store.staged({ staged }, NEVER), 'staged', 'the message stays staged')
  }),

  law('replace/into-another-mailbox', 'RFC 8508 §3.4', async (w) => {
    const drafts = await w.create('Drafts')
    const sent = await w.create('Sent')
    const [draft = 0] = await w.append(drafts, {})
    await w.append(sent, {})
    const wire = octets('Subject: sent\r\n\r\n')
    const result = await replace(w, drafts, draft, sent, await w.stage(wire))
    const replaced = w.check.kind(result, 'replaced', 'a message is replaced')
    w.check.equal(await w.uids(drafts), [], 'the old one is gone')
    w.check.equal((await w.uids(sent)).at(-1), replaced.uid, 'the new one is there')
    w.check.equal(await w.read(sent, replaced.uid), wire, 'octets')
    w.check.equal(replaced.uidValidity, (await w.snapshot(sent)).uidValidity, 'UIDVALIDITY of the target')
  }),

  law('replace/what-is-refused-changes-nothing', 'RFC 8508 §3.4', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const [there = 0, gone = 0] = await w.append(inbox, {}, {})
    await w.expunge(inbox, [gone])
    const staged = await w.stage(w.someWire())
    const views = async () => [viewOf(await w.snapshot(inbox)), viewOf(await w.snapshot(archive))]
    const before = await views()
    const nowhere = { account: w.alice, mailbox: NO_MAILBOX }
    w.check.kind(await replace(w, nowhere, there, inbox, staged), 'noSuchMailbox', 'no source')
    w.check.kind(await replace(w, inbox, there, nowhere, staged), 'noSuchTarget', 'no target')
    w.check.kind(await replace(w, inbox, gone, archive, staged), 'noSuchMessage', 'a message that was expunged')
    w.check.kind(await replace(w, inbox, gone + 1, inbox, staged), 'noSuchMessage', 'a message that never was')
    w.check.kind(await replace(w, inbox, there, inbox, stagedId('nothing')), 'noSuchStaged', 'nothing staged')
    await w.check.rejects(
      w.store.replace({ ...inbox, uid: uid(there), to: inbox.mailbox, message: arrival(staged) }, AbortSignal.abort()),
      'a replacement that was aborted',
    )
    w.check.equal(await views(), before, 'both mailboxes')
  }),

  law('replace/happens-once', 'RFC 8508 §3.4', async (w) => {
    const inbox = await w.inbox()
    const [old = 0] = await w.append(inbox, {})
    const staged = await w.stage(w.someWire())
    const results = await Promise.all(Array.from({ length: 4 }, () => replace(w, inbox, old, inbox, staged)))
    const kinds = results.map((result) => result.kind).sort()
    w.check.equal(kinds, ['noSuchMessage', 'noSuchMessage', 'noSuchMessage', 'replaced'], 'one of four at a time')
    w.check.equal((await w.uids(inbox)).length, 1, 'one message')
  }),

  law('replace/outlives-a-reopen', 'RFC 8508 §3.4', async (w) => {
    const inbox = await w.inbox()
    const [first = 0, old = 0] = await w.append(inbox, {}, {})
    const staged = await w.stage(w.someWire())
    const { uid: added } = w.check.kind(
      await replace(w, inbox, old, inbox, staged),
      'replaced',
      'a message is replaced',
    )
    if (!w.store.supports.durable) return
    await w.reopen()
    w.check.equal(await w.uids(await w.inbox()), [first, added], 'the same UIDs')
  }),
]

function arrival(staged: StagedId): Arrival {
  return { staged, flags: { system: 0, keywords: [] }, internalDate: SOME_DATE }
}

function replace(
  w: World,
  from: MailboxRef,
  of: number,
  to: MailboxRef,
  staged: StagedId,
  also: Partial<Arrival> = {},
): ReturnType<MailStore['replace']> {
  const message = { ...arrival(staged), ...also }
  return w.store.replace({ ...from, uid: uid(of), to: to.mailbox, message }, NEVER)
}
