import { ALL_RIGHTS, DELETED, FLAGGED, type MailboxHint, type MailboxRef, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, nameOf, type World } from '../world.js'
import { asBob, grant, seen } from './sharing-words.js'

const NOTHING = ['denied', 'noSuchMailbox']

/** Mailboxes of others: seen by whoever was granted a right, and each call judged by the right it needs. */
export const sharingLaws: readonly ComplianceCase[] = [
  sharingLaw('sharing/nothing-is-there-without-a-right', 'RFC 4314 §6', async (w) => {
    const work = await w.create('Work')
    await w.append(work, {})
    await w.inbox(w.bob)
    w.check.equal(await seen(w, work), undefined, 'nothing is listed')
    // Not even for somebody who knows, or guesses, its id.
    await isClosed(w, { account: w.bob, mailbox: work.mailbox })
    await grant(w, work, 'lr')
    const at = await asBob(w, work)
    await grant(w, work, '')
    w.check.equal(await seen(w, work), undefined, 'nothing is listed once the rights are gone')
    await isClosed(w, at)
  }),

  sharingLaw('sharing/found-below-a-namespace', 'RFC 2342 §5', async (w) => {
    const work = await w.create('Work')
    const uids = await w.append(work, { keywords: [] }, {})
    await grant(w, work, 'lr')
    const entry = await seen(w, work)
    const { others = [], shared = [] } = w.store.supports.sharing ?? {}
    w.check.ok(
      [...others, ...shared].some((prefix) => entry?.name.startsWith(prefix) === true),
      'its name begins as a namespace does',
    )
    w.check.ok(
      [...others, ...shared].every((prefix) => prefix.endsWith('/')),
      'a namespace ends in a separator',
    )
    w.check.equal([entry?.rights, entry?.isSelectable, entry?.home], ['lr', true, work], 'the entry')
    const at = await asBob(w, work)
    w.check.equal(await w.uids(at), uids, 'its messages')
    w.check.equal((await w.read(at, uids[0] ?? 0)).length > 0, true, 'and what they say')
    w.check.equal((await w.status(at, ['messages'])).messages, 2, 'and how many they are')
    const own = await w.entries(w.alice)
    w.check.ok(
      own.every(({ home }) => home === undefined),
      'own mailboxes have no other home',
    )
  }),

  sharingLaw('sharing/without-r-nothing-is-read', 'RFC 4314 §4', async (w) => {
    const work = await w.create('Work')
    await w.append(work, {})
    await grant(w, work, 'l')
    const at = await asBob(w, work)
    w.check.ok((await w.store.snapshot(at, NEVER)).kind === 'noSuchMailbox', 'no snapshot')
    const { statuses } = await w.store.status({ account: w.bob, mailboxes: [at.mailbox], items: ['messages'] }, NEVER)
    w.check.equal(statuses, [], 'no counts')
  }),

  sharingLaw('sharing/each-change-needs-its-right', 'RFC 4314 §4', async (w) => {
    const work = await w.create('Work')
    const own = await w.inbox(w.bob)
    const mine = await w.append(own, {})
    await w.append(work, { system: DELETED }, {})
    const changes: readonly (readonly [right: string, act: (at: MailboxRef) => Promise<{ readonly kind: string }>])[] =
      [
        ['i', async (at) => w.store.append({ ...at, messages: [] }, NEVER)],
        ['i', async (at) => w.store.copy({ ...own, uids: list(mine), to: at.mailbox }, NEVER)],
        ['s', (at) => w.store.storeFlags({ ...at, uids: list([2]), change: flag(SEEN) }, NEVER)],
        ['t', (at) => w.store.storeFlags({ ...at, uids: list([2]), change: flag(DELETED) }, NEVER)],
        ['w', (at) => w.store.storeFlags({ ...at, uids: list([2]), change: flag(FLAGGED) }, NEVER)],
        ['et', (at) => w.store.move({ ...at, uids: list([2]), to: own.mailbox }, NEVER)],
        ['e', (at) => w.store.expunge({ ...at, uids: list([1]), regardless: false }, NEVER)],
      ]
    for (const [rights, act] of changes) {
      for (const right of rights) {
        await grant(w, work, [...ALL_RIGHTS].filter((each) => each !== right).join(''))
        w.check.equal((await act(await asBob(w, work))).kind, 'denied', `a change without "${right}"`)
      }
      await grant(w, work, `lr${rights}`)
      w.check.ok(!NOTHING.includes((await act(await asBob(w, work))).kind), `a change with "${rights}"`)
    }
  }),

  sharingLaw('sharing/making-renaming-and-deleting-need-k-and-x', 'RFC 4314 §4', async (w) => {
    if (!(await w.hasLevels())) return
    const work = await w.create('Work')
    await grant(w, work, [...ALL_RIGHTS].filter((right) => right !== 'k' && right !== 'x').join(''))
    const name = (await seen(w, work))?.name ?? ''
    const make = { account: w.bob, name: nameOf(`${name}/new`) }
    w.check.kind(await w.store.createMailbox(make, NEVER), 'denied', 'making one below without "k"')
    w.check.kind(
      await w.store.deleteMailbox({ account: w.bob, name: nameOf(name) }, NEVER),
      'denied',
      'deleting without "x"',
    )
    await grant(w, work, 'lrkx')
    w.check.kind(await w.store.createMailbox(make, NEVER), 'created', 'making one below')
    w.check.ok((await w.names()).includes('Work/new'), 'its owner has it')
    const from = nameOf(`${name}/new`)
    w.check.kind(
      await w.store.renameMailbox({ account: w.bob, from, to: nameOf(`${name}/newer`) }, NEVER),
      'renamed',
      'renaming it',
    )
    w.check.kind(
      await w.store.renameMailbox({ account: w.bob, from: nameOf(`${name}/newer`), to: nameOf('Mine') }, NEVER),
      'denied',
      'taking it away from its owner',
    )
    w.check.kind(
      await w.store.deleteMailbox({ account: w.bob, name: nameOf(`${name}/newer`) }, NEVER),
      'deleted',
      'deleting it',
    )
    w.check.equal(await w.names(), ['INBOX', 'Work'], 'what is left to its owner')
  }),

  sharingLaw('sharing/flags-that-may-not-be-set-do-not-come-along', 'RFC 4314 §4', async (w) => {
    const work = await w.create('Work')
    const own = await w.inbox(w.bob)
    const uids = await w.append(own, { system: DELETED | FLAGGED }, { system: DELETED })
    await grant(w, work, 'lriw')
    const { mailbox: to } = await asBob(w, work)
    w.check.kind(await w.store.copy({ ...own, uids: list(uids), to }, NEVER), 'copied', 'a copy')
    w.check.equal(
      (await w.rows(work)).map(({ system }) => system),
      [FLAGGED, 0],
      'flags of the copies',
    )
    // And of a change, what may be done is done.
    const at = await asBob(w, work)
    await w.flag(at, [1], { mode: 'replace', flags: { system: DELETED, keywords: [] } })
    w.check.equal(
      (await w.rows(work)).map(({ system }) => system),
      [0, 0],
      'flags after a replacement',
    )
  }),

  sharingLaw('sharing/denying-lines-win-and-anyone-is-everybody', 'RFC 4314 §2', async (w) => {
    const work = await w.create('Work')
    const { setAcl } = w.store
    const set = async (identifier: string, rights: string): Promise<unknown> =>
      setAcl?.call(w.store, { ...work, change: { identifier, mode: 'replace', rights } }, NEVER)
    await set('anyone', 'lri')
    w.check.equal((await seen(w, work))?.rights, 'lri', 'what anyone has')
    await set(w.bob, 'ls')
    w.check.equal((await seen(w, work))?.rights, 'lrsi', 'and what is his own')
    await set(`-${w.bob}`, 'rs')
    w.check.equal((await seen(w, work))?.rights, 'li', 'without what is denied to him')
    await set('-anyone', 'i')
    w.check.equal((await seen(w, work))?.rights, 'l', 'and to anyone')
  }),

  sharingLaw('sharing/hints-are-published-at-home', 'MailboxEntry.home', async (w) => {
    const work = await w.create('Work')
    const uids = await w.append(work, {})
    await grant(w, work, 'lrw')
    const heard: MailboxHint[] = []
    const release = w.fixture.bus.subscribe(work, (hint) => heard.push(hint))
    await w.flag(await asBob(w, work), uids, flag(FLAGGED))
    release()
    const { highestModSeq } = await w.snapshot(work)
    w.check.equal(heard.at(-1), { ...work, modSeq: highestModSeq }, 'the owner hears of it')
  }),

  sharingLaw('sharing/list-hints-reach-whoever-sees-the-mailbox', 'ChangeBus', async (w) => {
    await w.inbox(w.bob)
    const work = await w.create('Work')
    const hears = async (what: string, deed: () => Promise<unknown>): Promise<void> => {
      let count = 0
      const release = w.fixture.bus.subscribeList(w.bob, () => (count += 1))
      await deed()
      release()
      w.check.ok(count > 0, `${what} is hinted at`)
    }
    await hears('a right that is granted', () => grant(w, work, 'lr'))
    await hears('a rename', () => w.rename('Work', 'Play'))
    await hears('a right that is taken', () => grant(w, work, ''))
    await grant(w, work, 'lr')
    await hears('a delete', () => w.delete('Play'))
  }),

  sharingLaw('sharing/subscriptions-are-the-askers-own', 'RFC 9051 §6.3.7', async (w) => {
    const work = await w.create('Work')
    await grant(w, work, 'lr')
    const name = nameOf((await seen(w, work))?.name ?? '')
    await w.store.subscribe({ account: w.bob, name, subscribed: true }, NEVER)
    w.check.equal(
      [(await seen(w, work))?.isSubscribed, (await w.find('Work'))?.isSubscribed],
      [true, false],
      'his, not those of the owner',
    )
    await grant(w, work, '')
    const { subscribedOnly } = await w.store.mailboxes({ account: w.bob }, NEVER)
    w.check.equal([...subscribedOnly], [name], 'it outlives the right')
  }),

  sharingLaw('sharing/private-flags-are-each-ones-own', 'StoreAbilities.privateFlags', async (w) => {
    const work = await w.create('Work')
    const own = await w.inbox(w.bob)
    const uids = await w.append(work, { system: SEEN }, {})
    await grant(w, work, 'lrsiet')
    const at = await asBob(w, work)
    const isPrivate = ((w.store.supports.privateFlags ?? 0) & SEEN) !== 0
    const flags = async (of: MailboxRef): Promise<boolean[]> =>
      (await w.rows(of)).map(({ system }) => (system & SEEN) !== 0)
    w.check.equal(await flags(at), isPrivate ? [false, false] : [true, false], 'what he has seen at first')
    const before = await w.snapshot(at)
    await w.flag(at, uids.slice(1), flag(SEEN))
    w.check.equal(await flags(at), isPrivate ? [false, true] : [true, true], 'what he has seen then')
    w.check.equal(await flags(work), isPrivate ? [true, false] : [true, true], 'what the owner has seen')
    const changes = await w.changes(at, before.highestModSeq)
    w.check.equal([...changes.messages.uids], [uids[1]], 'his other sessions are told')
    w.check.ok((changes.modSeqs[0] ?? 0) > before.highestModSeq, 'with a mod-sequence of its own')
    w.check.equal((await w.status(at, ['unseen'])).unseen, isPrivate ? 1 : 0, 'what is unseen for him')
    w.check.equal((await w.status(work, ['unseen'])).unseen, isPrivate ? 1 : 0, 'and for the owner')
    const changed = await w.store.storeFlags(
      { ...at, uids: list(uids), change: flag(SEEN), unchangedSince: before.highestModSeq },
      NEVER,
    )
    w.check.equal(
      [...w.check.kind(changed, 'stored', 'a conditional change').modified],
      [uids[1]],
      'his own change counts',
    )
    await w.store.copy({ ...own, uids: list(await w.append(own, { system: SEEN })), to: at.mailbox }, NEVER)
    w.check.equal((await flags(at)).at(-1), true, 'what he puts in as seen is seen for him')
    w.check.equal((await flags(work)).at(-1), !isPrivate, 'and by the owner only where flags are shared')
    await w.expunge(at, uids.slice(0, 1))
    w.check.equal((await w.status(at, ['unseen', 'messages'])).messages, 2, 'what is left')
    w.check.equal((await w.status(at, ['unseen'])).unseen, 0, 'all of it seen')
  }),
]

