import type { EsmtpParameter } from '../grammar/parameters.js'
import type { SmtpSettings } from '../options.js'
import type { Reply } from '../response/reply.js'
import type { MailParameters, RcptParameters, SmtpSession } from '../session.js'

/** Keywords of EHLO's list. */
export type ExtensionKeyword =
  | 'PIPELINING'
  | 'SIZE'
  | 'LIMITS'
  | 'VRFY'
  | 'STARTTLS'
  | 'AUTH'
  | 'EXPN'
  | 'ETRN'
  | 'XCLIENT'
  | 'XFORWARD'
  | 'ENHANCEDSTATUSCODES'
  | '8BITMIME'
  | 'DSN'
  | 'SMTPUTF8'
  | 'REQUIRETLS'
  | 'DELIVERBY'
  | 'FUTURERELEASE'
  | 'MT-PRIORITY'
  | 'CHUNKING'
  | 'BINARYMIME'
  | 'BURL'

/** What a parameter of MAIL or RCPT comes to: what it declares, or why it is refused. */
export type ParameterResult<Declared> =
  /** `reply` is said in place of `250 2.1.0 Ok`: the parameter was taken otherwise than it was given. */
  | { readonly kind: 'declared'; readonly parameters: Declared; readonly reply?: Reply }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** What a parameter may depend on. */
export interface ParameterContext<Declared> {
  readonly session: SmtpSession
  readonly settings: SmtpSettings
  /** What the parameters before it declared. */
  readonly declared: Declared
}

/** A parameter that an extension brings. */
export interface ParameterRule<Declared> {
  readonly keyword: string
  /** `undefined`: a value that it does not know. */
  read(parameter: EsmtpParameter, context: ParameterContext<Declared>): ParameterResult<Declared> | undefined
}

/** A service extension (RFC 5321 §2.2). */
export interface Extension {
  readonly keyword: ExtensionKeyword
  /** Where it is defined. A transcript in that RFC's folder proves it. */
  readonly source: string
  /** What stands behind the keyword in EHLO's list; `''` for nothing, `null` when it is not offered now. */
  announce(session: SmtpSession, settings: SmtpSettings): string | null
  readonly mailParameters?: readonly ParameterRule<MailParameters>[]
  readonly rcptParameters?: readonly ParameterRule<RcptParameters>[]
}
