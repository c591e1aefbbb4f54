import type { Flow } from '@mailwright/core'
import {
  type ExpandVerdict,
  type NamedMailbox,
  parseMailbox,
  reply,
  type SmtpSession,
  writeMailbox,
} from '@mailwright/smtp'
import { parseProgram } from '../routing/program.js'
import type { FinalRecipient, ReceivingPolicy } from './policy.js'
import { checkStages, notNow, putOff } from './recipient.js'

/**
 * What EXPN is told of a name: who gets mail for it in the end. RFC 5321 §3.5.
 *
 * Neither yes nor no (252) hears whom the list `expn` refuses (RFC 5321 §7.3: nothing that could be taken for an answer), and whoever asks for mail's place elsewhere, for a list
 * with a program or a file among its members, or for one of more than `most`: half a list would be taken for the whole.
 */
export function* decideExpansion(
  policy: ReceivingPolicy,
  { session, address }: { readonly session: SmtpSession; readonly address: string },
  most: number,
): Flow<ExpandVerdict> {
  const mailbox = parseMailbox(address.replace(/^<(.*)>$/, '$1'))
  if (mailbox === undefined) return { kind: 'refused', reply: reply(501, '5.1.3', 'Bad recipient address syntax') }
  const facts = { session, recipient: mailbox }
  const client = yield* checkStages(policy, putOff(policy, ['client', 'helo']), facts)
  if (client.kind === 'refused') return client
  // Without a list nobody is told: names of users are not for everybody.
  if (!policy.stages.has('expn')) return UNTOLD
  const verdict = yield* checkStages(policy, ['expn'], facts)
  if (verdict.kind === 'refused') return verdict.reply.code < 500 ? verdict : UNTOLD
  const later = notNow(facts, { kind: 'accepted', notes: [...(client.notes ?? []), ...(verdict.notes ?? [])] })
  if (later !== null) return { kind: 'refused', reply: later }
  const expansion = yield* policy.expand({ address: writeMailbox(mailbox) })
  if (expansion.kind === 'refused') return expansion
  const { recipients } = expansion
  const [first] = recipients
  if (recipients.length === 1 && first?.recipient.originalTo === undefined) {
    return first?.place === 'store' ? NO_LIST : UNTOLD
  }
  return recipients.length > most ? UNTOLD : membersOf(recipients)
}

const UNTOLD: ExpandVerdict = { kind: 'noncommittal' }
const NO_LIST: ExpandVerdict = {
  kind: 'refused',
  reply: reply(550, '5.5.4', 'That is a user name, not a mailing list'),
}

function membersOf(recipients: readonly FinalRecipient[]): ExpandVerdict {
  const members: NamedMailbox[] = []
  for (const { recipient } of recipients) {
    const mailbox = parseProgram(recipient.address) === undefined ? parseMailbox(recipient.address) : undefined
    if (mailbox === undefined) return UNTOLD
    members.push({ mailbox })
  }
  return { kind: 'expanded', members }
}
