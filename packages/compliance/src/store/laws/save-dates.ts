import type { FetchPage, MailboxRef } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, SOME_DATE, type World } from '../world.js'

const HOUR = 3_600_000
/** The least precision a store may keep. */
const SECOND = 1_000

/** When a message came into its mailbox. A store that does not know has no such column. */
export const saveDateLaws: readonly ComplianceCase[] = [
  saveDateLaw('saved/of-the-append', 'RFC 8514 §2', async (w) => {
    const inbox = await w.inbox()
    const before = w.fixture.clock.date()
    const uids = await w.append(inbox, { date: SOME_DATE }, { date: SOME_DATE })
    for (const saved of await saveDates(w, inbox, uids)) {
      w.check.ok(Math.abs(saved - before) <= SECOND, 'saved when it was appended, whatever its internal date')
    }
  }),

  saveDateLaw('saved/of-the-copy', 'RFC 8514 §2', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = await w.append(inbox, {})
    const [original = 0] = await saveDates(w, inbox, uids)
    w.fixture.clock.advance(HOUR)
    await w.store.copy({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    const [copy = 0] = await saveDates(w, archive, await w.uids(archive))
    w.check.ok(Math.abs(copy - original - HOUR) <= SECOND, 'a copy is saved when it is made')
    w.check.equal(await saveDates(w, inbox, uids), [original], 'the original was saved before')
    w.fixture.clock.advance(HOUR)
    await w.store.move({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER)
    const [, moved = 0] = await saveDates(w, archive, await w.uids(archive))
    w.check.ok(Math.abs(moved - original - 2 * HOUR) <= SECOND, 'and so is what was moved')
  }),

  saveDateLaw('saved/stay-when-flags-change', 'RFC 8514 §2', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const before = await saveDates(w, inbox, uids)
    w.fixture.clock.advance(HOUR)
    await w.flag(inbox, uids, { mode: 'add', flags: { system: 1, keywords: [] } })
    w.check.equal(await saveDates(w, inbox, uids), before, 'save dates')
  }),
]

function saveDateLaw(id: string, source: string, prove: (w: World) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (w.store.supports.saveDates === true) return prove(w)
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {})
    for (const page of await pagesOf(w, inbox, uids)) {
      w.check.equal(page.saveDates, undefined, 'a store without save dates tells none')
    }
  })
}

async function saveDates(w: World, at: MailboxRef, uids: readonly number[]): Promise<number[]> {
  const found = (await pagesOf(w, at, uids)).flatMap((page) => Array.from(page.saveDates ?? []))
  w.check.equal(found.length, uids.length, 'each message has a save date')
  return found
}

async function pagesOf(w: World, at: MailboxRef, uids: readonly number[]): Promise<FetchPage[]> {
  return (await w.fetch(at, uids, ['saveDate'])).pages
}
