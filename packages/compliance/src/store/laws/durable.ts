import { ANSWERED, FLAGGED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, octets, SOME_DATE, type World } from '../world.js'
import { followed, viewOf } from './session.js'

/** What a reopen keeps. A store that is not durable must come back as empty as one never used. */
export const durableLaws: readonly ComplianceCase[] = [
  durableLaw('reopen/keeps-messages-as-they-were', 'MailStore.append', async (w) => {
    const inbox = await w.inbox()
    const wire = octets('Subject: kept\r\n\r\n8-bit \xe4\0\nend')
    const [first = 0, second = 0, third = 0] = await w.append(
      inbox,
      { wire, system: SEEN },
      {},
      { date: SOME_DATE - 60_000 },
    )
    await w.flag(inbox, [second], { mode: 'add', flags: { system: FLAGGED | ANSWERED, keywords: [] } })
    const before = await w.snapshot(inbox)
    const digests = (await w.fetch(inbox, [first, second, third], ['digest'])).pages.flatMap(
      (page) => page.digests ?? [],
    )
    await w.reopen()
    w.check.equal(await w.inbox(), inbox, 'id of INBOX')
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'snapshot')
    w.check.equal(await w.read(inbox, first), wire, 'octets')
    w.check.equal(await w.number(inbox, third, 'internalDate'), SOME_DATE - 60_000, 'internal date')
    const after = (await w.fetch(inbox, [first, second, third], ['digest'])).pages.flatMap((page) => page.digests ?? [])
    w.check.equal(after, digests, 'digests')
  }),

  durableLaw('reopen/keeps-keywords-and-their-spelling', 'RFC 9051 §2.3.2', async (w) => {
    if (!(await w.hasKeywords())) return
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { keywords: ['$Forwarded', 'Work'] }, {})
    await w.reopen()
    await w.flag(inbox, uids.slice(1), { mode: 'add', flags: { system: 0, keywords: ['WORK'] } })
    w.check.equal(
      (await w.rows(inbox)).map((row) => row.keywords),
      [['$Forwarded', 'Work'], ['Work']],
      'keywords',
    )
  }),

  durableLaw('reopen/uids-are-not-reused', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    await w.expunge(inbox, uids)
    await w.reopen()
    const [next = 0] = await w.append(inbox, {})
    w.check.ok(next > Math.max(...uids), 'the UID after a reopen exceeds those of expunged messages')
  }),

  durableLaw('reopen/uidvalidity-stays-and-a-recreated-name-gets-a-greater-one', 'RFC 9051 §6.3.4', async (w) => {
    const work = await w.create('Work')
    const { uidValidity } = await w.snapshot(work)
    await w.reopen()
    w.check.equal((await w.snapshot(work)).uidValidity, uidValidity, 'UIDVALIDITY')
    await w.delete('Work')
    await w.reopen()
    const again = (await w.snapshot(await w.create('Work'))).uidValidity
    w.check.ok(again > uidValidity, `UIDVALIDITY ${again} of the new mailbox exceeds ${uidValidity}`)
  }),

  durableLaw('reopen/keeps-names-ids-special-use-and-subscriptions', 'MailStore.mailboxes', async (w) => {
    await w.create('Work')
    await w.create('Gesendet', w.alice, 'Sent')
    await w.subscribe('Gesendet')
    await w.subscribe('Not there')
    if (w.store.supports.hierarchy) await w.create('a/b/c')
    const before = await w.store.mailboxes({ account: w.alice }, NEVER)
    const entries = await w.entries()
    await w.reopen()
    w.check.equal(await w.entries(), entries, 'mailboxes')
    const after = await w.store.mailboxes({ account: w.alice }, NEVER)
    w.check.equal([...after.subscribedOnly], [...before.subscribedOnly], 'subscriptions without a mailbox')
  }),

  durableLaw('reopen/changes-reach-back-before-it', 'RFC 7162 §3.2.5', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, {}, {})
    const start = await w.snapshot(inbox)
    await w.expunge(inbox, uids.slice(0, 2))
    await w.flag(inbox, uids.slice(3), { mode: 'add', flags: { system: SEEN, keywords: [] } })
    await w.append(inbox, {})
    await w.reopen()
    const changes = await w.changes(inbox, start.highestModSeq)
    w.check.equal(viewOf(followed(w.check, start, changes)), viewOf(await w.snapshot(inbox)), 'snapshot and changes')
    for (const gone of uids.slice(0, 2)) w.check.ok(changes.vanished.includes(gone), `${gone} is told to have vanished`)
  }),

  durableLaw('reopen/mod-sequences-go-on', 'RFC 7162 §3.1', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const before = await w.snapshot(inbox)
    const own = await w.number(inbox, uids[0] ?? 0, 'modSeq')
    await w.reopen()
    w.check.equal((await w.snapshot(inbox)).highestModSeq, before.highestModSeq, 'HIGHESTMODSEQ')
    w.check.equal(await w.number(inbox, uids[0] ?? 0, 'modSeq'), own, 'mod-sequence of a message')
    await w.flag(inbox, uids, { mode: 'add', flags: { system: SEEN, keywords: [] } })
    w.check.ok((await w.number(inbox, uids[0] ?? 0, 'modSeq')) > before.highestModSeq, 'a change after it counts on')
  }),

  durableLaw('reopen/recent-stays-claimed', 'RFC 3501 §2.3.2', async (w) => {
    const inbox = await w.inbox()
    const [first = 0] = await w.append(inbox, {})
    await w.store.claimRecent(inbox, NEVER)
    const [second = 0] = await w.append(inbox, {})
    await w.reopen()
    w.check.equal((await w.status(inbox, ['recent'])).recent, 1, 'recent messages')
    const claim = w.check.kind(await w.store.claimRecent(inbox, NEVER), 'recent', 'a claim')
    w.check.ok(claim.from > first && claim.from <= second, 'the claim covers what came after the last one')
  }),

  durableLaw('reopen/many-times', 'MailStore', async (w) => {
    const inbox = await w.inbox()
    const all: number[] = []
    for (let round = 0; round < 5; round++) {
      all.push(...(await w.append(inbox, { wire: `A: ${round}\r\n\r\n` })))
      await w.reopen()
    }
    w.check.equal(await w.uids(inbox), all, 'messages')
  }),

  law('reopen/a-store-that-is-not-durable-forgets', 'StoreAbilities.durable', async (w) => {
    if (w.store.supports.durable) return
    const inbox = await w.inbox()
    await w.append(inbox, {})
    await w.create('Work')
    await w.subscribe('Work')
    await w.reopen()
    w.check.equal(await w.names(), ['INBOX'], 'names')
    w.check.equal(await w.uids(await w.inbox()), [], 'messages')
    w.check.equal((await w.store.mailboxes({ account: w.alice }, NEVER)).subscribedOnly, [], 'subscriptions')
  }),
]

function durableLaw(id: string, source: string, prove: (w: World) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (w.store.supports.durable) await prove(w)
  })
}
