import {
  bytesHandle,
  type Clock,
  type EngineEvent,
  type Flow,
  type MailQueue,
  type Random,
  type RecipientEnvelope,
} from '@mailwright/core'
import { type Performer, runFlow } from '@mailwright/core/driver'
import type {
  ConnectionVerdict,
  EtrnVerdict,
  HostNote,
  Mailbox,
  MessageVerdict,
  RecipientOutcome,
  Reply,
  SmtpHandler,
  SmtpSession,
  Verdict,
  VerifyVerdict,
} from '@mailwright/smtp'
import { parseMailbox, reply, writeMailbox } from '@mailwright/smtp'
import { queueId } from '../queue-id.js'
import { keptDomains } from '../receiving/kept-domains.js'
import { RECEIVING_LIMITS, type ReceivingLimits } from '../receiving/limits.js'
import { decideExpansion } from '../receiving/list-members.js'
import { type MessagePlan, notBefore, planMessage, qualified, queueEnvelope } from '../receiving/plan.js'
import type { ReceivingPolicy, Stage } from '../receiving/policy.js'
import {
  checkStages,
  decideData,
  decideMessage,
  decideRecipient,
  decideVerification,
  notNow,
  putOff,
} from '../receiving/recipient.js'
import { sessionTrace } from '../receiving/trace.js'
import type { MessageNews } from '../reports/report.js'
import { findClientNames } from '../restrictions/client-names.js'
import { TooManyHops } from './header-guard.js'
import { Intake } from './intake.js'
import { loopGuard } from './loop-guard.js'
import type { Reporter } from './reporter.js'
import { submissionFilters } from './submission-filters.js'

export interface ReceivingOptions {
  readonly hostname: string
  /** Completes addresses without a domain (Postfix's myorigin). */
  readonly origin: string
  readonly policy: ReceivingPolicy
  /** Answers the policy's calls. */
  readonly perform: Performer
  /** `lookedUp`: what DNS calls a client is found out when it connects, for `Received`, the log and the policy. */
  readonly clientNames?: 'lookedUp'
  readonly queue: MailQueue
  /** Domains whose waiting mail ETRN may ask for. Default none. */
  readonly keptDomains?: readonly string[]
  /** `offered`: there is EXPN, for whom the policy's list `expn` lets. Default: there is none, as in Postfix. */
  readonly expn?: 'offered'
  /**
   * Puts a message at once where it ends, when all its recipients are mailboxes of our own store: one fsync less, and over quota is
   * told to the peer. Absent: such mail is queued too.
   */
  readonly direct?: SmtpHandler['message']
  readonly clock: Clock
  readonly random: Random
  readonly limits?: Partial<ReceivingLimits>
  /** Told of what was queued: `accepted`, `queued`, `discarded`. */
  readonly onEvent?: (event: EngineEvent) => void
}

/** Notes that are told, and by what name. */
const NOTE_EVENTS: { readonly [kind: string]: string } = {
  WARN: 'ruleWarned',
  INFO: 'ruleTold',
  REJECT_WARNING: 'refusalWarned',
  HOLD: 'holdRuled',
  DISCARD: 'discardRuled',
  FILTER: 'filterRuled',
  REDIRECT: 'redirectRuled',
}

type Args<K extends keyof SmtpHandler> = Parameters<NonNullable<SmtpHandler[K]>>[0]

/** Decides on mail that comes in, and puts it into the queue. */
export class Receiving implements SmtpHandler {
  readonly #options: ReceivingOptions
  readonly #limits: ReceivingLimits
  readonly #onEvent: (event: EngineEvent) => void
  /** For mail that did not come by SMTP. */
  readonly intake: Intake
  /** Tells who asked that a list was expanded. Set once, by who composes: reports are mail, and come in here. */
  reporter: Reporter | null = null
  /** Only where EXPN is offered: who has it is asked. */
  readonly expand?: NonNullable<SmtpHandler['expand']>

  constructor(options: ReceivingOptions) {
    this.#options = options
    this.#limits = { ...RECEIVING_LIMITS, ...options.limits }
    this.#onEvent = options.onEvent ?? (() => {})
    const { hostname, policy, perform, queue, clock, random } = options
    this.intake = new Intake({
      queue,
      policy,
      perform,
      hostname,
      clock,
      random,
      limits: this.#limits,
      onEvent: this.#onEvent,
    })
    if (options.expn === 'offered') {
      this.expand = (args, signal) => this.#run(decideExpansion(policy, args, this.#limits.members), signal)
    }
  }

