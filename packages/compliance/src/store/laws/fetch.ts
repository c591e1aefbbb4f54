import { FLAGGED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { rowsOf } from '../rows.js'
import { law, list, NEVER, NO_MAILBOX, SOME_DATE } from '../world.js'

/** Columns of messages, in pages. */
export const fetchLaws: readonly ComplianceCase[] = [
  law('fetch/pages-make-the-whole-in-order', 'MailStore.fetch', async (w) => {
    const inbox = await w.inbox()
    await w.fill(inbox, 1_200, { wire: 'A: b\r\n\r\n' })
    await w.fill(inbox, 1_300, { wire: 'A: bc\r\n\r\n', system: SEEN })
    const snapshot = await w.snapshot(inbox)
    const { uids, pages } = await w.fetch(inbox, snapshot.messages.uids, ['flags', 'octets', 'modSeq'])
    w.check.equal(uids, snapshot.messages.uids, 'all UIDs, ascending')
    const octets = pages.flatMap((page) => Array.from(page.octets ?? []))
    w.check.equal(octets, [...new Array(1_200).fill(8), ...new Array(1_300).fill(9)], 'octets')
    const rows = pages.flatMap((page) => (page.flags === undefined ? [] : rowsOf(page.flags)))
    w.check.equal(rows, rowsOf(snapshot.messages), 'flags')
    w.check.equal(pages.flatMap((page) => Array.from(page.modSeqs ?? [])).length, 2_500, 'mod-sequences')
  }),

  law('fetch/only-what-was-asked-for', 'FetchPage', async (w) => {
    const inbox = await w.inbox()
    const uids = list(await w.append(inbox, {}, {}))
    const columns = {
      flags: 'flags',
      octets: 'octets',
      internalDate: 'internalDates',
      modSeq: 'modSeqs',
      digest: 'digests',
    } as const
    for (const field of ['flags', 'octets', 'internalDate', 'modSeq', 'digest'] as const) {
      const { pages } = await w.fetch(inbox, uids, [field])
      for (const page of pages) {
        const present = Object.values(columns).filter((column) => page[column] !== undefined)
        w.check.equal(present, [columns[field]], `columns when ${field} is asked for`)
      }
    }
    const bare = await w.fetch(inbox, uids, [])
    w.check.equal(bare.uids, uids, 'UIDs alone')
  }),

  law('fetch/columns-are-parallel', 'FetchPage', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(
      inbox,
      { wire: 'A: 1\r\n\r\n', date: SOME_DATE },
      { wire: '\r\n', system: FLAGGED, date: 1_000 },
      {},
    )
    for (const page of (await w.fetch(inbox, uids, ['flags', 'octets', 'internalDate', 'modSeq', 'digest'])).pages) {
      w.check.equal(page.flags?.uids, page.uids, 'UIDs of the flags')
      for (const column of [page.flags?.system, page.octets, page.internalDates, page.modSeqs, page.digests]) {
        w.check.equal(column?.length, page.uids.length, 'length of a column')
      }
      w.check.equal(
        page.octets,
        page.digests?.map((digest) => digest.octets),
        'octets in column and digest',
      )
    }
  }),

  law('fetch/missing-uids-are-skipped', 'RFC 9051 §6.4.9', async (w) => {
    const inbox = await w.inbox()
    const [one = 0, two = 0, three = 0] = await w.append(inbox, {}, {}, {})
    await w.expunge(inbox, [two])
    const { uids, pages } = await w.fetch(inbox, [one, two, three, three + 7, 0xffffffff], ['octets'])
    w.check.equal(uids, [one, three], 'UIDs that exist')
    w.check.equal(pages.flatMap((page) => Array.from(page.octets ?? [])).length, 2, 'octets of those')
    w.check.equal((await w.fetch(inbox, [two], ['flags'])).uids, [], 'none')
    w.check.equal((await w.fetch(inbox, [], ['flags'])).uids, [], 'none asked for')
  }),

  law('fetch/survives-changes-between-pages', 'MailStore.fetch', async (w) => {
    const inbox = await w.inbox()
    const all = await w.fill(inbox, 2_500)
    const uids = list(all)
    const seen: number[] = []
    let cursor: number | null = null
    let turn = 0
    do {
      const answer = await w.store.fetch({ ...inbox, uids, fields: ['flags'], cursor }, NEVER)
      const page: Extract<typeof answer, { kind: 'page' }> = w.check.kind(answer, 'page', 'a page')
      seen.push(...page.uids)
      cursor = page.cursor
      // What comes next loses its first message, and the mailbox gets a new one.
      const rest = all.filter((uid) => uid > (seen.at(-1) ?? 0))
      if (turn === 0 && rest.length > 0) await w.expunge(inbox, rest.slice(0, 1))
      await w.append(inbox, {})
      turn++
    } while (cursor !== null && turn < 3_000)
    w.check.ok(
      seen.every((uid, at) => at === 0 || uid > (seen[at - 1] ?? 0)),
      'UIDs ascend across pages, none twice',
    )
    const there = new Set(await w.uids(inbox))
    const told = new Set(seen)
    w.check.ok(
      all.every((uid) => told.has(uid) || !there.has(uid)),
      'every message that stayed was told',
    )
  }),

  law('fetch/of-no-mailbox', 'MailStore.fetch', async (w) => {
    const args = { account: w.alice, mailbox: NO_MAILBOX, uids: list([1]), fields: ['flags'], cursor: null } as const
    w.check.kind(await w.store.fetch(args, NEVER), 'noSuchMailbox', 'fetch in no mailbox')
  }),
]
