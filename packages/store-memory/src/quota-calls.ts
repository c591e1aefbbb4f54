import type { AccountId, QuotaCalls } from '@mailwright/core'
import { type Directory, NO_RIGHT } from './directory.js'
import type { Quotas } from './quotas.js'

const NO_SUCH_ROOT = { kind: 'noSuchRoot' } as const

/** What the calls of quotas stand on; `begin` is how every call of the store begins. */
export interface QuotaGround {
  readonly directory: Directory
  readonly quotas: Quotas
  readonly isAdmin: (account: AccountId) => boolean
  readonly begin: (signal: AbortSignal) => void
}

export function quotaCalls({ directory, quotas, isAdmin, begin }: QuotaGround): Required<QuotaCalls> {
  return {
    async quotaRoots({ account, mailbox }, signal) {
      begin(signal)
      const place = directory.place(account, mailbox)
      if (place === null) return NO_RIGHT
      const { owner, account: holder, name } = place
      // What it tells is how much is in it: RFC 9208 §6.
      const inQuestion = holder.named.get(name) ?? holder.parentOf(name)
      const mayRead = inQuestion !== undefined && directory.rights(inQuestion, owner, account).includes('r')
      if (owner !== account && !mayRead) return NO_RIGHT
      return { kind: 'roots', roots: [quotas.root(owner, holder.usage())] }
    },

    async quota({ account, root }, signal) {
      begin(signal)
      const owner = quotas.ownerOf(root)
      if (owner === undefined) return NO_SUCH_ROOT
      if (owner !== account && !isAdmin(account)) return { kind: 'denied', reason: "This is somebody else's quota" }
      const holder = directory.known(owner)
      return holder === undefined ? NO_SUCH_ROOT : { kind: 'quota', quota: quotas.root(owner, holder.usage()) }
    },

    async setQuota({ account, root, limits }, signal) {
      begin(signal)
      if (!isAdmin(account)) return { kind: 'denied', reason: 'Only an administrator sets quotas' }
      const owner = quotas.ownerOf(root)
      const holder = owner === undefined ? undefined : directory.known(owner)
      if (owner === undefined || holder === undefined) return NO_SUCH_ROOT
      quotas.set(owner, limits)
      return { kind: 'quota', quota: quotas.root(owner, holder.usage()) }
    },
  }
}
