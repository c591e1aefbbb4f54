import type { Flow, Networks, RecipientEnvelope } from '@mailwright/core'
import { type HostNote, type Mailbox, type Reply, reply, writeMailbox } from '@mailwright/smtp'
import { RESTRICTION_CODES, type RestrictionCodes } from '../restrictions/options.js'
import { unlistedAddress } from '../restrictions/rules/address.js'
import { canonicalSender, expandRecipient } from '../routing/expand.js'
import { ROUTING_LIMITS, type RoutingLimits } from '../routing/limits.js'
import type { Router } from '../routing/router.js'
import type { CheckAnswer, Expansion, ReceivingPolicy, Stage, StageFacts, Standing } from './policy.js'

/** The lists of a site's restrictions. */
export type StageChecks = Pick<ReceivingPolicy, 'refusals' | 'stages' | 'check'>

/** Rules of a site: its restrictions say who may send, its router who exists and what an address comes to. */
export class RoutedPolicy implements ReceivingPolicy {
  readonly #router: Router
  readonly #checks: StageChecks
  readonly #limits: RoutingLimits
  readonly #codes: RestrictionCodes

  constructor(
    router: Router,
    checks: StageChecks,
    limits: Partial<RoutingLimits> = {},
    codes: Partial<RestrictionCodes> = {},
  ) {
    this.#router = router
    this.#checks = checks
    this.#limits = { ...ROUTING_LIMITS, ...limits }
    this.#codes = { ...RESTRICTION_CODES, ...codes }
  }

  get refusals(): ReceivingPolicy['refusals'] {
    return this.#checks.refusals
  }

  get stages(): ReadonlySet<Stage> {
    return this.#checks.stages
  }

  check(stage: Stage, facts: StageFacts, before: readonly HostNote[]): Flow<CheckAnswer> {
    return this.#checks.check(stage, facts, before)
  }

  *standing(recipient: Mailbox): Flow<Standing> {
    const subject = { name: writeMailbox(recipient), class: 'Recipient address' } as const
    const outcome = yield* unlistedAddress({ router: this.#router, codes: this.#codes }, subject)
    return outcome.kind === 'reject' ? { kind: 'unknown', reply: outcome.reply } : { kind: 'known' }
  }

  senderOf(reversePath: string): Flow<string | null> {
    return canonicalSender(this.#router, reversePath)
  }

  expand(recipient: RecipientEnvelope): Flow<Expansion> {
    return expandRecipient(this.#router, recipient, this.#limits)
  }
}

const LATER: Reply = reply(451, '4.3.0', 'Temporary lookup failure')

/**
 * The restrictions of a site that names none: permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination (Postfix's
 * smtpd_relay_restrictions). Lists are told to the same.
 */
export class RelayChecks implements StageChecks {
  readonly refusals = 'atRecipient'
  readonly stages: ReadonlySet<Stage> = new Set<Stage>(['relay', 'expn'])
  readonly #router: Router
  readonly #networks: Networks

  constructor(router: Router, networks: Networks) {
    this.#router = router
    this.#networks = networks
  }

  *check(stage: Stage, { session, recipient }: StageFacts): Flow<CheckAnswer> {
    if (session.identity !== null || this.#networks.has(session.peer.address) || recipient === undefined) return PASSED
    if (stage === 'expn') return refusedBecause(recipient, 'Expn command rejected: Access denied')
    const name = yield* this.#router.classOf(this.#router.qualify(writeMailbox(recipient)).domain)
    if (typeof name === 'object') return { kind: 'refused', reply: LATER }
    if (name !== 'default' && !isRouted(recipient)) return PASSED
    return refusedBecause(recipient, 'Relay access denied')
  }
}

function refusedBecause(recipient: Mailbox, why: string): CheckAnswer {
  return { kind: 'refused', reply: reply(554, '5.7.1', `<${writeMailbox(recipient)}>: ${why}`) }
}

const PASSED: CheckAnswer = { kind: 'passed', notes: [] }

/**
 * A local part that names another place: `a%b@ours`, `b!a@ours`, `"a@b"@ours`. Whoever hands mail on by such a name relays for strangers
 * (Postfix's allow_untrusted_routing).
 */
function isRouted({ localPart }: Mailbox): boolean {
  return /[@%!]/.test(localPart)
}
