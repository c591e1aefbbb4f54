import {
  type AccountId,
  accountId,
  type Octets,
  type QuotaLimit,
  type QuotaResource,
  type QuotaRoot,
} from '@mailwright/core'
import type { Amount } from './account.js'

/** What a root bounds, in the order it is told. */
export const RESOURCES: readonly QuotaResource[] = ['storage', 'message', 'mailbox']

const PREFIX = '#user/'

/** The bounds of each account: one root an account, over all its mailboxes. */
export class Quotas {
  readonly #initial: ReadonlyMap<QuotaResource, number>
  readonly #set = new Map<AccountId, ReadonlyMap<QuotaResource, number>>()

  /** @param initial of accounts whose limits nobody set. */
  constructor(initial: Partial<Amount>) {
    const { octets, messages, mailboxes } = initial
    const limits: readonly (readonly [QuotaResource, number | undefined])[] = [
      ['storage', octets],
      ['message', messages],
      ['mailbox', mailboxes],
    ]
    this.#initial = new Map(limits.flatMap(([resource, limit]) => (limit === undefined ? [] : [[resource, limit]])))
  }

  root(account: AccountId, used: Amount): QuotaRoot {
    const limits = this.#limits(account)
    const uses = RESOURCES.flatMap((resource) => {
      const limit = limits.get(resource)
      return limit === undefined ? [] : [{ resource, usage: usageOf(used, resource), limit }]
    })
    return { root: PREFIX + account, uses }
  }

  /** Whose root it is; `undefined` for a name that is none. */
  ownerOf(root: string): AccountId | undefined {
    return root.startsWith(PREFIX) ? accountId(root.slice(PREFIX.length)) : undefined
  }

  set(account: AccountId, limits: readonly QuotaLimit[]): void {
    this.#set.set(account, new Map(limits.map(({ resource, limit }) => [resource, limit])))
  }

  /** Octets that may still come. */
  room(account: AccountId, used: Amount): Octets {
    return (this.#limits(account).get('storage') ?? Infinity) - used.octets
  }

  /** Whether so much may be added. What adds nothing to a resource is not refused because of it. */
  allows(account: AccountId, used: Amount, more: Partial<Amount>): boolean {
    const added: Amount = { octets: 0, messages: 0, mailboxes: 0, ...more }
    return [...this.#limits(account)].every(([resource, limit]) => {
      const by = usageOf(added, resource)
      return by === 0 || usageOf(used, resource) + by <= limit
    })
  }

  #limits(account: AccountId): ReadonlyMap<QuotaResource, number> {
    return this.#set.get(account) ?? this.#initial
  }
}

function usageOf(amount: Amount, resource: QuotaResource): number {
  switch (resource) {
    case 'storage':
      return amount.octets
    case 'message':
      return amount.messages
    case 'mailbox':
      return amount.mailboxes
    case 'annotationStorage':
      return 0
    default:
      return resource satisfies never
  }
}
