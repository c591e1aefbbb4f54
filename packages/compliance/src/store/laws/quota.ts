import { DELETED, type QuotaResource, type QuotaRoot } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { ComplianceFailure } from '../../kit/check.js'
import { law, list, NEVER, nameOf, type World } from '../world.js'

/** What bounds an account is told as it is. A store that tells of no bounds has not even the calls. */
export const quotaLaws: readonly ComplianceCase[] = [
  quotaLaw('quota/roots-are-found-by-their-names', 'RFC 9208 §4.1.2', async (w) => {
    const roots = await rootsOf(w, 'INBOX')
    w.check.equal(new Set(roots.map(({ root }) => root)).size, roots.length, 'no root is told twice')
    for (const told of roots) {
      const answer = await callsOf(w).quota({ account: w.alice, root: told.root }, NEVER)
      w.check.equal(w.check.kind(answer, 'quota', `root ${told.root}`).quota, told, 'the same, asked for by its name')
    }
    const none = await callsOf(w).quota({ account: w.alice, root: 'no such root \u2603' }, NEVER)
    w.check.kind(none, 'noSuchRoot', 'a root that is none')
    w.check.equal(await rootsOf(w, 'Not yet'), roots, 'a mailbox that is still to be made')
  }),

  quotaLaw('quota/names-only-what-the-manifest-names', 'RFC 9208 §3.1.1', async (w) => {
    const declared = w.store.supports.quota?.resources ?? []
    w.check.ok(declared.length > 0, 'the manifest names a resource')
    for (const { uses } of await rootsOf(w, 'INBOX')) {
      const told = uses.map(({ resource }) => resource)
      w.check.equal(new Set(told).size, told.length, 'no resource is told twice')
      w.check.ok(
        told.every((resource) => declared.includes(resource)),
        'resources that are declared',
      )
    }
  }),

  quotaLaw('quota/usage-follows-what-is-there', 'RFC 9208 §5', async (w) => {
    const inbox = await w.inbox()
    const before = await usage(w)
    const uids = await w.append(inbox, {}, {})
    const full = await usage(w)
    grows(w, before, full, 'message', 2)
    await w.expunge(inbox, uids)
    w.check.equal((await usage(w)).get('message'), before.get('message'), 'messages once they are gone')
    await w.create('Archive')
    grows(w, before, await usage(w), 'mailbox', 1)
    await w.delete('Archive')
    w.check.equal((await usage(w)).get('mailbox'), before.get('mailbox'), 'mailboxes once it is gone')
  }),

  quotaLaw('quota/what-a-deletion-would-free', 'RFC 9208 §4.1.4', async (w) => {
    if (w.store.supports.quota?.resources.includes('storage') !== true) return
    const inbox = await w.inbox()
    const wire = 'Subject: x\r\n\r\n0123456789\r\n'
    const uids = await w.append(inbox, { wire }, { wire }, {})
    w.check.equal((await w.status(inbox, ['deletedStorage'])).deletedStorage, 0, 'nothing is deleted')
    await w.flag(inbox, uids.slice(0, 2), { mode: 'add', flags: { system: DELETED, keywords: [] } })
    w.check.equal((await w.status(inbox, ['deletedStorage'])).deletedStorage, 2 * wire.length, 'two are deleted')
    await w.expunge(inbox, uids.slice(0, 1))
    w.check.equal((await w.status(inbox, ['deletedStorage'])).deletedStorage, wire.length, 'one is gone')
  }),

  quotaLaw('quota/is-ones-own', 'QuotaCalls.quota', async (w) => {
    await w.inbox(w.bob)
    const [roots] = await rootsOf(w, 'INBOX')
    if (roots === undefined) return
    const answer = await callsOf(w).quota({ account: w.bob, root: roots.root }, NEVER)
    // Accounts may share a root; one that is alone in it is nobody else's business.
    if (answer.kind === 'quota') {
      const bobs = await callsOf(w).quotaRoots({ account: w.bob, mailbox: nameOf('INBOX') }, NEVER)
      const names = w.check.kind(bobs, 'roots', 'roots of the other account').roots.map(({ root }) => root)
      w.check.ok(names.includes(roots.root), 'a root that is told bounds the asking account, too')
    }
  }),

  quotaLaw('quota/a-limit-that-is-set-holds', 'RFC 9208 §4.1.3', async (w) => {
    if (w.store.supports.quota?.isSettable !== true) {
      w.check.equal(w.store.setQuota, undefined, 'a store whose quotas cannot be set has no call for it')
      return
    }
    const inbox = await w.inbox()
    await w.append(inbox, {})
    const [root] = await rootsOf(w, 'INBOX')
    const { setQuota } = w.store
    if (root === undefined || setQuota === undefined) throw new ComplianceFailure('a settable quota has a root: not so')
    const limits = [{ resource: 'message', limit: 1 }] as const
    const answer = await setQuota.call(w.store, { account: w.alice, root: root.root, limits }, NEVER)
    // Who may set limits is the host's to decide: here it is nobody whom the kit knows.
    if (answer.kind === 'denied') {
      w.check.equal(await rootsOf(w, 'INBOX'), [root], 'nothing has changed')
      return
    }
    const set = w.check.kind(answer, 'quota', 'a limit is set').quota
    w.check.equal(set.uses, [{ resource: 'message', limit: 1, usage: 1 }], 'the limit, and no other')
    const staged = await w.store.stage({ account: w.alice, body: one() }, NEVER)
    if (staged.kind === 'staged') {
      const messages = [{ staged: staged.staged, flags: { system: 0, keywords: [] }, internalDate: null }]
      w.check.kind(await w.store.append({ ...inbox, messages }, NEVER), 'overQuota', 'a message over the limit')
    }
    const copied = await w.store.copy({ ...inbox, uids: list(await w.uids(inbox)), to: inbox.mailbox }, NEVER)
    w.check.kind(copied, 'overQuota', 'a copy over the limit')
    await setQuota.call(w.store, { account: w.alice, root: root.root, limits: [] }, NEVER)
    await w.append(inbox, {})
    w.check.equal((await w.uids(inbox)).length, 2, 'once the limit is gone')
  }),
]

