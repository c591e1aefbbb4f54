import type { Flow } from '@mailwright/core'
import type { HostNote, Mailbox, Reply, SmtpRecipient, SmtpSession, SmtpTransaction, Verdict } from '@mailwright/smtp'
import { deferred } from '../restrictions/deferral.js'
import type { ReceivingPolicy, Stage, StageFacts, Standing } from './policy.js'

/** Lists that are put off until it is known for whom the mail is. */
const PUT_OFF: readonly Stage[] = ['client', 'helo', 'sender']
/** RFC-wise relaying is decided first, then what kind of mail it is (Postfix's smtpd_relay_before_recipient_restrictions). */
const AT_RECIPIENT: readonly Stage[] = ['relay', 'recipient']

/** What the lists of some stages say, one after the other: the first refusal holds. */
export function* checkStages(policy: ReceivingPolicy, stages: readonly Stage[], facts: StageFacts): Flow<Verdict> {
  const notes: HostNote[] = []
  for (const stage of stages) {
    if (!policy.stages.has(stage)) continue
    const answer = yield* policy.check(stage, facts, notes)
    if (answer.kind === 'refused') return answer
    notes.push(...answer.notes)
  }
  return notes.length === 0 ? { kind: 'accepted' } : { kind: 'accepted', notes }
}

/** Of these stages those that were not looked at when they came: all, or none. */
export function putOff({ refusals }: ReceivingPolicy, stages: readonly Stage[]): readonly Stage[] {
  return refusals === 'atRecipient' ? stages : []
}

/** Do we take mail for this recipient from this peer? First whether it may, then whether there is anybody. */
export function* decideRecipient(
  policy: ReceivingPolicy,
  facts: {
    readonly session: SmtpSession
    readonly transaction: SmtpTransaction
    readonly recipient: SmtpRecipient
    readonly accepted?: number
  },
): Flow<Verdict> {
  const verdict = yield* checkStages(policy, [...putOff(policy, PUT_OFF), ...AT_RECIPIENT], facts)
  if (verdict.kind === 'refused') return verdict
  const later = notNow(facts, verdict)
  if (later !== null) return { kind: 'refused', reply: later }
  const standing = yield* policy.standing(facts.recipient)
  return standing.kind === 'known' ? verdict : { kind: 'refused', reply: standing.reply }
}

/** Is there such a recipient? VRFY is asked what RCPT would be: who may not send there is not told who is there. */
export function* decideVerification(
  policy: ReceivingPolicy,
  facts: { readonly session: SmtpSession; readonly recipient: Mailbox },
): Flow<Standing> {
  const verdict = yield* checkStages(policy, [...putOff(policy, PUT_OFF), ...AT_RECIPIENT], facts)
  if (verdict.kind === 'refused') return { kind: 'unknown', reply: verdict.reply }
  const later = notNow(facts, verdict)
  return later === null ? yield* policy.standing(facts.recipient) : { kind: 'unknown', reply: later }
}

/** Stands with a transaction whose `data` list was looked at before the message came. */
const DATA_WAS_ASKED = 'DATA_WAS_ASKED'

/** May the message come? Asked when all its recipients are known, before it is sent. */
export function* decideData(policy: ReceivingPolicy, facts: Parameters<typeof decideMessage>[1]): Flow<Verdict> {
  const verdict = yield* decideStages(policy, ['data'], facts)
  if (verdict.kind === 'refused') return verdict
  return { kind: 'accepted', notes: [...(verdict.notes ?? []), { kind: DATA_WAS_ASKED }] }
}

/** Do we take the message? The `data` list counts now where it could not be asked before. */
export function* decideMessage(
  policy: ReceivingPolicy,
  facts: {
    readonly session: SmtpSession
    readonly transaction: SmtpTransaction
    readonly recipients: readonly SmtpRecipient[]
  },
): Flow<Verdict> {
  const wasAsked = facts.transaction.notes?.some(({ kind }) => kind === DATA_WAS_ASKED) === true
  return yield* decideStages(policy, wasAsked ? ['endOfData'] : ['data', 'endOfData'], facts)
}

function* decideStages(
  policy: ReceivingPolicy,
  stages: readonly Stage[],
  {
    recipients,
    ...facts
  }: {
    readonly session: SmtpSession
    readonly transaction: SmtpTransaction
    readonly recipients: readonly SmtpRecipient[]
  },
): Flow<Verdict> {
  const [only] = recipients
  const isOne = recipients.length === 1 && only !== undefined
  const whole = { ...facts, accepted: recipients.length, ...(isOne ? { recipient: only } : {}) }
  const verdict = yield* checkStages(policy, stages, whole)
  const later = notNow(facts, verdict)
  return later === null || verdict.kind === 'refused' ? verdict : { kind: 'refused', reply: later }
}

/** What all lists said yes to is put off, when something could not be found out that might have led to a no (defer_if_permit). */
export function notNow({ session, transaction }: StageFacts, verdict: Verdict): Reply | null {
  const own = verdict.kind === 'accepted' ? (verdict.notes ?? []) : []
  return deferred([...(session.notes ?? []), ...(transaction?.notes ?? []), ...own])
}