  async connection({ session }: Args<'connection'>, signal: AbortSignal): Promise<ConnectionVerdict> {
    if (this.#options.clientNames !== 'lookedUp') return this.#atOnce('client', { session }, signal)
    // A proxy of ours may have told them (XCLIENT).
    const client = session.client ?? (await this.#run(findClientNames(session.peer.address), signal))
    const verdict = await this.#atOnce('client', { session: { ...session, client } }, signal)
    return verdict.kind === 'refused' ? verdict : { ...verdict, client }
  }

  hello(args: Args<'hello'>, signal: AbortSignal): Promise<Verdict> {
    return this.#atOnce('helo', args, signal)
  }

  mail(args: Args<'mail'>, signal: AbortSignal): Promise<Verdict> {
    return this.#atOnce('sender', args, signal)
  }

  /** RFC 5321 §3.5.3: a yes is 252, for nothing was tried; a no is a no. */
  async verify({ session, address }: Args<'verify'>, signal: AbortSignal): Promise<VerifyVerdict> {
    const mailbox = parseMailbox(address.replace(/^<(.*)>$/, '$1'))
    if (mailbox === undefined) return { kind: 'refused', reply: reply(501, '5.1.3', 'Bad recipient address syntax') }
    const standing = await this.#run(decideVerification(this.#options.policy, { session, recipient: mailbox }), signal)
    return standing.kind === 'known' ? { kind: 'noncommittal' } : { kind: 'refused', reply: standing.reply }
  }

  async recipient(args: Args<'recipient'>, signal: AbortSignal): Promise<Verdict> {
    const verdict = await this.#run(decideRecipient(this.#options.policy, args), signal)
    if (verdict.kind === 'accepted') {
      const from = args.transaction.reversePath
      this.#tellNotes(args.session, verdict.notes ?? [], {
        verb: 'RCPT',
        from: from === null ? '' : writeMailbox(from),
        to: writeMailbox(args.recipient),
      })
    }
    return verdict
  }

  /** A queue run for domains that we keep mail for (Postfix's fast_flush_domains, which are its relay_domains). */
  async etrn({ session, scope, node }: Args<'etrn'>, signal: AbortSignal): Promise<EtrnVerdict> {
    const { policy, queue } = this.#options
    const stages = [...putOff(policy, ['client', 'helo']), 'etrn'] as const
    const verdict = await this.#run(checkStages(policy, stages, { session, etrnDomain: node }), signal)
    if (verdict.kind === 'refused') return verdict
    const later = notNow({ session }, verdict)
    if (later !== null) return { kind: 'refused', reply: later }
    const kept = keptDomains(this.#options.keptDomains ?? [], scope, node)
    if (kept.length === 0) return { kind: 'notAllowed' }
    for (const domain of kept) await queue.requeue({ domain }, signal)
    return { kind: 'started' }
  }

  data(args: Args<'data'>, signal: AbortSignal): Promise<Verdict> {
    return this.#run(decideData(this.#options.policy, args), signal)
  }

  async message(args: Args<'message'>, signal: AbortSignal): Promise<MessageVerdict> {
    const { policy } = this.#options
    const { session, transaction, recipients } = args
    const verdict = await this.#run(decideMessage(policy, { session, transaction, recipients }), signal)
    if (verdict.kind === 'refused') return verdict
    const notes = [...(transaction.notes ?? []), ...(verdict.notes ?? [])]
    const noted = { session, transaction: { ...transaction, notes }, recipients }
    const plan = await this.#run(planMessage(policy, noted, this.#limits.expansion), signal)
    if (plan.actions.isDiscarded) return this.#discard(args)
    if (plan.isDirect && this.#options.direct !== undefined) {
      const addresses = plan.recipients.map(({ recipient }) => recipient.address)
      return this.#options.direct({ ...args, body: loopGuard(args.body, addresses) }, signal)
    }
    const refusal = plan.refusals.find((each): each is Reply => each !== null)
    // By SMTP one answer stands for all; by LMTP who can have it gets it.
    if (refusal !== undefined && (session.role !== 'lmtp' || plan.recipients.length === 0)) {
      return session.role === 'lmtp' ? eachOf(plan, null) : { kind: 'refused', reply: refusal }
    }
    return this.#queue(args, plan, signal)
  }

  async #queue(args: Args<'message'>, plan: MessagePlan, signal: AbortSignal): Promise<MessageVerdict> {
    const { session, transaction, recipients, body } = args
    const { clock, random, origin } = this.#options
    const id = queueId(random)
    const now = clock.date()
    const { actions, lists } = plan
    const [only] = recipients
    const forWhom: Mailbox | null = recipients.length === 1 && only !== undefined ? qualified(only, origin) : null
    const prepended = actions.prepend.map((field) => `${field}\r\n`).join('')
    const start = notBefore(transaction, now)
    const facts = { messageId: null, ...(lists.length === 0 ? {} : { header: [] }) }
    const envelope = { ...queueEnvelope(session, transaction, actions.filter, now), reversePath: plan.reversePath }
    try {
      const kind = await this.intake.put(
        {
          id,
          envelope,
          recipients: plan.recipients,
          stamp: (each) => prepended + sessionTrace(session, transaction, each, forWhom, now),
          body,
          filters: submissionFilters(args, { id, at: now, home: origin }),
          arrived: now,
          ...(start === undefined ? {} : { notBefore: start }),
          ...(actions.isHeld ? { hold: 'held' } : {}),
        },
        signal,
        facts,
      )
      if (kind === 'full') return refusedForAll(args, reply(452, '4.3.1', 'Insufficient system storage'))
    } catch (error) {
      if (!(error instanceof TooManyHops)) throw error
      return refusedForAll(args, reply(554, '5.4.6', 'Error: too many hops'))
    }
    if (lists.length > 0) {
      await this.#tellOfLists({ id, envelope, arrived: now, octets: 0 }, facts.header ?? [], lists, signal)
    }
    if (session.role !== 'lmtp') return { kind: 'accepted', id }
    return eachOf(plan, id)
  }

