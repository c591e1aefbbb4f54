import type { Flow, QueueEnvelope, RecipientEnvelope, UnixMillis } from '@mailwright/core'
import {
  type Mailbox,
  parseMailbox,
  type Reply,
  reply,
  type SmtpRecipient,
  type SmtpSession,
  type SmtpTransaction,
  writeMailbox,
} from '@mailwright/smtp'
import { actionsOf, type MessageActions } from './actions.js'
import type { Expansion, FinalRecipient, ReceivingPolicy } from './policy.js'

/** A recipient whose list was expanded although its sender asked to hear of success. RFC 3461 §5.2.7. */
export interface ExpandedList {
  readonly recipient: RecipientEnvelope
}

/** What is to be done with a message that came in. */
export interface MessagePlan {
  readonly actions: MessageActions
  /** The sender as it goes on; empty for none. */
  readonly reversePath: string
  /** Everybody who gets it, each once. */
  readonly recipients: readonly FinalRecipient[]
  /** Why a recipient as it was given gets nothing; `null` for those that do. In the order of the transaction. */
  readonly refusals: readonly (Reply | null)[]
  readonly lists: readonly ExpandedList[]
  /** Every recipient is a mailbox of our own store as it was given, and nothing else is to be done: it may go there at once. */
  readonly isDirect: boolean
}

/** Decides who gets a message. */
export function* planMessage(
  policy: ReceivingPolicy,
  {
    session,
    transaction,
    recipients,
  }: {
    readonly session: SmtpSession
    readonly transaction: SmtpTransaction
    readonly recipients: readonly SmtpRecipient[]
  },
  most: number,
): Flow<MessagePlan> {
  const actions = actionsOf([...(session.notes ?? []), ...(transaction.notes ?? [])])
  const given: readonly RecipientEnvelope[] =
    actions.redirect === null ? recipients.map(recipientEnvelope) : [{ address: actions.redirect }]
  const { finals, refusals, lists } = yield* expandAll(
    policy,
    [...given, ...actions.bcc.map((address): RecipientEnvelope => ({ address, notify: ['NEVER'] }))],
    most,
  )
  const { reversePath: sender } = transaction
  const from = sender === null ? '' : writeMailbox(sender)
  const reversePath = from === '' ? '' : yield* policy.senderOf(from)
  const isPlain =
    reversePath === from &&
    !actions.isHeld &&
    actions.filter === null &&
    actions.redirect === null &&
    actions.bcc.length === 0 &&
    actions.prepend.length === 0 &&
    transaction.parameters.futureRelease === undefined
  if (reversePath === null) {
    const refused = recipients.map(() => LATER)
    return { actions, reversePath: from, recipients: [], refusals: refused, lists: [], isDirect: false }
  }
  return {
    actions,
    reversePath,
    recipients: finals,
    refusals:
      actions.redirect === null
        ? refusals.slice(0, recipients.length)
        : recipients.map((): Reply | null => refusals[0] ?? null),
    lists,
    isDirect: isPlain && refusals.every((each) => each === null) && finals.every(isUntouched),
  }
}

/** Expands recipients and leaves out who stands there already. */
export function* expandAll(
  policy: Pick<ReceivingPolicy, 'expand'>,
  recipients: readonly RecipientEnvelope[],
  most: number,
): Flow<{
  readonly finals: readonly FinalRecipient[]
  readonly refusals: readonly (Reply | null)[]
  readonly lists: readonly ExpandedList[]
}> {
  const finals = new Map<string, FinalRecipient>()
  const refusals: (Reply | null)[] = []
  const lists: ExpandedList[] = []
  for (const recipient of recipients) {
    const expansion: Expansion = yield* policy.expand(recipient)
    if (expansion.kind === 'refused') {
      refusals.push(expansion.reply)
      continue
    }
    if (finals.size + expansion.recipients.length > most) {
      refusals.push(TOO_MANY)
      continue
    }
    refusals.push(null)
    const isList = expansion.list === 'several' && recipient.notify?.includes('SUCCESS') === true
    if (isList) lists.push({ recipient })
    for (const found of expansion.recipients) {
      const final = leastQuoted(found)
      // A list's owner hears of its members, the sender of the others: each has a copy of its own.
      const key = `${recipientKey(final.recipient.address)} ${final.sender ?? ''}`
      if (!finals.has(key)) finals.set(key, traced(isList ? withoutSuccess(final) : final))
    }
  }
  return { finals: [...finals.values()], refusals, lists }
}

