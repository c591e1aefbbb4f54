import type { Authenticator, Identity } from '@mailwright/core'
import type { Mailbox } from '@mailwright/smtp'

/** Which addresses are ours, and whose they are. */
export interface RecipientRules {
  /** Domains whose mail ends here. The first qualifies names without a domain. */
  readonly domains: readonly string[]
  /** Who gets `postmaster` where no such user exists: every domain must have it (RFC 5321 §4.5.1). */
  readonly postmaster?: string
  /** Between a user's name and a suffix of the user's choice, as in `user+lists`. Default `+`; empty for none. */
  readonly delimiter?: string
}

export type RecipientAnswer =
  | { readonly kind: 'local'; readonly identity: Identity }
  | { readonly kind: 'notOurs' }
  | { readonly kind: 'unknownUser' }
  | { readonly kind: 'unavailable' }

/** Finds the users behind envelope addresses. */
export class Recipients {
  readonly #authenticator: Authenticator
  readonly #domains: ReadonlySet<string>
  readonly #home: string
  readonly #postmaster: string | undefined
  readonly #delimiter: string

  constructor(authenticator: Authenticator, rules: RecipientRules) {
    this.#authenticator = authenticator
    this.#domains = new Set(rules.domains.map((domain) => domain.toLowerCase()))
    this.#home = rules.domains[0] ?? 'localhost'
    this.#postmaster = rules.postmaster
    this.#delimiter = rules.delimiter ?? '+'
  }

  /** The address with our first domain where it has none. */
  qualify(recipient: Mailbox): Mailbox {
    return recipient.domain === null ? { ...recipient, domain: this.#home } : recipient
  }

  async find(recipient: Mailbox, signal: AbortSignal): Promise<RecipientAnswer> {
    const domain = (recipient.domain ?? this.#home).toLowerCase()
    if (!this.#domains.has(domain)) return { kind: 'notOurs' }
    for (const user of this.#candidates(recipient.localPart, domain)) {
      const found = await this.#authenticator.lookupUser({ user }, signal)
      if (found.kind === 'unavailable') return found
      if (found.kind === 'found') return { kind: 'local', identity: { user: found.user, account: found.account } }
    }
    return { kind: 'unknownUser' }
  }

  /** Names to look up, in order: whole addresses before bare names, full local parts before their base. */
  #candidates(localPart: string, domain: string): string[] {
    const cut = this.#delimiter === '' ? -1 : localPart.indexOf(this.#delimiter)
    const parts = cut > 0 ? [localPart, localPart.slice(0, cut)] : [localPart]
    const names = parts.flatMap((part) => [`${part}@${domain}`, part])
    return localPart.toLowerCase() === 'postmaster' && this.#postmaster !== undefined
      ? [...names, this.#postmaster]
      : names
  }
}