  /** Before the peer hears our 250: it repeats the message if this fails. */
  async #tellOfLists(
    message: MessageNews['message'],
    header: readonly Uint8Array[],
    lists: readonly { readonly recipient: RecipientEnvelope }[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.reporter?.tell(
      {
        report: 'success',
        message,
        body: bytesHandle(joined(header)),
        recipients: lists.map(({ recipient }) => ({
          recipient,
          action: 'expanded',
          status: '2.0.0',
          text: 'via alias expansion',
        })),
      },
      signal,
    )
  }

  /** What rules wanted told, or done: an operator looks for it in the log. */
  #tellNotes(
    { peer, heloName, protocol }: SmtpSession,
    notes: readonly HostNote[],
    about: { readonly verb: string; readonly from: string; readonly to: string },
  ): void {
    for (const { kind, text } of notes) {
      const name = NOTE_EVENTS[kind]
      if (name === undefined) continue
      const said = typeof text === 'string' ? text : ''
      this.#onEvent({ name, ...about, text: said, rip: peer.address, helo: heloName, protocol })
    }
  }

  /** Reads it whole, so that a message that never came whole is not thanked for. */
  async #discard({ session, recipients, body, transaction }: Args<'message'>): Promise<MessageVerdict> {
    const id = queueId(this.#options.random)
    for await (const _ of body);
    const from = queueEnvelope(session, transaction, null, 0).reversePath
    this.#onEvent({ name: 'discarded', id, from, clientAddress: session.peer.address })
    if (session.role !== 'lmtp') return { kind: 'accepted', id }
    return { kind: 'perRecipient', outcomes: recipients.map(() => ({ kind: 'delivered', id })) }
  }

  async #atOnce(
    stage: Stage,
    facts: { readonly session: Args<'hello'>['session']; readonly transaction?: Args<'mail'>['transaction'] },
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { policy } = this.#options
    if (policy.refusals === 'atRecipient') return { kind: 'accepted' }
    return this.#run(checkStages(policy, [stage], facts), signal)
  }

  #run<T>(flow: Flow<T>, signal: AbortSignal): Promise<T> {
    return runFlow(flow, this.#options.perform, signal)
  }
}

function refusedForAll({ session, recipients }: Args<'message'>, refusal: Reply): MessageVerdict {
  const refused = { kind: 'refused', reply: refusal } as const
  return session.role === 'lmtp' ? { kind: 'perRecipient', outcomes: recipients.map(() => refused) } : refused
}

/** LMTP: an outcome for each recipient (RFC 2033 §4.2). */
function eachOf({ refusals }: MessagePlan, id: string | null): MessageVerdict {
  const outcomes = refusals.map((refusal): RecipientOutcome => {
    if (refusal !== null) return { kind: 'refused', reply: refusal }
    if (id === null) return { kind: 'refused', reply: reply(451, '4.3.0', 'Error: try again later') }
    return { kind: 'delivered', id }
  })
  return { kind: 'perRecipient', outcomes }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
