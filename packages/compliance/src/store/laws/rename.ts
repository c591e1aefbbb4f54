import { INBOX, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, nameOf } from '../world.js'
import { viewOf } from './session.js'

/** RENAME: names change, nothing else does. */
export const renameLaws: readonly ComplianceCase[] = [
  law('rename/keeps-id-uids-and-uidvalidity', 'RFC 8474 §4, RFC 9051 §6.3.6', async (w) => {
    const work = await w.create('Work')
    const uids = await w.append(work, { system: SEEN, wire: 'A: b\r\n\r\nmoved\r\n' }, {})
    const before = await w.snapshot(work)
    await w.rename('Work', 'Play')
    w.check.equal(await w.names(), ['INBOX', 'Play'], 'names')
    w.check.equal((await w.find('Play'))?.id, work.mailbox, 'id')
    w.check.equal(viewOf(await w.snapshot(work)), viewOf(before), 'messages and UIDVALIDITY')
    w.check.equal((await w.read(work, uids[0] ?? 0)).length, 15, 'octets')
    await w.append(work, {})
    w.check.equal((await w.uids(work)).length, 3, 'it goes on under the new name')
  }),

  law('rename/moves-the-children', 'RFC 9051 §6.3.6', async (w) => {
    if (!(await w.hasLevels())) return
    await w.create('a')
    const child = await w.create('a/b')
    const grandchild = await w.create('a/b/c')
    await w.append(grandchild, {})
    // Names that only begin alike are no children.
    for (const name of ['ab', 'a-b', 'b']) await w.create(name)
    await w.rename('a', 'x')
    w.check.equal(await w.names(), ['INBOX', 'a-b', 'ab', 'b', 'x', 'x/b', 'x/b/c'], 'names')
    w.check.equal((await w.find('x/b'))?.id, child.mailbox, 'id of the child')
    w.check.equal((await w.find('x/b/c'))?.id, grandchild.mailbox, 'id of the grandchild')
    w.check.equal((await w.uids(grandchild)).length, 1, 'messages of the grandchild')
  }),

  law('rename/into-levels-that-are-not-there-yet', 'RFC 9051 §6.3.6', async (w) => {
    if (!(await w.hasLevels())) return
    const work = await w.create('Work')
    await w.append(work, {})
    await w.rename('Work', 'Old/2019/Work')
    w.check.equal((await w.find('Old/2019/Work'))?.id, work.mailbox, 'id')
    w.check.equal((await w.uids(work)).length, 1, 'messages')
    await w.rename('Old/2019/Work', 'Work')
    w.check.equal((await w.find('Work'))?.id, work.mailbox, 'and back again')
  }),

  law('rename/a-level-that-holds-no-messages', 'MailStore.renameMailbox', async (w) => {
    if (!(await w.hasLevels())) return
    const child = await w.create('a/b')
    await w.append(child, {})
    await w.rename('a', 'x')
    w.check.equal((await w.find('x/b'))?.id, child.mailbox, 'its child went along')
    w.check.equal(await w.find('a/b'), undefined, 'and is not at its old place')
    w.check.equal((await w.uids(child)).length, 1, 'messages')
  }),

  law('rename/onto-what-exists-is-refused', 'RFC 9051 §6.3.6', async (w) => {
    const from = await w.create('From')
    const to = await w.create('To')
    await w.append(from, {})
    await w.append(to, {}, {})
    for (const name of ['To', 'From', 'INBOX']) {
      const args = { account: w.alice, from: nameOf('From'), to: nameOf(name) }
      w.check.kind(await w.store.renameMailbox(args, NEVER), 'exists', `renaming From to ${name}`)
    }
    w.check.equal(await w.names(), ['From', 'INBOX', 'To'], 'names')
    w.check.equal([(await w.uids(from)).length, (await w.uids(to)).length], [1, 2], 'messages')
  }),

  law('rename/never-overwrites-a-child', 'RFC 9051 §6.3.6', async (w) => {
    if (!(await w.hasLevels())) return
    await w.create('a')
    const mine = await w.create('a/same')
    const theirs = await w.create('x/same')
    await w.append(mine, {})
    await w.append(theirs, {}, {})
    const result = await w.store.renameMailbox({ account: w.alice, from: nameOf('a'), to: nameOf('x') }, NEVER)
    w.check.ok(
      result.kind === 'exists' || result.kind === 'denied',
      `a rename that would overwrite is refused, found ${result.kind}`,
    )
    w.check.equal((await w.find('a/same'))?.id, mine.mailbox, 'the one child')
    w.check.equal((await w.find('x/same'))?.id, theirs.mailbox, 'the other child')
    w.check.equal([(await w.uids(mine)).length, (await w.uids(theirs)).length], [1, 2], 'messages')
  }),

  law('rename/under-itself-is-refused', 'RFC 9051 §6.3.6', async (w) => {
    if (!(await w.hasLevels())) return
    const a = await w.create('a')
    await w.create('a/b')
    const result = await w.store.renameMailbox({ account: w.alice, from: nameOf('a'), to: nameOf('a/b/c') }, NEVER)
    w.check.kind(result, 'denied', 'renaming a to a/b/c')
    w.check.equal((await w.find('a'))?.id, a.mailbox, 'it stays')
    w.check.ok((await w.names()).includes('a/b'), 'its child stays')
  }),

  law('rename/of-what-is-not-there', 'RFC 9051 §6.3.6', async (w) => {
    const args = { account: w.alice, from: nameOf('Nowhere'), to: nameOf('Somewhere') }
    w.check.kind(await w.store.renameMailbox(args, NEVER), 'noSuchMailbox', 'renaming nothing')
    w.check.equal(await w.names(), ['INBOX'], 'names')
  }),

  law('rename/of-inbox-is-refused', 'MailStore.renameMailbox', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {})
    const result = await w.store.renameMailbox({ account: w.alice, from: INBOX, to: nameOf('Old') }, NEVER)
    w.check.kind(result, 'denied', 'renaming INBOX')
    w.check.equal((await w.uids(inbox)).length, 1, 'messages of INBOX')
    w.check.equal(await w.names(), ['INBOX'], 'names')
  }),

  law('rename/aborted-beforehand-renames-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    await w.create('Work')
    const args = { account: w.alice, from: nameOf('Work'), to: nameOf('Play') }
    await w.check.rejects(w.store.renameMailbox(args, AbortSignal.abort()), 'a rename that was aborted')
    w.check.equal(await w.names(), ['INBOX', 'Work'], 'names')
  }),
]
