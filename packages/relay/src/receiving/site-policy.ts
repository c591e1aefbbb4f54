import { type Authenticator, caller, type Flow, type Identity, type RecipientEnvelope } from '@mailwright/core'
import { type Mailbox, parseMailbox, type Reply, reply, writeMailbox } from '@mailwright/smtp'
import type { Networks } from './networks.js'
import type { CheckAnswer, Expansion, ReceivingPolicy, Stage, StageFacts, Standing } from './policy.js'

/** What a site says about itself. */
export interface SiteRules {
  /** Domains whose mail ends here. The first completes names without a domain. */
  readonly domains: readonly string[]
  /** Domains that we take mail for, to hand it on. */
  readonly relayDomains: readonly string[]
  /** Whose mail goes anywhere, without a login. */
  readonly networks: Networks
  /** Who gets `postmaster` where no such user exists (RFC 5321 §4.5.1). */
  readonly postmaster?: string
  /** Between a user's name and a suffix. Empty for none. */
  readonly delimiter: string
}

const { call } = caller<Authenticator>()

/**
 * The rules of a site without tables: who logged in or is of our networks may send anywhere, anybody to our domains, and only to users that
 * there are.
 */
export class SitePolicy implements ReceivingPolicy {
  readonly refusals = 'atRecipient'
  readonly stages: ReadonlySet<Stage> = new Set<Stage>(['relay'])
  readonly #rules: SiteRules
  readonly #domains: ReadonlySet<string>
  readonly #relayDomains: ReadonlySet<string>

  constructor(rules: SiteRules) {
    this.#rules = rules
    this.#domains = new Set(rules.domains.map((domain) => domain.toLowerCase()))
    this.#relayDomains = new Set(rules.relayDomains.map((domain) => domain.toLowerCase()))
  }

  /** permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination. */
  *check(_: Stage, { session, recipient }: StageFacts): Flow<CheckAnswer> {
    const isOurs = session.identity !== null || this.#rules.networks.has(session.peer.address)
    if (isOurs || recipient === undefined) return PASSED
    const domain = this.#domainOf(recipient)
    if ((this.#domains.has(domain) || this.#relayDomains.has(domain)) && !isRouted(recipient)) return PASSED
    return { kind: 'refused', reply: reply(554, '5.7.1', `<${writeMailbox(recipient)}>: Relay access denied`) }
  }

  *standing(recipient: Mailbox): Flow<Standing> {
    if (!this.#domains.has(this.#domainOf(recipient))) return { kind: 'known' }
    const found = yield* this.user(recipient)
    if (found.kind === 'found') return { kind: 'known' }
    return { kind: 'unknown', reply: refusalOf(recipient, found.kind) }
  }

  *expand(recipient: RecipientEnvelope): Flow<Expansion> {
    const mailbox = readMailbox(recipient.address)
    if (mailbox === undefined) return { kind: 'refused', reply: reply(501, '5.1.3', 'Bad recipient address syntax') }
    const address = writeMailbox({ ...mailbox, domain: mailbox.domain ?? this.#home })
    const final = { ...recipient, address }
    if (!this.#domains.has(this.#domainOf(mailbox))) {
      return { kind: 'expanded', recipients: [{ recipient: final, place: 'elsewhere' }] }
    }
    const found = yield* this.user(mailbox)
    if (found.kind === 'found') return { kind: 'expanded', recipients: [{ recipient: final, place: 'store' }] }
    return { kind: 'refused', reply: refusalOf(mailbox, found.kind) }
  }

  /** Whose mailbox an address of our domains is. */
  *user(
    mailbox: Mailbox,
  ): Flow<{ readonly kind: 'found'; readonly identity: Identity } | { readonly kind: 'unknownUser' | 'unavailable' }> {
    for (const user of this.#candidates(mailbox)) {
      const found = yield* call('lookupUser', { user })
      if (found.kind === 'unavailable') return found
      if (found.kind === 'found') return { kind: 'found', identity: { user: found.user, account: found.account } }
    }
    return { kind: 'unknownUser' }
  }

  get #home(): string {
    return this.#rules.domains[0] ?? 'localhost'
  }

  #domainOf({ domain }: Mailbox): string {
    return (domain ?? this.#home).toLowerCase()
  }

  /** Names to look up, in order: whole addresses before bare names, full local parts before their base. */
  #candidates(mailbox: Mailbox): readonly string[] {
    const { localPart } = mailbox
    const { delimiter, postmaster } = this.#rules
    const cut = delimiter === '' ? -1 : localPart.indexOf(delimiter)
    const parts = cut > 0 ? [localPart, localPart.slice(0, cut)] : [localPart]
    const names = parts.flatMap((part) => [`${part}@${this.#domainOf(mailbox)}`, part])
    return localPart.toLowerCase() === 'postmaster' && postmaster !== undefined ? [...names, postmaster] : names
  }
}

const PASSED: CheckAnswer = { kind: 'passed', notes: [] }

/**
 * A local part that names another place: `a%b@ours`, `b!a@ours`, `"a@b"@ours`. Whoever hands mail on by such a name relays for strangers
 * (Postfix's allow_untrusted_routing).
 */
function isRouted({ localPart }: Mailbox): boolean {
  return /[@%!]/.test(localPart)
}

function refusalOf(mailbox: Mailbox, kind: 'unknownUser' | 'unavailable'): Reply {
  const shown = `<${writeMailbox(mailbox)}>`
  return kind === 'unknownUser'
    ? reply(550, '5.1.1', `${shown}: Recipient address rejected: User unknown in local recipient table`)
    : reply(451, '4.3.0', `${shown}: Temporary lookup failure`)
}

/** An address of an envelope, as data. */
export function readMailbox(address: string): Mailbox | undefined {
  return parseMailbox(address)
}
