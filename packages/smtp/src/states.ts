import { type Reply, reply } from './response/reply.js'
import type { RoleTraits } from './roles.js'
import type { SmtpRecipient, SmtpTransaction } from './session.js'

/** The commands we know. */
export type SmtpVerb =
  | 'HELO'
  | 'EHLO'
  | 'LHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'BURL'
  | 'RSET'
  | 'NOOP'
  | 'VRFY'
  | 'EXPN'
  | 'ETRN'
  | 'XCLIENT'
  | 'XFORWARD'
  | 'QUIT'
  | 'HELP'

/** Where a session stands. */
export type SmtpState =
  /** Greeted, and not greeted back. */
  | { readonly name: 'connected' }
  /** Between transactions. */
  | { readonly name: 'ready' }
  /** MAIL was accepted. */
  | OpenTransaction
  /** The host does not want this peer: it may only leave (RFC 5321 §3.1). */
  | { readonly name: 'denied' }

export interface OpenTransaction {
  /** `rcpt` once there is a recipient, `bdat` between the chunks of the message (RFC 3030 §2, RFC 4468 §3.2). */
  readonly name: 'mail' | 'rcpt' | 'bdat'
  readonly transaction: SmtpTransaction
  readonly recipients: readonly SmtpRecipient[]
}

const ALWAYS: readonly SmtpVerb[] = ['HELO', 'EHLO', 'LHLO', 'STARTTLS', 'RSET', 'NOOP', 'VRFY', 'EXPN', 'QUIT', 'HELP']

/** Verbs each state admits; others are answered by {@link outOfSequence}. RFC 5321 §4.1.4, RFC 4954 §4. */
export const ADMITS: { readonly [S in SmtpState['name']]: ReadonlySet<SmtpVerb> } = {
  connected: new Set<SmtpVerb>([...ALWAYS, 'ETRN', 'XCLIENT', 'XFORWARD']),
  ready: new Set<SmtpVerb>([...ALWAYS, 'AUTH', 'MAIL', 'ETRN', 'XCLIENT', 'XFORWARD']),
  mail: new Set<SmtpVerb>([...ALWAYS, 'RCPT']),
  rcpt: new Set<SmtpVerb>([...ALWAYS, 'RCPT', 'DATA', 'BDAT', 'BURL']),
  bdat: new Set<SmtpVerb>([...ALWAYS, 'BDAT', 'BURL']),
  denied: new Set(['QUIT']),
}

/** What a refusal for order depends on. */
export interface OrderFacts {
  readonly traits: RoleTraits
  readonly peerAddress: string
  /** Which command brought the first chunk. */
  readonly begunBy?: 'BDAT' | 'BURL'
}

/** The refusal of a verb that a state does not admit, in Postfix's words: it says what is missing. RFC 5321 §4.1.4. */
export function outOfSequence(
  state: SmtpState['name'],
  verb: SmtpVerb,
  { traits, peerAddress, begunBy = 'BDAT' }: OrderFacts,
): Reply {
  const isOpen = state === 'mail' || state === 'rcpt' || state === 'bdat'
  if (state === 'denied') return reply(503, '5.7.0', `Error: access denied for [${peerAddress}]`)
  if (state === 'bdat' && (verb === 'DATA' || verb === 'RCPT'))
    return reply(503, '5.5.1', `Error: ${verb} after ${begunBy}`)
  if (verb === 'RCPT') return reply(503, '5.5.1', 'Error: need MAIL command')
  if (verb === 'DATA' || verb === 'BDAT')
    return isOpen ? traits.noRecipients : reply(503, '5.5.1', 'Error: need RCPT command')
  // RFC 4468 §6, in its words.
  if (verb === 'BURL') {
    return isOpen
      ? reply(554, '5.5.0', 'No recipients have been specified')
      : reply(503, '5.5.0', 'Valid RCPT TO required before BURL')
  }
  if (!isOpen) return reply(503, '5.5.1', `Error: send ${[...traits.hellos].join('/')} first`)
  if (verb === 'MAIL') return reply(503, '5.5.1', 'Error: nested MAIL command')
  return reply(503, '5.5.1', 'Error: MAIL transaction in progress')
}
