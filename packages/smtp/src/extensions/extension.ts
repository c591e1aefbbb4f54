import type { EsmtpParameter } from '../grammar/parameters.js'
import type { SmtpSettings } from '../options.js'
import type { Reply } from '../response/reply.js'
import type { MailParameters, SmtpSession } from '../session.js'

/** Keywords of EHLO's list. */
export type ExtensionKeyword = 'PIPELINING' | 'SIZE' | 'VRFY' | 'STARTTLS' | 'AUTH' | 'ENHANCEDSTATUSCODES' | '8BITMIME'

/** What a MAIL parameter comes to: what it declares, or why it is refused. */
export type MailParameterResult =
  | { readonly kind: 'declared'; readonly parameters: MailParameters }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** A service extension (RFC 5321 §2.2). */
export interface Extension {
  readonly keyword: ExtensionKeyword
  /** What stands behind the keyword in EHLO's list; `''` for nothing, `null` when it is not offered now. */
  announce(session: SmtpSession, settings: SmtpSettings): string | null
  /** The MAIL parameter it brings, if any. `undefined` from `read`: a value it does not know. */
  readonly mailParameter?: {
    readonly keyword: string
    read(parameter: EsmtpParameter, settings: SmtpSettings): MailParameterResult | undefined
  }
}
