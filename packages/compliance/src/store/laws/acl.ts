import { type AclChange, type AclEntry, ALL_RIGHTS, type MailboxRef, type Rights, rightsOf } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER, NO_MAILBOX, type World } from '../world.js'
import { aclCallsOf, entryOf } from './sharing-words.js'

/** Access control lists. A store without them has not even the calls, and names no rights. */
export const aclLaws: readonly ComplianceCase[] = [
  aclLaw('acl/an-owner-may-do-everything', 'RFC 4314 §2', async (w) => {
    await w.create('Work')
    for (const name of ['INBOX', 'Work']) {
      w.check.equal((await entryOf(w, name, w.alice))?.rights, ALL_RIGHTS, `rights to ${name}`)
      const lines = await linesOf(w, await w.at(name))
      w.check.equal(lines.get(w.alice), ALL_RIGHTS, `the owner's line of ${name}`)
    }
  }),

  aclLaw('acl/lines-are-replaced-added-to-and-taken-from', 'RFC 4314 §3.1', async (w) => {
    const work = await w.create('Work')
    const after = async (mode: AclChange['mode'], rights: Rights): Promise<Rights | undefined> => {
      await change(w, work, { identifier: w.bob, mode, rights })
      return (await linesOf(w, work)).get(w.bob)
    }
    w.check.equal(await after('replace', 'lrs'), 'lrs', 'replaced')
    w.check.equal(await after('add', 'wi'), 'lrswi', 'added to')
    w.check.equal(await after('add', 'lw'), 'lrswi', 'with what it has already')
    w.check.equal(await after('remove', 'sx'), 'lrwi', 'taken from')
    await change(w, work, { identifier: `-${w.bob}`, mode: 'replace', rights: 'w' })
    w.check.equal((await linesOf(w, work)).get(`-${w.bob}`), 'w', 'a line that denies is another line')
    w.check.equal(await after('delete', ''), undefined, 'taken away')
    w.check.equal((await linesOf(w, work)).get(`-${w.bob}`), 'w', 'that line alone')
    w.check.equal(await after('replace', ''), undefined, 'a line without rights is none')
  }),

  aclLaw('acl/an-owner-keeps-the-right-to-change-it', 'AclCalls', async (w) => {
    const work = await w.create('Work')
    await change(w, work, { identifier: w.alice, mode: 'replace', rights: '' })
    await change(w, work, { identifier: `-${w.alice}`, mode: 'replace', rights: ALL_RIGHTS })
    const left = (await entryOf(w, 'Work', w.alice))?.rights ?? ''
    w.check.ok(left.includes('a'), 'the right "a" is left')
    await change(w, work, { identifier: `-${w.alice}`, mode: 'delete', rights: '' })
    await change(w, work, { identifier: w.alice, mode: 'replace', rights: ALL_RIGHTS })
    w.check.equal((await entryOf(w, 'Work', w.alice))?.rights, ALL_RIGHTS, 'by it the owner has all again')
  }),

  aclLaw('acl/what-can-be-granted-is-told-once', 'RFC 4314 §3.7', async (w) => {
    const work = await w.create('Work')
    for (const identifier of [w.alice, w.bob, 'anyone']) {
      const answer = await aclCallsOf(w).listRights({ ...work, identifier }, NEVER)
      const { always, optional } = w.check.kind(answer, 'rights', `what ${identifier} can have`)
      const told = [always, ...optional].join('')
      w.check.equal(rightsOf(told), ALL_RIGHTS, 'every right is told')
      w.check.equal(told.length, ALL_RIGHTS.length, 'none is told twice')
    }
  }),

  aclLaw('acl/a-new-mailbox-has-the-rights-of-the-one-above', 'RFC 4314 §4', async (w) => {
    if (!(await w.hasLevels())) return
    const work = await w.create('Work')
    await change(w, work, { identifier: w.bob, mode: 'replace', rights: 'lr' })
    const below = await w.create('Work/2020/May')
    w.check.equal((await linesOf(w, below)).get(w.bob), 'lr', 'the line of the nearest mailbox above')
    await change(w, work, { identifier: w.bob, mode: 'delete', rights: '' })
    w.check.equal((await linesOf(w, below)).get(w.bob), 'lr', 'and from then on its own')
  }),

  aclLaw('acl/goes-with-the-mailbox-and-follows-a-rename', 'RFC 4314 §4', async (w) => {
    const work = await w.create('Work')
    await change(w, work, { identifier: w.bob, mode: 'replace', rights: 'lr' })
    await w.rename('Work', 'Play')
    w.check.equal((await linesOf(w, work)).get(w.bob), 'lr', 'under the new name')
    await w.delete('Play')
    w.check.kind(await aclCallsOf(w).acl(work, NEVER), 'noSuchMailbox', 'once it is gone')
    w.check.equal((await linesOf(w, await w.create('Play'))).get(w.bob), undefined, 'a new mailbox of its name')
    const none = { account: w.alice, mailbox: NO_MAILBOX }
    w.check.kind(await aclCallsOf(w).acl(none, NEVER), 'noSuchMailbox', 'a mailbox that never was')
  }),
]

function aclLaw(id: string, source: string, prove: (world: World) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (w.store.supports.acl === true) return prove(w)
    const { acl, setAcl, listRights } = w.store
    w.check.equal(
      [acl, setAcl, listRights],
      [undefined, undefined, undefined],
      'a store without lists has no calls for them',
    )
    w.check.equal((await w.find('INBOX'))?.rights, undefined, 'and names no rights')
  })
}

async function change(w: World, at: MailboxRef, wish: AclChange): Promise<void> {
  w.check.kind(await aclCallsOf(w).setAcl({ ...at, change: wish }, NEVER), 'done', 'a line is changed')
}

async function linesOf(w: World, at: MailboxRef): Promise<ReadonlyMap<string, Rights>> {
  const { entries } = w.check.kind(await aclCallsOf(w).acl(at, NEVER), 'acl', 'the list')
  const lines = new Map(entries.map(({ identifier, rights }: AclEntry) => [identifier, rights]))
  w.check.equal(lines.size, entries.length, 'no identifier has two lines')
  return lines
}
