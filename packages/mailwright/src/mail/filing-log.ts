import type { Octets, UnixMillis } from '@mailwright/core'
import type { RecipientOutcome } from '@mailwright/smtp'
import { type Mailbox, type SmtpSession, type SmtpTransaction, writeMailbox } from '@mailwright/smtp'
import { isHeard, type Logger } from '../log/logger.js'

/** A message that went straight into mailboxes, or was refused there. */
export interface Filing {
  readonly id: string
  readonly session: SmtpSession
  readonly transaction: SmtpTransaction
  readonly recipients: readonly Mailbox[]
  readonly outcomes: readonly RecipientOutcome[]
  readonly octets: Octets
  readonly messageId: string | null
  readonly began: UnixMillis
  readonly ended: UnixMillis
}

/** Tells what became of a message, in the words of mail that was queued: `filed` stands for its `accepted`, `queued` and `claimed`. */
export function logFiling(logger: Logger, filing: Filing): void {
  if (!isHeard(logger, 'info')) return
  const { id, session, transaction, recipients, outcomes, octets, messageId, began, ended } = filing
  const { peer, client, heloName, protocol, identity, mechanism } = session
  if (outcomes.some(({ kind }) => kind === 'delivered')) {
    const from = transaction.reversePath === null ? '' : writeMailbox(transaction.reversePath)
    logger.info(
      {
        id,
        client: client?.name ?? null,
        clientAddress: peer.address,
        helo: heloName,
        protocol,
        user: identity?.user ?? null,
        method: mechanism ?? null,
        from,
        octets,
        recipients: recipients.length,
        messageId,
      },
      'filed',
    )
  }
  const delay = ended - began
  for (const [at, recipient] of recipients.entries()) {
    const outcome = outcomes[at]
    if (outcome === undefined) continue
    const base = { id, to: writeMailbox(recipient), agent: 'local', relay: 'local', delay }
    if (outcome.kind === 'delivered') {
      const text = 'delivered to mailbox'
      logger.info({ ...base, delays: [0, 0, 0, delay].map(String), dsn: '2.0.0', status: 'sent', text }, 'delivery')
    } else {
      const { enhanced, text } = outcome.reply
      logger.info({ ...base, dsn: enhanced, status: 'refused', text: [text].flat().join(' ') }, 'delivery')
    }
  }
  logger.info({ id }, 'removed')
}
