import { INBOX, type MailboxRef, modSeq, uid } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, nameOf, type World } from '../world.js'

/** DELETE: a mailbox, its messages, and nothing more. */
export const deleteLaws: readonly ComplianceCase[] = [
  law('delete/mailbox-and-messages-are-gone', 'RFC 9051 §6.3.5', async (w) => {
    const work = await w.create('Work')
    await w.append(work, {}, {})
    await w.delete('Work')
    w.check.equal(await w.names(), ['INBOX'], 'names')
    await answersNothing(w, work)
    const again = await w.create('Work')
    w.check.ok(again.mailbox !== work.mailbox, 'a new mailbox of that name has an id of its own')
    w.check.equal(await w.uids(again), [], 'and none of the messages')
    await answersNothing(w, work)
  }),

  law('delete/of-what-is-not-there', 'RFC 9051 §6.3.5', async (w) => {
    const result = await w.store.deleteMailbox({ account: w.alice, name: nameOf('Nowhere') }, NEVER)
    w.check.kind(result, 'noSuchMailbox', 'deleting nothing')
  }),

  law('delete/of-inbox-is-refused', 'RFC 9051 §6.3.5', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {})
    w.check.kind(await w.store.deleteMailbox({ account: w.alice, name: INBOX }, NEVER), 'denied', 'deleting INBOX')
    w.check.equal((await w.uids(inbox)).length, 1, 'messages of INBOX')
  }),

  law('delete/with-children-leaves-a-level', 'RFC 9051 §6.3.5', async (w) => {
    if (!(await w.hasLevels())) return
    const parent = await w.create('a')
    const child = await w.create('a/b')
    const before = (await w.snapshot(parent)).uidValidity
    await w.append(parent, {})
    await w.append(child, {})
    await w.delete('a')
    w.check.ok((await w.find('a'))?.isSelectable !== true, 'it cannot be selected any more')
    w.check.equal((await w.uids(child)).length, 1, 'messages of the child')
    await answersNothing(w, parent)
    const again = await w.create('a')
    w.check.equal(await w.uids(again), [], 'made again, it is empty')
    w.check.ok((await w.snapshot(again)).uidValidity > before, 'and has a greater UIDVALIDITY')
  }),

  law('delete/a-level-with-children-is-refused', 'RFC 9051 §6.3.5', async (w) => {
    if (!(await w.hasLevels())) return
    await w.create('a')
    const child = await w.create('a/b')
    await w.delete('a')
    const result = await w.store.deleteMailbox({ account: w.alice, name: nameOf('a') }, NEVER)
    w.check.kind(result, 'hasChildren', 'deleting a level that is only a level')
    w.check.equal((await w.find('a/b'))?.id, child.mailbox, 'the child')
  }),

  law('delete/a-child-leaves-its-parent', 'RFC 9051 §6.3.5', async (w) => {
    if (!(await w.hasLevels())) return
    const parent = await w.create('a')
    await w.create('a/b')
    await w.create('ab')
    await w.append(parent, {})
    await w.delete('a/b')
    w.check.equal(await w.names(), ['INBOX', 'a', 'ab'], 'names')
    w.check.equal((await w.uids(parent)).length, 1, 'messages of the parent')
  }),

  law('delete/leaves-copies-elsewhere', 'RFC 9051 §6.3.5', async (w) => {
    const work = await w.create('Work')
    const inbox = await w.inbox()
    const uids = await w.append(work, { wire: 'A: b\r\n\r\nkept\r\n' })
    await w.store.copy({ ...work, uids: list(uids), to: inbox.mailbox }, NEVER)
    await w.delete('Work')
    w.check.equal((await w.read(inbox, (await w.uids(inbox))[0] ?? 0)).length, 14, 'octets of the copy')
  }),

  law('delete/aborted-beforehand-deletes-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    const work = await w.create('Work')
    await w.append(work, {})
    await w.check.rejects(
      w.store.deleteMailbox({ account: w.alice, name: nameOf('Work') }, AbortSignal.abort()),
      'a deletion that was aborted',
    )
    w.check.equal((await w.uids(work)).length, 1, 'messages')
  }),
]

/** A deleted mailbox's id names nothing, whatever is asked. */
async function answersNothing(w: World, at: MailboxRef): Promise<void> {
  const answers = [
    await w.store.snapshot(at, NEVER),
    await w.store.changesSince({ ...at, modSeq: modSeq(1) }, NEVER),
    await w.store.claimRecent(at, NEVER),
    await w.store.fetch({ ...at, uids: list([1]), fields: ['flags'], cursor: null }, NEVER),
    await w.store.body({ ...at, uid: uid(1) }, NEVER),
    await w.store.expunge({ ...at, uids: list([1]), regardless: true }, NEVER),
  ]
  for (const answer of answers) w.check.equal(answer.kind, 'noSuchMailbox', 'the answer of a deleted mailbox')
}
