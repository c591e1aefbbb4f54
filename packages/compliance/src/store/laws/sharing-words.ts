import type { AccountId, AclCalls, MailboxEntry, MailboxRef, Rights } from '@mailwright/core'
import { ComplianceFailure } from '../../kit/check.js'
import { NEVER, type World } from '../world.js'

/** The calls of access control lists, of a store that declares them. */
export function aclCallsOf({ store }: World): AclCalls {
  const { acl, setAcl, listRights } = store
  if (acl === undefined || setAcl === undefined || listRights === undefined) {
    throw new ComplianceFailure('a store that declares acl has the calls: not so')
  }
  return { acl: acl.bind(store), setAcl: setAcl.bind(store), listRights: listRights.bind(store) }
}

export async function entryOf(w: World, name: string, account: AccountId): Promise<MailboxEntry | undefined> {
  return (await w.entries(account)).find((entry) => entry.name === name)
}

/** Gives the kit's second account rights to a mailbox of the first, instead of those it had. */
export async function grant(w: World, at: MailboxRef, rights: Rights): Promise<void> {
  const change = { identifier: w.bob, mode: 'replace', rights } as const
  w.check.kind(await aclCallsOf(w).setAcl({ ...at, change }, NEVER), 'done', `rights ${rights} are granted`)
}

/** The second account's entry of the mailbox. */
export async function seen(w: World, at: MailboxRef): Promise<MailboxEntry | undefined> {
  return (await w.entries(w.bob)).find(({ home }) => home?.account === at.account && home.mailbox === at.mailbox)
}

/** The mailbox as the second account names it in calls. */
export async function asBob(w: World, at: MailboxRef): Promise<MailboxRef> {
  const entry = await seen(w, at)
  if (entry === undefined) throw new ComplianceFailure('a mailbox of others is listed: not so')
  return { account: w.bob, mailbox: entry.id }
}
