import type { Flow } from '@mailwright/core'
import type { HostNote, SmtpRecipient, SmtpSession, SmtpTransaction, Verdict } from '@mailwright/smtp'
import type { ReceivingPolicy, Stage, StageFacts } from './policy.js'

/** Lists that are put off until it is known for whom the mail is. */
const PUT_OFF: readonly Stage[] = ['client', 'helo', 'sender']
/** RFC-wise relaying is decided first, then what kind of mail it is (Postfix's smtpd_relay_before_recipient_restrictions). */
const AT_RECIPIENT: readonly Stage[] = ['relay', 'recipient']

/** What the lists of some stages say, one after the other: the first refusal holds. */
export function* checkStages(policy: ReceivingPolicy, stages: readonly Stage[], facts: StageFacts): Flow<Verdict> {
  const notes: HostNote[] = []
  for (const stage of stages) {
    if (!policy.stages.has(stage)) continue
    const answer = yield* policy.check(stage, facts)
    if (answer.kind === 'refused') return answer
    notes.push(...answer.notes)
  }
  return notes.length === 0 ? { kind: 'accepted' } : { kind: 'accepted', notes }
}

/** Do we take mail for this recipient from this peer? First whether it may, then whether there is anybody. */
export function* decideRecipient(
  policy: ReceivingPolicy,
  facts: {
    readonly session: SmtpSession
    readonly transaction: SmtpTransaction
    readonly recipient: SmtpRecipient
  },
): Flow<Verdict> {
  const stages = policy.refusals === 'atRecipient' ? [...PUT_OFF, ...AT_RECIPIENT] : AT_RECIPIENT
  const verdict = yield* checkStages(policy, stages, facts)
  if (verdict.kind === 'refused') return verdict
  const standing = yield* policy.standing(facts.recipient)
  return standing.kind === 'known' ? verdict : { kind: 'refused', reply: standing.reply }
}
