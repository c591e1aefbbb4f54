import { INBOX } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, nameOf } from '../world.js'

/** Making and listing mailboxes. */
export const mailboxLaws: readonly ComplianceCase[] = [
  law('mailboxes/inbox-is-always-there', 'RFC 9051 §5.1', async (w) => {
    const entry = await w.find('INBOX')
    w.check.equal(entry?.isSelectable, true, 'a new account has INBOX')
    w.check.equal((await w.find('INBOX'))?.id, entry?.id, 'its id stays')
    w.check.equal(await w.uids(await w.inbox()), [], 'it is empty')
  }),

  law('mailboxes/created-are-listed', 'RFC 9051 §6.3.4', async (w) => {
    const made = [await w.create('Archive'), await w.create('Work'), await w.create('Zoo')]
    w.check.equal(await w.names(), ['Archive', 'INBOX', 'Work', 'Zoo'], 'names')
    const ids = (await w.entries()).map((entry) => entry.id)
    w.check.equal(new Set(ids).size, 4, 'ids differ')
    w.check.equal(
      [ids[0], ids[2], ids[3]],
      made.map((ref) => ref.mailbox),
      'ids are those that creation told',
    )
    const entry = await w.find('Work')
    w.check.equal([entry?.isSelectable, entry?.isSubscribed, entry?.specialUse], [true, false, []], 'a new mailbox')
    for (const ref of made) w.check.equal(await w.uids(ref), [], 'it is empty')
  }),

  law('mailboxes/creating-what-exists-is-refused', 'RFC 9051 §6.3.4', async (w) => {
    const work = await w.create('Work')
    await w.append(work, {})
    for (const name of ['Work', 'INBOX']) {
      const again = await w.store.createMailbox({ account: w.alice, name: nameOf(name) }, NEVER)
      w.check.kind(again, 'exists', `creating ${name} again`)
    }
    w.check.equal((await w.uids(work)).length, 1, 'what is there stays')
  }),

  law('mailboxes/names-differ-by-case', 'RFC 9051 §5.1', async (w) => {
    await w.create('Work')
    const other = await w.store.createMailbox({ account: w.alice, name: nameOf('work') }, NEVER)
    const names = other.kind === 'created' ? ['INBOX', 'Work', 'work'] : ['INBOX', 'Work']
    w.check.equal(await w.names(), names, 'each as it was given, or the second refused')
  }),

  law('mailboxes/creating-below-makes-the-levels-above', 'RFC 9051 §6.3.4', async (w) => {
    if (!(await w.hasLevels())) return
    await w.create('a/b/c')
    w.check.equal((await w.find('a/b/c'))?.isSelectable, true, 'the mailbox itself')
    const above = await w.store.createMailbox({ account: w.alice, name: nameOf('a/b') }, NEVER)
    if (above.kind === 'created') {
      w.check.equal((await w.find('a/b'))?.isSelectable, true, 'a level that was made a mailbox')
    } else {
      w.check.kind(above, 'exists', 'a level that was made as a mailbox already')
    }
    await w.append(await w.at('a/b'), {})
    w.check.equal(await w.uids(await w.at('a/b/c')), [], 'the child is empty still')
  }),

  law('mailboxes/inbox-may-have-children', 'RFC 9051 §5.1', async (w) => {
    if (!(await w.hasLevels())) return
    const made = await w.store.createMailbox({ account: w.alice, name: nameOf('inbox/Later') }, NEVER)
    if (made.kind === 'denied') return
    w.check.ok((await w.names()).includes('INBOX/Later'), 'it is listed below INBOX')
    await w.append({ account: w.alice, mailbox: w.check.kind(made, 'created', 'created').mailbox }, {})
    w.check.equal(await w.uids(await w.inbox()), [], 'INBOX itself is empty')
  }),

  law('mailboxes/special-use-is-kept', 'RFC 6154 §3', async (w) => {
    const sent = await w.create('Sent', w.alice, 'Sent')
    await w.create('Papierkorb', w.alice, 'Trash')
    await w.create('Plain')
    const uses = (await w.entries()).map((entry) => [entry.name, entry.specialUse])
    w.check.equal(
      uses,
      [
        ['INBOX', []],
        ['Papierkorb', ['Trash']],
        ['Plain', []],
        ['Sent', ['Sent']],
      ],
      'special uses',
    )
    await w.rename('Sent', 'Gesendet')
    const renamed = await w.find('Gesendet')
    w.check.equal([renamed?.id, renamed?.specialUse], [sent.mailbox, ['Sent']], 'it goes along with a rename')
  }),

  law('mailboxes/aborted-beforehand-makes-none', 'MailStore: a call whose signal aborts', async (w) => {
    await w.check.rejects(
      w.store.createMailbox({ account: w.alice, name: nameOf('Never') }, AbortSignal.abort()),
      'a creation that was aborted',
    )
    w.check.equal(await w.names(), [INBOX], 'names')
  }),
]