const LATER = reply(451, '4.3.0', 'Temporary lookup failure')
const TOO_MANY = reply(451, '4.3.0', 'Error: a list of too many recipients')

/** A recipient of the envelope as the queue keeps it. */
export function recipientEnvelope(recipient: SmtpRecipient): RecipientEnvelope {
  const { notify, originalRecipient } = recipient
  return {
    address: writeMailbox(recipient),
    ...(notify === undefined ? {} : { notify }),
    ...(originalRecipient === undefined ? {} : { originalRecipient }),
  }
}

/** What travels with a message that a peer gave us. */
export function queueEnvelope(
  session: SmtpSession,
  { reversePath, parameters }: SmtpTransaction,
  filter: string | null,
  now: UnixMillis,
): QueueEnvelope {
  const { body, auth, ret, envelopeId, smtpUtf8, requireTls, deliverBy, priority } = parameters
  const { peer, heloName, protocol, identity, mechanism, client } = session
  return {
    reversePath: reversePath === null ? '' : writeMailbox(reversePath),
    ...(ret === undefined ? {} : { ret }),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(body === undefined ? {} : { body }),
    ...(smtpUtf8 === undefined ? {} : { smtpUtf8 }),
    ...(requireTls === undefined ? {} : { requireTls }),
    ...(deliverBy === undefined
      ? {}
      : {
          deliverBy: { at: now + deliverBy.seconds * 1_000, mode: deliverBy.mode, isTraced: deliverBy.isTraced },
        }),
    ...(priority === undefined ? {} : { priority }),
    ...(auth === undefined || identity === null ? {} : { auth }),
    ...(filter === null ? {} : { filter }),
    origin: {
      ...(client?.name == null ? {} : { clientName: client.name }),
      ...(peer.address === '' ? {} : { clientAddress: peer.address }),
      ...(heloName === null ? {} : { helo: heloName }),
      protocol,
      ...(identity === null ? {} : { user: identity.user }),
      ...(mechanism === undefined ? {} : { mechanism }),
    },
  }
}

/** Earliest time of the first attempt (RFC 4865 §4); `undefined` for now. */
export function notBefore({ parameters: { futureRelease } }: SmtpTransaction, now: UnixMillis): UnixMillis | undefined {
  if (futureRelease === undefined) return undefined
  return futureRelease.kind === 'until' ? futureRelease.at : now + futureRelease.seconds * 1_000
}

/** Two addresses are the same recipient: the domain in any case, the local part as it is written (RFC 5321 §2.4). */
function recipientKey(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 0 ? address : address.slice(0, at) + address.slice(at).toLowerCase()
}

/** Tables may write `"joe"@example.org` for `joe@example.org`: it is the same recipient. */
function leastQuoted(final: FinalRecipient): FinalRecipient {
  const { address } = final.recipient
  if (!address.startsWith('"')) return final
  const mailbox = parseMailbox(address)
  return mailbox === undefined ? final : { ...final, recipient: { ...final.recipient, address: writeMailbox(mailbox) } }
}

/** A mailbox of the store that nobody has to be told about. */
function isUntouched({ recipient, place }: FinalRecipient): boolean {
  return place === 'store' && recipient.originalTo === undefined && recipient.notify?.includes('SUCCESS') !== true
}

/** RFC 3461 §4.2: what the sender wrote, so that a report can be understood. Of whom it was given, that holds. */
function traced(final: FinalRecipient): FinalRecipient {
  const { originalTo, originalRecipient } = final.recipient
  if (originalTo === undefined || originalRecipient !== undefined) return final
  const type = /^[\0-\x7f]*$/.test(originalTo) ? 'rfc822' : 'utf-8'
  return { ...final, recipient: { ...final.recipient, originalRecipient: `${type};${originalTo}` } }
}

/** RFC 3461 §5.2.7.2: success was told of when the list was expanded. */
function withoutSuccess(final: FinalRecipient): FinalRecipient {
  const rest = final.recipient.notify?.filter((condition) => condition !== 'SUCCESS') ?? []
  return { ...final, recipient: { ...final.recipient, notify: rest.length === 0 ? ['NEVER'] : rest } }
}

/** The address with a domain. */
export function qualified(mailbox: Mailbox, origin: string): Mailbox {
  return mailbox.domain === null ? { ...mailbox, domain: origin } : mailbox
}
