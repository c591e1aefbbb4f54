import { type DataFlaw, HostError, type Octets, type Upload } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { type Mailbox, writeMailbox } from '../grammar/mailbox.js'
import type { MessageVerdict, RecipientOutcome } from '../handler.js'
import { type Answer, said } from '../response/answer.js'
import { hostRefusal, type Reply, reply } from '../response/reply.js'
import { notAVerdict } from '../response/verdict.js'

const FAULT = reply(451, '4.3.0', 'Error: queue file write error')

/** What became of a message, in one word for the log and in replies for the peer: one, or one a recipient. */
export interface Outcome {
  readonly event: { readonly outcome: string; readonly id?: string; readonly flaw?: DataFlaw; readonly octets?: Octets }
  readonly replies: readonly Reply[]
  readonly verdict: Answer['verdict']
  readonly isAccepted: boolean
}

/** What the host's answer, or a flaw of the message, comes to. */
export function concluded(dialogue: Dialogue, recipients: readonly Mailbox[], result: Upload<MessageVerdict>): Outcome {
  if (result.kind === 'flawed') {
    const { flaw } = result
    return { ...forAll(dialogue, recipients, FLAWS[flaw]), verdict: 'mistake', event: { outcome: 'flawed', flaw } }
  }
  const { octets, result: verdict } = result
  switch (verdict?.kind) {
    case 'accepted':
      return {
        replies: dialogue.settings.traits.repliesPerRecipient
          ? recipients.map((recipient) => delivered(recipient, verdict))
          : [reply(250, '2.0.0', verdict.text ?? `Ok: queued as ${verdict.id}`)],
        verdict: 'fine',
        isAccepted: true,
        event: { outcome: 'accepted', id: verdict.id, octets },
      }
    case 'refused': {
      const refusal = hostRefusal(verdict.reply)
      dialogue.reportRefusal(refusal, { verb: 'DATA' })
      const counted = dialogue.settings.traits.countsRefusals ? 'refused' : 'fine'
      return { ...forAll(dialogue, recipients, refusal), verdict: counted, event: { outcome: 'refused', octets } }
    }
    case 'perRecipient':
      return perRecipient(dialogue, recipients, verdict.outcomes, octets)
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

/** RFC 2033 §4.2: one reply for each accepted RCPT, in their order. */
function perRecipient(
  dialogue: Dialogue,
  recipients: readonly Mailbox[],
  outcomes: readonly RecipientOutcome[],
  octets: Octets,
): Outcome {
  if (!dialogue.settings.traits.repliesPerRecipient) throw new HostError('only LMTP replies for each recipient')
  if (outcomes.length !== recipients.length) {
    throw new HostError(`${outcomes.length} outcomes for ${recipients.length} recipients`)
  }
  const replies = recipients.map((recipient, at) => {
    const outcome = outcomes[at]
    if (outcome?.kind === 'delivered') return delivered(recipient, outcome)
    if (outcome?.kind !== 'refused') throw notAVerdict(outcome)
    const refusal = hostRefusal(outcome.reply)
    dialogue.reportRefusal(refusal, { verb: 'DATA', to: writeMailbox(recipient) })
    return refusal
  })
  const isAccepted = outcomes.some(({ kind }) => kind === 'delivered')
  return { replies, verdict: 'fine', isAccepted, event: { outcome: 'perRecipient', octets } }
}

/** Dovecot's words: the queue's log shows where the message went. */
function delivered(recipient: Mailbox, { id, text }: { readonly id: string; readonly text?: string }): Reply {
  return reply(250, '2.0.0', text ?? `<${writeMailbox(recipient)}> ${id} Saved`)
}

/** One refusal for every recipient. */
export function forAll(
  { settings }: Dialogue,
  recipients: readonly Mailbox[],
  refusal: Reply,
): Pick<Outcome, 'replies' | 'isAccepted'> {
  return { replies: settings.traits.repliesPerRecipient ? recipients.map(() => refusal) : [refusal], isAccepted: false }
}

/** RFC 1870 §6.3 (552), RFC 5321 §2.3.8 (bare CR and LF), in Postfix's words. */
const FLAWS: { readonly [flaw in DataFlaw]: Reply } = {
  tooBig: reply(552, '5.3.4', 'Error: message file too big'),
  bareLineFeed: reply(550, '5.5.2', 'Error: bare <LF> received'),
  bareCarriageReturn: reply(550, '5.5.2', 'Error: bare <CR> received'),
}

/** The host failed: the peer keeps the message, and repeats it. */
export function faultFor(dialogue: Dialogue, verb: 'DATA' | 'BDAT' | 'BURL', fault: Error): Outcome {
  dialogue.reportFault(verb, fault)
  return { ...forAll(dialogue, dialogue.open.recipients, FAULT), verdict: 'fine', event: { outcome: 'fault' } }
}

/** Ends the transaction with what became of its message. */
export function endOfMessage(dialogue: Dialogue, outcome: Outcome): Answer {
  const { transaction, recipients } = dialogue.open
  dialogue.reset()
  if (outcome.isAccepted) dialogue.tally.forgive()
  dialogue.wire.event({
    name: 'message',
    from: transaction.reversePath === null ? '' : writeMailbox(transaction.reversePath),
    to: recipients.map(writeMailbox),
    ...outcome.event,
  })
  return { ...said(...outcome.replies), verdict: outcome.verdict }
}
