import type { Flow, RecipientEnvelope } from '@mailwright/core'
import type { HostNote, Mailbox, Reply, SmtpRecipient, SmtpSession, SmtpTransaction } from '@mailwright/smtp'

/** Where in a session a restriction list is looked at: Postfix's `smtpd_…_restrictions`. */
export type Stage = 'client' | 'helo' | 'sender' | 'relay' | 'recipient' | 'data' | 'endOfData' | 'etrn' | 'expn'

/** What is known by then. */
export interface StageFacts {
  readonly session: SmtpSession
  /** From MAIL on. */
  readonly transaction?: SmtpTransaction
  /** At RCPT, and of whom EXPN asks; from DATA on, where there is only one. */
  readonly recipient?: SmtpRecipient
  /** How many recipients were accepted by then. */
  readonly accepted?: number
  /** At ETRN: what the peer asks for. */
  readonly etrnDomain?: string
}

/** A list's verdict; `notes` are actions to be done with the message (see `actionsOf`). */
export type CheckAnswer =
  | { readonly kind: 'passed'; readonly notes: readonly HostNote[] }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** Whether there is such a recipient, as far as we have to know. */
export type Standing =
  | { readonly kind: 'known' }
  /** In Postfix's words: `User unknown in local recipient table`. */
  | { readonly kind: 'unknown'; readonly reply: Reply }

/** A recipient as it goes into the queue. */
export interface FinalRecipient {
  readonly recipient: RecipientEnvelope
  /** `store`: a mailbox of the store that this server delivers into itself; then what came in may go there at once. */
  readonly place: 'store' | 'elsewhere'
  /** Who hears of trouble instead of the sender: the owner of a list (aliases(5), owner-). */
  readonly sender?: string
}

/** What an address comes to. */
export type Expansion =
  | { readonly kind: 'expanded'; readonly recipients: readonly FinalRecipient[]; readonly list?: 'several' }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** A site's rules about mail that comes in: flows, whose look-ups are calls. */
export interface ReceivingPolicy {
  /** Whether lists before RCPT are looked at there, when it is known for whom (Postfix's smtpd_delay_reject). */
  readonly refusals: 'atRecipient' | 'atOnce'
  /** Stages that have a list; others are not asked about. */
  readonly stages: ReadonlySet<Stage>
  /** `before`: what lists said that were looked at for the same question. */
  check(stage: Stage, facts: StageFacts, before: readonly HostNote[]): Flow<CheckAnswer>
  standing(recipient: Mailbox): Flow<Standing>
  /** What is queued for a recipient; itself, qualified, when no table says otherwise. */
  expand(recipient: RecipientEnvelope): Flow<Expansion>
  /** What a sender is called outside; itself when no table says otherwise, `null` while that cannot be asked. Never asked of the null sender. */
  senderOf(reversePath: string): Flow<string | null>
}
