import { uid } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, nameOf } from '../world.js'

/** One account never sees another's mail. */
export const accountLaws: readonly ComplianceCase[] = [
  law('accounts/mailboxes-and-subscriptions-are-apart', 'MailStore', async (w) => {
    await w.create('Hers', w.alice)
    await w.create('Both', w.alice)
    await w.create('Both', w.bob)
    await w.subscribe('Both')
    w.check.equal(
      [await w.names(w.alice), await w.names(w.bob)],
      [
        ['Both', 'Hers', 'INBOX'],
        ['Both', 'INBOX'],
      ],
      'names',
    )
    w.check.equal((await w.find('Both', w.bob))?.isSubscribed, false, 'his subscription')
    const result = await w.store.deleteMailbox({ account: w.bob, name: nameOf('Hers') }, NEVER)
    w.check.kind(result, 'noSuchMailbox', 'he cannot delete hers')
    await w.delete('Both')
    w.check.ok((await w.names(w.bob)).includes('Both'), 'his own mailbox stays')
  }),

  law('accounts/messages-are-apart', 'MailStore', async (w) => {
    const hers = await w.inbox(w.alice)
    const his = await w.inbox(w.bob)
    const uids = await w.append(hers, {}, {})
    w.check.equal(await w.uids(his), [], 'his INBOX')
    await w.append(his, {})
    await w.expunge(hers, uids)
    w.check.equal((await w.uids(his)).length, 1, 'his INBOX after hers was emptied')
  }),

  law('accounts/an-id-is-nothing-to-another-account', 'MailStore', async (w) => {
    const hers = await w.create('Hers', w.alice)
    await w.append(hers, {})
    const his = await w.inbox(w.bob)
    const uids = list(await w.append(his, {}))
    // Ids are unique within an account only, so hers may by chance be one of his own: then it is his mailbox.
    if ((await w.entries(w.bob)).some((entry) => entry.id === hers.mailbox)) return
    const crossed = { account: w.bob, mailbox: hers.mailbox }
    w.check.kind(await w.store.snapshot(crossed, NEVER), 'noSuchMailbox', 'a snapshot')
    w.check.kind(await w.store.body({ ...crossed, uid: uid(1) }, NEVER), 'noSuchMailbox', 'a body')
    w.check.kind(await w.store.copy({ ...his, uids, to: hers.mailbox }, NEVER), 'noSuchTarget', 'a copy')
    w.check.kind(await w.store.move({ ...his, uids, to: hers.mailbox }, NEVER), 'noSuchTarget', 'a move')
    w.check.equal([(await w.uids(hers)).length, (await w.uids(his)).length], [1, 1], 'messages')
  }),
]