function flag(system: number): {
  readonly mode: 'add'
  readonly flags: { readonly system: number; readonly keywords: readonly string[] }
} {
  return { mode: 'add', flags: { system, keywords: [] } }
}

/** To an account without rights every call answers as if nothing were there, or denies. */
async function isClosed(w: World, at: MailboxRef): Promise<void> {
  const { store } = w
  const uids = list([1])
  const inbox = await w.inbox(w.bob)
  const answers = [
    await store.snapshot(at, NEVER),
    await store.fetch({ ...at, uids, fields: ['octets'], cursor: null }, NEVER),
    await store.append({ ...at, messages: [] }, NEVER),
    await store.copy({ ...at, uids, to: inbox.mailbox }, NEVER),
    await store.storeFlags({ ...at, uids, change: flag(SEEN) }, NEVER),
    await store.expunge({ ...at, uids, regardless: true }, NEVER),
  ]
  w.check.equal(
    answers.map(({ kind }) => kind),
    answers.map(() => 'noSuchMailbox'),
    'whatever is asked, it is not there',
  )
  const { statuses } = await store.status({ account: at.account, mailboxes: [at.mailbox], items: ['messages'] }, NEVER)
  w.check.equal(statuses, [], 'nor has it counts')
}

/** Without sharing every account is alone: nothing of another is listed, or found by its id. */
function sharingLaw(id: string, source: string, prove: (world: World) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (w.store.supports.sharing !== undefined) return prove(w)
    const inbox = await w.inbox()
    await w.append(inbox, {})
    const entries = [...(await w.entries(w.alice)), ...(await w.entries(w.bob))]
    w.check.ok(
      entries.every(({ home }) => home === undefined),
      'no mailbox has another home',
    )
    w.check.equal(w.store.supports.privateFlags, undefined, 'no flags are private where nothing is shared')
  })
}
