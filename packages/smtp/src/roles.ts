import type { Service } from '@mailwright/core'
import { type Reply, reply } from './response/reply.js'
import type { Hello, SmtpRole } from './session.js'

/** All in which the three kinds of server differ. */
export interface RoleTraits {
  /** As the authenticator knows us. */
  readonly service: Service
  /** The greeting's text, before its variables are filled in. */
  readonly banner: string
  /** The commands that open a session. LMTP must not answer HELO and EHLO with success (RFC 2033 §4.1). */
  readonly hellos: ReadonlySet<Hello>
  /** Mail needs a login first (RFC 6409 §4.3). */
  readonly needsLogin: boolean
  /** Each recipient gets its own reply after the data (RFC 2033 §4.2). */
  readonly repliesPerRecipient: boolean
  /** What the host refuses counts as the peer's error: a guesser's mark, but not that of a queue that delivers. */
  readonly countsRefusals: boolean
  /** DATA without a valid recipient: 503 is a MUST in LMTP (RFC 2033 §4.2), 554 in SMTP (RFC 5321 §3.3, Postfix). */
  readonly noRecipients: Reply
}

const SMTP: Omit<RoleTraits, 'service' | 'needsLogin'> = {
  banner: '$myhostname ESMTP $mail_name',
  hellos: new Set(['HELO', 'EHLO']),
  repliesPerRecipient: false,
  countsRefusals: true,
  noRecipients: reply(554, '5.5.1', 'Error: no valid recipients'),
}

export const ROLES: { readonly [R in SmtpRole]: RoleTraits } = {
  mx: { ...SMTP, service: 'smtp', needsLogin: false },
  submission: { ...SMTP, service: 'submission', needsLogin: true },
  lmtp: {
    service: 'lmtp',
    banner: '$myhostname LMTP $mail_name',
    hellos: new Set(['LHLO']),
    needsLogin: false,
    repliesPerRecipient: true,
    countsRefusals: false,
    noRecipients: reply(503, '5.5.1', 'Error: no valid recipients'),
  },
}
