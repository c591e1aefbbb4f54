import { type AccountId, accountId, type MailboxId, type MailStore, type MetadataCalls } from '@mailwright/core'
import { its, type Mistake } from './mistake.js'

/** What can go wrong with annotations. */
export const METADATA_MISTAKES: readonly Mistake[] = [
  {
    title: 'has annotations and denies it',
    law: 'metadata/depth',
    make: (store) => {
      const { metadata: _, ...supports } = store.supports
      return { supports, ...calls(store) }
    },
  },
  {
    title: 'removes no annotation',
    law: 'metadata/set-replaced-and-removed',
    make: (store) => ({
      setMetadata: (args, signal) =>
        calls(store).setMetadata({ ...args, changes: args.changes.filter(({ value }) => value !== null) }, signal),
    }),
  },
  {
    title: 'keeps annotations as text',
    law: 'metadata/any-octets',
    make: (store) => ({
      setMetadata: (args, signal) => calls(store).setMetadata({ ...args, changes: args.changes.map(asText) }, signal),
    }),
  },
  {
    title: 'tells all that is below, whatever the depth',
    law: 'metadata/depth',
    make: (store) => ({
      metadata: (args, signal) => calls(store).metadata({ ...args, depth: 'infinity' }, signal),
    }),
  },
  {
    title: 'takes five annotations',
    law: 'metadata/ten-of-a-kilobyte',
    make: (store) => ({
      setMetadata: async (args, signal) =>
        args.changes.length > 5 ? { kind: 'tooManyAnnotations' } : calls(store).setMetadata(args, signal),
    }),
  },
  {
    title: 'sets annotations one after the other',
    law: 'metadata/all-or-none',
    make: (store) => ({
      async setMetadata(args, signal) {
        for (const change of args.changes) {
          const answer = await calls(store).setMetadata({ ...args, changes: [change] }, signal)
          if (answer.kind !== 'done') return answer
        }
        return { kind: 'done' }
      },
    }),
  },
  {
    title: 'shows private annotations to everybody',
    law: 'metadata/private-ones-are-the-accounts-own',
    make: (store) => ({
      metadata: (args, signal) => calls(store).metadata({ ...args, account: of(args) }, signal),
      setMetadata: (args, signal) => calls(store).setMetadata({ ...args, account: accountId('alice') }, signal),
    }),
  },
  {
    title: 'keeps annotations by name',
    law: 'metadata/follow-a-rename-and-go-with-the-mailbox',
    make: (store) => ({
      async renameMailbox(args, signal) {
        const { account } = args
        const before = (await store.mailboxes({ account }, signal)).mailboxes.find(({ name }) => name === args.from)
        const answer = await store.renameMailbox(args, signal)
        if (before !== undefined) {
          const change = { entry: '/private/comment', value: null }
          await calls(store).setMetadata({ account, of: before.id, changes: [change] }, signal)
        }
        return answer
      },
    }),
  },
  {
    title: 'tells nothing of mailboxes without annotations',
    law: 'metadata/several-at-once-without-those-that-are-gone',
    make: (store) => ({
      async metadata(args, signal) {
        const { found } = await calls(store).metadata(args, signal)
        return { found: found.filter(({ annotations }) => annotations.length > 0) }
      },
    }),
  },
]

function calls(store: MailStore): MetadataCalls {
  return { metadata: its(store, store.metadata), setMetadata: its(store, store.setMetadata) }
}

function asText({ entry, value }: { readonly entry: string; readonly value: Uint8Array | null }): {
  readonly entry: string
  readonly value: Uint8Array | null
} {
  return { entry, value: value === null ? null : new TextEncoder().encode(new TextDecoder().decode(value)) }
}

/** One account's annotations for all; a mailbox is still found through its own. */
function of({
  account,
  of: targets,
}: {
  readonly account: AccountId
  readonly of: readonly (MailboxId | null)[]
}): AccountId {
  return targets.includes(null) ? accountId('alice') : account
}
