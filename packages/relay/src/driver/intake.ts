import {
  type Body,
  type Clock,
  type EngineEvent,
  fromUtf8,
  type MailQueue,
  type QueueEnvelope,
  type QueueId,
  type RecipientEnvelope,
  StoreFault,
  type UnixMillis,
} from '@mailwright/core'
import { type Performer, runFlow } from '@mailwright/core/driver'
import type { ReceivingLimits } from '../receiving/limits.js'
import type { InternalMail, MailIntake } from '../receiving/mail-intake.js'
import { expandAll } from '../receiving/plan.js'
import type { ReceivingPolicy } from '../receiving/policy.js'
import { internalTrace } from '../receiving/trace.js'
import { type HeaderFacts, observed } from './header-facts.js'
import { headerGuard } from './header-guard.js'
import { withStamp } from './stamp.js'

export interface IntakeOptions {
  readonly queue: MailQueue
  readonly policy: ReceivingPolicy
  /** Answers the policy's calls. */
  readonly perform: Performer
  readonly hostname: string
  readonly clock: Clock
  readonly limits: ReceivingLimits
  readonly onEvent: (event: EngineEvent) => void
}

/** A message whose recipients are final. */
export interface ReadyMail {
  readonly id: QueueId
  readonly envelope: QueueEnvelope
  readonly recipients: readonly RecipientEnvelope[]
  /** Our fields above the message, with their line ends. */
  readonly stamp: string
  readonly body: Body
  /** What is mended in it. */
  readonly mend?: (body: Body) => Body
  readonly arrived: UnixMillis
  /** Of the program that handed it in. */
  readonly userId?: number
  readonly notBefore?: UnixMillis
  readonly hold?: 'held'
}

/** Puts mail into the queue, and says so. */
export class Intake implements MailIntake {
  readonly #options: IntakeOptions

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  async take({ id, envelope, recipients, body, userId }: InternalMail, signal: AbortSignal): Promise<void> {
    const { policy, perform, limits, clock, hostname } = this.#options
    const { finals, refusals } = await runFlow(expandAll(policy, recipients, limits.expansion), perform, signal)
    const refused = recipients.flatMap((recipient, at) => {
      const refusal = refusals[at]
      if (refusal == null) return []
      if (refusal.code < 500) throw new StoreFault([refusal.text].flat().join(' '))
      return [recipient]
    })
    const now = clock.date()
    const stamp = internalTrace(hostname, id, now, userId)
    const all = [...finals.map(({ recipient }) => recipient), ...refused]
    const mail = { id, envelope, recipients: all, stamp, body, arrived: now }
    const kind = await this.put(userId === undefined ? mail : { ...mail, userId }, signal)
    if (kind === 'full') throw new StoreFault('the queue is full')
  }

  /** @throws {TooManyHops}, and what the queue and the body throw: then nothing remains. */
  async put(
    { stamp, body, mend = (whole) => whole, envelope, userId, ...mail }: ReadyMail,
    signal: AbortSignal,
    facts: HeaderFacts = { messageId: null },
  ): Promise<'queued' | 'full'> {
    const { queue, limits, onEvent } = this.#options
    const whole = withStamp(fromUtf8(stamp), observed(mend(headerGuard(body, limits.hops)), facts))
    const { clientName, clientAddress, helo, protocol, user } = envelope.origin ?? {}
    const result = await queue.enqueue({ ...mail, envelope, body: whole }, signal)
    if (result.kind === 'full') return 'full'
    const { id, recipients } = mail
    const from = envelope.reversePath
    const whose = userId === undefined ? { user } : { userId, from }
    // What the server made itself came from nobody.
    if (envelope.origin !== undefined || userId !== undefined) {
      onEvent({ name: 'accepted', id, client: clientName, clientAddress, helo, protocol, ...whose })
    }
    const { octets } = result
    const { messageId } = facts
    onEvent({ name: 'queued', id, from, octets, size: octets, recipients: recipients.length, messageId })
    return 'queued'
  }
}
