import { type AccountId, type Authenticator, accountId } from '@mailwright/core'
import { type Performer, performer, runFlow } from '@mailwright/core/driver'
import { ROUTING_RULES, Router } from '@mailwright/relay'
import { type Mailbox, parseMailbox, writeMailbox } from '@mailwright/smtp'

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
  | { readonly kind: 'local'; readonly account: AccountId }
  | { readonly kind: 'notOurs' }
  | { readonly kind: 'unknownUser' }
  | { readonly kind: 'unavailable' }

/** Finds the users behind envelope addresses, as a site's routing has it. */
export class Recipients {
  readonly #router: Router
  readonly #perform: Performer

  constructor(router: Router, perform: Performer) {
    this.#router = router
    this.#perform = perform
  }

  /** Those of a site that is not more than its domains and users. */
  static of(authenticator: Authenticator, { domains, postmaster, delimiter = '+' }: RecipientRules): Recipients {
    const [origin = 'localhost'] = domains
    const rules = { ...ROUTING_RULES, origin, destinations: domains, delimiter }
    const router = new Router(postmaster === undefined ? rules : { ...rules, postmaster })
    return new Recipients(router, performer([authenticator]))
  }

  /** The address with our first domain where it has none. */
  qualify(recipient: Mailbox): Mailbox {
    if (recipient.domain !== null) return recipient
    const { local, domain } = this.#router.qualify(writeMailbox(recipient))
    return { localPart: parseMailbox(local)?.localPart ?? recipient.localPart, domain }
  }

  async find(recipient: Mailbox, signal: AbortSignal): Promise<RecipientAnswer> {
    const address = this.#router.qualify(writeMailbox(recipient))
    const name = await runFlow(this.#router.classOf(address.domain), this.#perform, signal)
    if (typeof name === 'object') return name
    if (name !== 'local' && name !== 'virtualMailbox') return { kind: 'notOurs' }
    const { postmaster } = this.#router.rules
    const isPostmaster = recipient.localPart.toLowerCase() === 'postmaster' && postmaster !== undefined
    for (const each of isPostmaster ? [address, this.#router.qualify(postmaster)] : [address]) {
      const found = await runFlow(this.#router.user(each), this.#perform, signal)
      if (found.kind === 'unavailable') return found
      if (found.kind === 'found') return { kind: 'local', account: accountId(found.account) }
    }
    return { kind: 'unknownUser' }
  }
}