function quotaLaw(id: string, source: string, prove: (world: World) => Promise<void>): ComplianceCase {
  return law(id, source, async (w) => {
    if (w.store.supports.quota !== undefined) return prove(w)
    const { quota, quotaRoots, setQuota } = w.store
    w.check.equal(
      [quota, quotaRoots, setQuota],
      [undefined, undefined, undefined],
      'a store without quotas has no calls for them',
    )
  })
}

type Calls = Required<Pick<World['store'], 'quota' | 'quotaRoots'>>

function callsOf({ store }: World): Calls {
  const { quota, quotaRoots } = store
  if (quota === undefined || quotaRoots === undefined) {
    throw new ComplianceFailure('a store that declares quotas has the calls: not so')
  }
  return { quota: quota.bind(store), quotaRoots: quotaRoots.bind(store) }
}

async function rootsOf(w: World, mailbox: string): Promise<readonly QuotaRoot[]> {
  const answer = await callsOf(w).quotaRoots({ account: w.alice, mailbox: nameOf(mailbox) }, NEVER)
  return w.check.kind(answer, 'roots', 'roots').roots
}

/** Of the resources that are bounded, how much is used, over all roots. */
async function usage(w: World): Promise<ReadonlyMap<QuotaResource, number>> {
  const uses = (await rootsOf(w, 'INBOX')).flatMap((root) => root.uses)
  return new Map(uses.map((use) => [use.resource, use.usage]))
}

/** A resource that is bounded grows by exactly so much. */
function grows(
  w: World,
  before: ReadonlyMap<QuotaResource, number>,
  after: ReadonlyMap<QuotaResource, number>,
  resource: QuotaResource,
  by: number,
): void {
  const used = before.get(resource)
  if (used !== undefined) w.check.equal(after.get(resource), used + by, `${resource} in use`)
}

async function* one(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode('Subject: one more\r\n\r\n')
}
