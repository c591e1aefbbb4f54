import { DELETED, FLAGGED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { ALL_ITEMS, law, list, NEVER, NO_MAILBOX } from '../world.js'
import { agreesWithSnapshot } from './agreement.js'

/** STATUS: counts that agree with what is there. */
export const statusLaws: readonly ComplianceCase[] = [
  law('status/agrees-with-the-snapshot', 'RFC 9051 §6.3.11', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const both = async (): Promise<void> => {
      await agreesWithSnapshot(w, inbox)
      await agreesWithSnapshot(w, archive)
    }
    await both()
    const uids = await w.append(
      inbox,
      { system: SEEN },
      { system: DELETED },
      { system: SEEN | DELETED },
      {},
      { system: FLAGGED },
    )
    await both()
    await w.flag(inbox, uids.slice(2), { mode: 'add', flags: { system: SEEN, keywords: [] } })
    await both()
    await w.flag(inbox, uids.slice(0, 2), { mode: 'replace', flags: { system: DELETED, keywords: [] } })
    await both()
    await w.store.copy({ ...inbox, uids: list(uids.slice(0, 3)), to: archive.mailbox }, NEVER)
    await both()
    await w.store.move({ ...inbox, uids: list(uids.slice(1, 4)), to: archive.mailbox }, NEVER)
    await both()
    await w.store.expunge({ ...archive, uids: list(await w.uids(archive)), regardless: false }, NEVER)
    await both()
    await w.expunge(inbox, await w.uids(inbox))
    await both()
  }),

  law('status/only-what-was-asked-for', 'MailboxStatus', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {})
    for (const item of ALL_ITEMS) {
      w.check.equal(Object.keys(await w.status(inbox, [item])).sort(), ['mailbox', item].sort(), `status of ${item}`)
    }
    w.check.equal(Object.keys(await w.status(inbox, [])), ['mailbox'], 'status of nothing')
  }),

  law('status/several-at-once-without-those-that-are-gone', 'RFC 5819 §2', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const gone = await w.create('Gone')
    await w.append(inbox, {})
    await w.append(archive, {}, {})
    await w.delete('Gone')
    const mailboxes = [archive.mailbox, gone.mailbox, NO_MAILBOX, inbox.mailbox]
    const { statuses } = await w.store.status({ account: w.alice, mailboxes, items: ['messages'] }, NEVER)
    const counts = new Map(statuses.map((status) => [status.mailbox, status.messages]))
    w.check.equal(statuses.length, 2, 'those that are gone are left out')
    w.check.equal([counts.get(inbox.mailbox), counts.get(archive.mailbox)], [1, 2], 'messages of each')
  }),
]
