import { type AccountId, type AclCalls, ALL_RIGHTS } from '@mailwright/core'
import type { Directory } from './directory.js'

type Done = { readonly kind: 'done' }

/**
 * The calls of access control lists; `begin` is how every call of the store begins, and `changingList` does what changes who sees an
 * owner's mailboxes.
 */
export function aclCalls(
  directory: Directory,
  begin: (signal: AbortSignal) => void,
  changingList: (owner: AccountId, change: () => Done) => Done,
): AclCalls {
  return {
    async acl(args, signal) {
      begin(signal)
      const opened = directory.open(args, 'a')
      return opened.kind === 'opened' ? { kind: 'acl', entries: opened.mailbox.acl.entries } : opened
    },

    async setAcl({ change, ...at }, signal) {
      begin(signal)
      const opened = directory.open(at, 'a')
      if (opened.kind !== 'opened') return opened
      return changingList(opened.owner, () => {
        opened.mailbox.acl.change(change)
        return { kind: 'done' }
      })
    },

    async listRights({ identifier, ...at }, signal) {
      begin(signal)
      const opened = directory.open(at, 'a')
      if (opened.kind !== 'opened') return opened
      const always = opened.mailbox.acl.alwaysOf(identifier)
      return { kind: 'rights', always, optional: Array.from(ALL_RIGHTS).filter((right) => !always.includes(right)) }
    },
  }
}
