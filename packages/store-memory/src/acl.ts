import { type AccountId, type AclChange, type AclEntry, ALL_RIGHTS, type Rights, rightsOf } from '@mailwright/core'

/** Everybody who has an account (RFC 4314 §2). */
const ANYONE = 'anyone'

/** What an owner cannot lose: to see his mailbox, and to give himself the rest again. */
export const OWNERS_OWN: Rights = 'la'

/** Who may do what with one mailbox. */
export class Acl {
  readonly #owner: AccountId
  readonly #lines: Map<string, Rights>

  /** @param parent its lines are taken over (RFC 4314 §4, CREATE). */
  constructor(owner: AccountId, parent?: Acl) {
    this.#owner = owner
    this.#lines = parent === undefined ? new Map([[owner, ALL_RIGHTS]]) : new Map(parent.#lines)
  }

  get entries(): readonly AclEntry[] {
    return Array.from(this.#lines, ([identifier, rights]) => ({ identifier, rights }))
  }

  /** What is granted to the account and to anyone, without what is denied to either; an owner keeps his own. */
  of(account: AccountId): Rights {
    const granted = (this.#lines.get(account) ?? '') + (this.#lines.get(ANYONE) ?? '')
    const denied = (this.#lines.get(`-${account}`) ?? '') + (this.#lines.get(`-${ANYONE}`) ?? '')
    const left = Array.from(granted).filter((right) => !denied.includes(right))
    return rightsOf(account === this.#owner ? [...left, ...OWNERS_OWN] : left)
  }

  change({ identifier, mode, rights }: AclChange): void {
    const before = this.#lines.get(identifier) ?? ''
    this.#set(identifier, changed(before, mode, rights))
  }

  /** What the identifier has in any case. */
  alwaysOf(identifier: string): Rights {
    return identifier === this.#owner ? OWNERS_OWN : ''
  }

  /** A line without rights is no line, but the owner's, which tells what he always has. */
  #set(identifier: string, rights: Rights): void {
    if (identifier === this.#owner) this.#lines.set(identifier, rightsOf(rights + OWNERS_OWN))
    else if (rights === '') this.#lines.delete(identifier)
    else this.#lines.set(identifier, rights)
  }
}

function changed(before: Rights, mode: AclChange['mode'], rights: Rights): Rights {
  switch (mode) {
    case 'replace':
      return rights
    case 'add':
      return rightsOf(before + rights)
    case 'remove':
      return rightsOf(Array.from(before).filter((right) => !rights.includes(right)))
    case 'delete':
      return ''
    default:
      return mode satisfies never
  }
}
