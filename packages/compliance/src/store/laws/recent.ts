import type { MailboxRef } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, NO_MAILBOX, type World } from '../world.js'

/** `\Recent`: told to one session, once. */
export const recentLaws: readonly ComplianceCase[] = [
  law('recent/claimed-once', 'RFC 3501 §2.3.2', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    w.check.ok((await claim(w, inbox)) <= (uids[0] ?? 0), 'the first claim covers all')
    w.check.ok((await claim(w, inbox)) > (uids[1] ?? 0), 'the second claim covers none of them')
  }),

  law('recent/new-arrivals-are-claimed-anew', 'RFC 3501 §2.3.2', async (w) => {
    const inbox = await w.inbox()
    const [first = 0] = await w.append(inbox, {})
    await claim(w, inbox)
    const [second = 0] = await w.append(inbox, {})
    const from = await claim(w, inbox)
    w.check.ok(from > first && from <= second, `a claim from ${from} covers ${second} and not ${first}`)
  }),

  law('recent/status-counts-what-is-unclaimed', 'RFC 3501 §6.3.10', async (w) => {
    const inbox = await w.inbox()
    const recent = async (): Promise<number | undefined> => (await w.status(inbox, ['recent'])).recent
    w.check.equal(await recent(), 0, 'in an empty mailbox')
    const uids = await w.append(inbox, {}, {}, {})
    w.check.equal(await recent(), 3, 'after three arrivals')
    await w.expunge(inbox, uids.slice(0, 1))
    w.check.equal(await recent(), 2, 'after one was expunged')
    w.check.equal(await recent(), 2, 'looking claims nothing')
    await claim(w, inbox)
    w.check.equal(await recent(), 0, 'after the claim')
    await w.expunge(inbox, uids.slice(1, 2))
    await w.append(inbox, {})
    w.check.equal(await recent(), 1, 'after another arrival')
  }),

  law('recent/copies-are-recent-in-their-target', 'RFC 3501 §6.4.7', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = list(await w.append(inbox, {}, {}))
    await claim(w, inbox)
    await w.store.copy({ ...inbox, uids, to: archive.mailbox }, NEVER)
    w.check.equal((await w.status(archive, ['recent'])).recent, 2, 'copies')
    await claim(w, archive)
    await w.store.move({ ...inbox, uids, to: archive.mailbox }, NEVER)
    w.check.equal((await w.status(archive, ['recent'])).recent, 2, 'moved messages')
    w.check.equal((await w.status(inbox, ['recent'])).recent, 0, 'none is left behind')
  }),

  law('recent/of-no-mailbox', 'MailStore.claimRecent', async (w) => {
    const result = await w.store.claimRecent({ account: w.alice, mailbox: NO_MAILBOX }, NEVER)
    w.check.kind(result, 'noSuchMailbox', 'a claim in no mailbox')
  }),
]

async function claim(w: World, at: MailboxRef): Promise<number> {
  return w.check.kind(await w.store.claimRecent(at, NEVER), 'recent', 'recent messages are claimed').from
}
