import {
  type Body,
  type Clock,
  type EngineEvent,
  fromUtf8,
  type MailQueue,
  type Octets,
  type QueueEnvelope,
  type QueueId,
  type Random,
  type RecipientEnvelope,
  StoreFault,
  type UnixMillis,
} from '@mailwright/core'
import { type Performer, runFlow } from '@mailwright/core/driver'
import { queueId } from '../queue-id.js'
import type { ReceivingLimits } from '../receiving/limits.js'
import type { InternalMail, MailIntake } from '../receiving/mail-intake.js'
import { expandAll } from '../receiving/plan.js'
import type { FinalRecipient, ReceivingPolicy } from '../receiving/policy.js'
import { internalTrace } from '../receiving/trace.js'
import { type BodyFilter, filtered } from './body-filter.js'
import { type HeaderFacts, headerObserver } from './header-facts.js'
import { headerGuard } from './header-guard.js'
import { tee } from './tee.js'

export interface IntakeOptions {
  readonly queue: MailQueue
  readonly policy: ReceivingPolicy
  /** Answers the policy's calls. */
  readonly perform: Performer
  readonly hostname: string
  readonly clock: Clock
  readonly random: Random
  readonly limits: ReceivingLimits
  readonly onEvent: (event: EngineEvent) => void
}

/** A message whose recipients are final. */
export interface ReadyMail {
  readonly id: QueueId
  readonly envelope: QueueEnvelope
  readonly recipients: readonly FinalRecipient[]
  /** Our fields above the message, with their line ends. */
  readonly stamp: (id: QueueId) => string
  readonly body: Body
  /** What mends it. */
  readonly filters?: readonly BodyFilter[]
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
    const { reversePath: from } = envelope
    const reversePath = from === '' ? '' : await runFlow(policy.senderOf(from), perform, signal)
    if (reversePath === null) throw new StoreFault(`what the sender is called cannot be looked up now: ${from}`)
    const now = clock.date()
    const missing = refused.map((recipient): FinalRecipient => ({ recipient, place: 'elsewhere' }))
    const stamp = (each: QueueId): string => internalTrace(hostname, each, now, userId)
    const mail = {
      id,
      envelope: { ...envelope, reversePath },
      recipients: [...finals, ...missing],
      stamp,
      body,
      arrived: now,
    }
    const kind = await this.put(userId === undefined ? mail : { ...mail, userId }, signal)
    if (kind === 'full') throw new StoreFault('the queue is full')
  }

  /**
   * Queues a message; once more for each list that has an owner, who is its sender then. All or nothing.
   *
   * @throws {TooManyHops}, and what the queue and the body throw: then nothing remains.
   */
  async put(
    mail: ReadyMail,
    signal: AbortSignal,
    facts: HeaderFacts = { messageId: null },
  ): Promise<'queued' | 'full'> {
    const { envelope, recipients, id } = mail
    const { limits, random } = this.#options
    const filters = [headerGuard(limits.hops), ...(mail.filters ?? []), headerObserver(facts)]
    // A list's owner asked for nothing.
    const { firstAttempt: _, ...untold } = envelope
    const groups = [...groupedBySender(envelope.reversePath, recipients)].map(([reversePath, members], at) => ({
      id: at === 0 ? id : queueId(random),
      envelope: reversePath === envelope.reversePath ? envelope : { ...untold, reversePath },
      members,
    }))
    const [first] = groups
    if (groups.length === 1 && first !== undefined) {
      const body = filtered(mail.body, filters, fromUtf8(mail.stamp(first.id)))
      const result = await this.#enqueue(mail, first, body, signal)
      if (result.kind === 'full') return 'full'
      this.#tellQueued(first, result.octets, facts)
      return 'queued'
    }
    return this.#putAll(mail, groups, filtered(mail.body, filters), facts, signal)
  }

  async #putAll(
    mail: ReadyMail,
    groups: readonly Group[],
    whole: Body,
    facts: HeaderFacts,
    signal: AbortSignal,
  ): Promise<'queued' | 'full'> {
    const bodies = tee(whole, groups.length)
    const failure = new AbortController()
    const stop = AbortSignal.any([signal, failure.signal])
    const results = await Promise.allSettled(
      groups.map(async (group, at) => {
        const share = bodies[at]
        try {
          const body = filtered(share ?? whole, [], fromUtf8(mail.stamp(group.id)))
          const result = await this.#enqueue(mail, group, body, stop)
          if (result.kind === 'full') failure.abort(new StoreFault('the queue is full'))
          return result
        } catch (error) {
          failure.abort(error)
          throw error
        } finally {
          share?.leave()
        }
      }),
    )
    const octets = results.map((result) =>
      result.status === 'fulfilled' && result.value.kind === 'queued' ? result.value.octets : null,
    )
    const isFull = results.some((result) => result.status === 'fulfilled' && result.value.kind === 'full')
    if (octets.includes(null)) {
      const ids = groups.flatMap(({ id }, at) => (octets[at] == null ? [] : [id]))
      await this.#options.queue.remove({ ids }, new AbortController().signal)
      if (isFull) return 'full'
      throw failure.signal.reason
    }
    for (const [at, group] of groups.entries()) this.#tellQueued(group, octets[at] ?? 0, facts)
    return 'queued'
  }

  #enqueue(mail: ReadyMail, group: Group, body: Body, signal: AbortSignal): ReturnType<MailQueue['enqueue']> {
    const { arrived, notBefore, hold } = mail
    const { id, envelope, members } = group
    this.#tellAccepted(mail, group)
    return this.#options.queue.enqueue(
      {
        id,
        envelope,
        recipients: members,
        arrived,
        body,
        ...(notBefore === undefined ? {} : { notBefore }),
        ...(hold === undefined ? {} : { hold }),
      },
      signal,
    )
  }

  /** Before the queue has it: whoever runs the queue may be quick. */
  #tellAccepted({ userId }: ReadyMail, { id, envelope }: Group): void {
    const { clientName, clientAddress, helo, protocol, user, mechanism: method } = envelope.origin ?? {}
    // What the server made itself came from nobody.
    if (envelope.origin === undefined && userId === undefined) return
    const whose = userId === undefined ? { user, method } : { userId, from: envelope.reversePath }
    this.#options.onEvent({ name: 'accepted', id, client: clientName, clientAddress, helo, protocol, ...whose })
  }

  #tellQueued({ id, envelope, members }: Group, octets: Octets, { messageId }: HeaderFacts): void {
    const from = envelope.reversePath
    this.#options.onEvent({ name: 'queued', id, from, octets, size: octets, recipients: members.length, messageId })
  }
}

/** Recipients of one message of the queue: those who share a sender. */
interface Group {
  readonly id: QueueId
  readonly envelope: QueueEnvelope
  readonly members: readonly RecipientEnvelope[]
}

/** Members of a list with an owner have the owner for a sender (aliases(5)); but nobody hears of a report's trouble. */
function groupedBySender(
  reversePath: string,
  recipients: readonly FinalRecipient[],
): ReadonlyMap<string, readonly RecipientEnvelope[]> {
  const groups = new Map<string, RecipientEnvelope[]>()
  for (const { recipient, sender } of recipients) {
    const from = sender === undefined || reversePath === '' ? reversePath : sender
    const members = groups.get(from)
    if (members === undefined) groups.set(from, [recipient])
    else members.push(recipient)
  }
  return groups
}
