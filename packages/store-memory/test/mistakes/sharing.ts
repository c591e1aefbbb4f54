import { type AclCalls, accountId, type MailboxEntry, type MailStore, type Rights, uidList } from '@mailwright/core'
import { its, type Mistake } from './mistake.js'

const SHARED = { sharing: { others: 'Other Users' } }
const alice = accountId('alice')

/** What can go wrong with access control lists, and with mailboxes of others. */
export const SHARING_MISTAKES: readonly Mistake[] = [
  mistake('has access control lists and denies it', 'acl/an-owner-may-do-everything', (store) => {
    const { acl: _, ...supports } = store.supports
    return { supports, ...calls(store) }
  }),
  mistake('tells no rights of an owner', 'acl/an-owner-may-do-everything', (store) => withEntries(store, bare)),
  mistake('replaces where it should add', 'acl/lines-are-replaced-added-to-and-taken-from', (store) => ({
    setAcl: (args, signal) => {
      const mode = args.change.mode === 'add' ? 'replace' : args.change.mode
      return calls(store).setAcl({ ...args, change: { ...args.change, mode } }, signal)
    },
  })),
  mistake('lets an owner lose the last right', 'acl/an-owner-keeps-the-right-to-change-it', (store) => {
    let isLost = false
    return {
      ...withEntries(store, (entry) => (isLost ? { ...entry, rights: 'l' } : entry)),
      async setAcl(args, signal) {
        if (args.change.identifier === 'alice') isLost = args.change.rights === ''
        return calls(store).setAcl(args, signal)
      },
    }
  }),
  mistake('tells a right twice', 'acl/what-can-be-granted-is-told-once', (store) => ({
    async listRights(args, signal) {
      const answer = await calls(store).listRights(args, signal)
      return answer.kind === 'rights' ? { ...answer, optional: [...answer.optional, 'r'] } : answer
    },
  })),
  mistake(
    'gives a new mailbox no rights of the one above',
    'acl/a-new-mailbox-has-the-rights-of-the-one-above',
    (store) => ({
      async createMailbox(args, signal) {
        const made = await store.createMailbox(args, signal)
        if (made.kind !== 'created') return made
        const change = { identifier: 'bob', mode: 'delete', rights: '' } as const
        await calls(store).setAcl({ account: args.account, mailbox: made.mailbox, change }, signal)
        return made
      },
    }),
  ),
  mistake('forgets the rights with a rename', 'acl/goes-with-the-mailbox-and-follows-a-rename', (store) => ({
    async renameMailbox(args, signal) {
      const { mailboxes } = await store.mailboxes(args, signal)
      const mailbox = mailboxes.find(({ name }) => name === args.from)?.id
      const change = { identifier: 'bob', mode: 'delete', rights: '' } as const
      if (mailbox !== undefined) await calls(store).setAcl({ account: args.account, mailbox, change }, signal)
      return store.renameMailbox(args, signal)
    },
  })),
  mistake('shares and denies it', 'sharing/found-below-a-namespace', (store) => {
    const { sharing: _, privateFlags: __, ...supports } = store.supports
    return { supports, ...withEntries(store, (entry) => ({ ...entry, home: { account: alice, mailbox: entry.id } })) }
  }),
  mistake('serves whoever knows an id', 'sharing/nothing-is-there-without-a-right', (store) => ({
    fetch: (args, signal) => store.fetch({ ...args, account: alice }, signal),
  })),
  mistake('names mailboxes of others as its own', 'sharing/found-below-a-namespace', (store) =>
    withEntries(store, ({ home: _, ...entry }) => entry),
  ),
  mistake('counts what may not be read', 'sharing/without-r-nothing-is-read', (store) => ({
    status: (args, signal) => store.status({ ...args, account: alice }, signal),
  })),
  mistake('lets anybody expunge', 'sharing/each-change-needs-its-right', (store) => ({
    expunge: (args, signal) => store.expunge({ ...args, account: alice }, signal),
  })),
  mistake('lets anybody delete mailboxes', 'sharing/making-renaming-and-deleting-need-k-and-x', (store) => ({
    async deleteMailbox(args, signal) {
      const { mailboxes } = await store.mailboxes(args, signal)
      const home = mailboxes.find(({ name }) => name === args.name)?.home
      const own = (await store.mailboxes({ account: alice }, signal)).mailboxes.find(({ id }) => id === home?.mailbox)
      return store.deleteMailbox(own === undefined ? args : { account: alice, name: own.name }, signal)
    },
  })),
  mistake('copies flags that may not be set', 'sharing/flags-that-may-not-be-set-do-not-come-along', (store) => ({
    async copy(args, signal) {
      const answer = await store.copy(args, signal)
      if (answer.kind !== 'copied') return answer
      const flags = await store.snapshot(args, signal)
      for (const [at, uid] of flags.kind === 'snapshot' ? flags.messages.uids.entries() : []) {
        const system = flags.kind === 'snapshot' ? (flags.messages.system[at] ?? 0) : 0
        const change = { mode: 'add', flags: { system, keywords: [] } } as const
        const to = answer.to[at]
        if (uid !== undefined && to !== undefined) {
          await store.storeFlags({ account: alice, mailbox: args.to, uids: uidList([to]), change }, signal)
        }
      }
      return answer
    },
  })),
  mistake('knows no denying lines', 'sharing/denying-lines-win-and-anyone-is-everybody', (store) => ({
    setAcl: async (args, signal) =>
      args.change.identifier.startsWith('-') ? { kind: 'done' } : calls(store).setAcl(args, signal),
  })),
  mistake('hints under the name of whoever asked', 'sharing/hints-are-published-at-home', (store) =>
    withEntries(store, (entry) =>
      entry.home === undefined ? entry : { ...entry, home: { ...entry.home, account: accountId('bob') } },
    ),
  ),
  mistake('has one list of subscriptions for all', 'sharing/subscriptions-are-the-askers-own', (store) =>
    withEntries(store, (entry) => ({ ...entry, isSubscribed: true })),
  ),
  mistake('shares what it declares private', 'sharing/private-flags-are-each-ones-own', (store) => ({
    async storeFlags(args, signal) {
      await store.storeFlags({ ...args, account: alice }, signal)
      return store.storeFlags(args, signal)
    },
  })),
  mistake('has private flags and denies it', 'sharing/private-flags-are-each-ones-own', (store) => {
    const { privateFlags: _, ...supports } = store.supports
    return { supports }
  }),
]

function mistake(title: string, law: string, make: Mistake['make']): Mistake {
  return { title, law, make, options: SHARED }
}

function calls(store: MailStore): AclCalls {
  return {
    acl: its(store, store.acl),
    setAcl: its(store, store.setAcl),
    listRights: its(store, store.listRights),
  }
}

function withEntries(store: MailStore, dress: (entry: MailboxEntry) => MailboxEntry): Partial<MailStore> {
  return {
    async mailboxes(args, signal) {
      const { mailboxes, subscribedOnly } = await store.mailboxes(args, signal)
      return { mailboxes: mailboxes.map(dress), subscribedOnly }
    },
  }
}

function bare({ rights: _, ...entry }: MailboxEntry & { readonly rights?: Rights }): MailboxEntry {
  return entry
}
