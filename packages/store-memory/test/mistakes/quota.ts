import { accountId, type MailStore, type QuotaCalls, type QuotaRoot } from '@mailwright/core'
import { its, type Mistake } from './mistake.js'

const BOUNDED = { quota: { octets: 1_000_000, messages: 1_000, mailboxes: 100 }, admins: [accountId('alice')] }

/** What can go wrong with quotas. */
export const QUOTA_MISTAKES: readonly Mistake[] = [
  {
    title: 'has quotas and denies it',
    law: 'quota/roots-are-found-by-their-names',
    make: (store) => {
      const { quota: _, ...supports } = store.supports
      return { supports, ...calls(store) }
    },
  },
  {
    title: 'lets clients set quotas and denies it',
    law: 'quota/a-limit-that-is-set-holds',
    make: (store) => ({
      supports: { ...store.supports, quota: { resources: ['message'], isSettable: false } },
      setQuota: its(store, store.setQuota),
    }),
  },
  {
    title: 'knows every root by any name',
    law: 'quota/roots-are-found-by-their-names',
    make: (store) => ({
      quota: (args, signal) => calls(store).quota({ ...args, root: '#user/alice' }, signal),
    }),
  },
  {
    title: 'bounds what it does not declare',
    law: 'quota/names-only-what-the-manifest-names',
    options: BOUNDED,
    make: (store) => ({ supports: { ...store.supports, quota: { resources: ['storage'], isSettable: true } } }),
  },
  {
    title: 'tells usage as it was at first',
    law: 'quota/usage-follows-what-is-there',
    options: BOUNDED,
    make(store) {
      let first: readonly QuotaRoot[] | undefined
      return {
        async quotaRoots(args, signal) {
          const answer = await calls(store).quotaRoots(args, signal)
          if (answer.kind === 'roots') first ??= answer.roots
          return { kind: 'roots', roots: first ?? [] }
        },
      }
    },
  },
  {
    title: 'counts the whole mailbox as deleted',
    law: 'quota/what-a-deletion-would-free',
    make: (store) => ({
      async status(args, signal) {
        const { statuses } = await store.status({ ...args, items: [...args.items, 'size'] }, signal)
        return { statuses: statuses.map((status) => ({ ...status, deletedStorage: status.size ?? 0 })) }
      },
    }),
  },
  {
    title: 'tells everybody the quota of others',
    law: 'quota/is-ones-own',
    make: (store) => ({
      quota: (args, signal) => calls(store).quota({ ...args, account: accountId('alice') }, signal),
    }),
  },
  {
    title: 'sets limits and does not keep them',
    law: 'quota/a-limit-that-is-set-holds',
    options: BOUNDED,
    make: (store) => ({
      async setQuota(args, signal) {
        const set = await its(store, store.setQuota)(args, signal)
        await its(store, store.setQuota)({ ...args, limits: [] }, signal)
        return set
      },
    }),
  },
]

function calls(store: MailStore): Pick<QuotaCalls, 'quota' | 'quotaRoots'> {
  return { quota: its(store, store.quota), quotaRoots: its(store, store.quotaRoots) }
}
