import { type HostNote, type Reply, reply, type SmtpSession, writeMailbox } from '@mailwright/smtp'
import type { StageFacts } from '../receiving/policy.js'

/** What one restriction says. */
export type Outcome =
  | { readonly kind: 'permit' }
  /** It has no opinion. */
  | { readonly kind: 'dunno' }
  /** `isFault`: our own trouble, which no `warn_if_reject` turns into a warning. */
  | { readonly kind: 'reject'; readonly reply: Reply; readonly isFault?: true }
  /** If the rest permits, the peer must try again: something could not be found out. */
  | { readonly kind: 'deferIfPermit'; readonly reply: Reply }
  /** If the rest rejects, the peer must try again instead. */
  | { readonly kind: 'deferIfReject'; readonly reply: Reply }
  /** Something is to be done with the message, or to be told. */
  | { readonly kind: 'note'; readonly note: HostNote }
  /** The message is taken, and thrown away. */
  | { readonly kind: 'discard' }
  /** What an access table says is a list of restrictions. */
  | { readonly kind: 'nested'; readonly text: string }

export const PERMIT: Outcome = { kind: 'permit' }
export const DUNNO: Outcome = { kind: 'dunno' }

/** What a refusal is about, in Postfix's words. */
export type ReplyClass =
  | 'Client host'
  | 'Unverified Client host'
  | 'Helo command'
  | 'Sender address'
  | 'Recipient address'
  | 'SASL login name'
  | 'Client certificate'
  | 'Data command'
  | 'End-of-data'
  | 'Etrn command'
  | 'Expn command'

/** What a refusal names, and of what kind it is. */
export interface Subject {
  readonly name: string
  readonly class: ReplyClass
}

/** `<name>: Sender address rejected: why`. */
export function rejected(subject: Subject, code: number, enhanced: string, why: string): Outcome {
  return { kind: 'reject', reply: rejection(subject, code, enhanced, why) }
}

export function rejection(subject: Subject, code: number, enhanced: string, why: string): Reply {
  return refusal(code, enhanced, `<${subject.name}>: ${subject.class} rejected: ${why}`)
}

/** Longest text of a refusal, in characters. Default 500: one reply line (RFC 5321 §4.5.3.1.5), as Postfix cuts it. */
const REFUSAL_TEXT = 500

/** A reply whose enhanced code is of the class of its code: of the two, the first is what counts. */
export function refusal(code: number, enhanced: string, text: string): Reply {
  return reply(code, `${String(code).charAt(0)}${enhanced.slice(1)}`, text.slice(0, REFUSAL_TEXT))
}

/** Something is wrong with us, not with the peer. */
export const CONFIGURATION_ERROR: Reply = reply(451, '4.3.5', 'Server configuration error')

/** A table or the users cannot be asked now. */
export function lookupFailure(name: string): Outcome {
  return { kind: 'reject', reply: reply(451, '4.3.0', `<${name}>: Temporary lookup failure`), isFault: true }
}

/** The sender as the peer gave it; empty for the null reverse-path; `null` before MAIL. */
export function senderOf({ transaction }: StageFacts): string | null {
  if (transaction === undefined) return null
  return transaction.reversePath === null ? '' : writeMailbox(transaction.reversePath)
}

/** The recipient as the peer gave it. */
export function recipientOf({ recipient }: StageFacts): string | null {
  return recipient === undefined ? null : writeMailbox(recipient)
}

/** The peer's address in one form: IPv4 as such, however it came. */
export function clientAddress({ peer }: Pick<SmtpSession, 'peer'>): string {
  return peer.address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
