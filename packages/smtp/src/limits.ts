import { FAILURE_DELAY, type Millis, type Octets } from '@mailwright/core'

/** Bounds of one SMTP or LMTP session. A host may set each; what the peer sees when one is passed stands with it. */
export interface SmtpLimits {
  /** Octets of a command line without its end. Default 2,048 (Postfix): RFC 5321 §4.5.3.1.4 asks for 512 and extensions for more. Passed: `500 5.5.2`. */
  readonly lineOctets: Octets
  /** Octets of a message, as RFC 1870 §5 counts them. Default 10,240,000 (Postfix); `Infinity` for none. Passed: `552 5.3.4`, at MAIL when it is declared, else after the data. */
  readonly messageOctets: Octets
  /** Recipients of one transaction. Default 1,000 (Postfix); RFC 5321 §4.5.3.1.8 asks for 100. Told as RCPTMAX (RFC 9422 §4.2). Passed: `452 4.5.3`. */
  readonly recipients: number
  /** Transactions of one session. Default `Infinity`: a queue may empty itself over one connection. Passed: `421 4.7.0` and the connection closes. Told as MAILMAX (RFC 9422 §4.1). */
  readonly transactions: number
  /** RCPT commands past `recipients` that cost the peer nothing, for clients that send a whole list at once. Default 1,000 (Postfix). Passed: each counts as an error. */
  readonly recipientOvershoot: number
  /** Octets of a local part as sent. Default 64 (RFC 5321 §4.5.3.1.1). Passed: `501`. */
  readonly localPartOctets: Octets
  /** Octets of a domain. Default 255 (RFC 5321 §4.5.3.1.2). Passed: `501`. */
  readonly domainOctets: Octets
  /** Octets of a path with its brackets. Default 256 (RFC 5321 §4.5.3.1.3). Passed: `501`. */
  readonly pathOctets: Octets
  /** Errors from which on every answer waits `errorDelay`. Default 10 (Postfix): scripts that guess are slowed, people are not. An accepted message forgives them. */
  readonly softErrors: number
  /** Default 1 s (Postfix). */
  readonly errorDelay: Millis
  /** Errors that end the session. Default 20 (Postfix). Passed: `421 4.7.0` and the connection closes. */
  readonly hardErrors: number
  /** Commands that move no mail (NOOP, RSET, VRFY, EHLO …) before each counts as an error. Default 100 (Postfix). An accepted message forgives them. */
  readonly junkCommands: number
  /** Failed logins that end the session. Default 3: a person mistypes twice. Passed: `421 4.7.0` and the connection closes. */
  readonly loginFailures: number
  /** The least time before a failed login is answered. Default 2 s. */
  readonly failureDelay: Millis
  /** How long the peer may stay silent. Default 5 minutes (RFC 5321 §4.5.3.2.7). Passed: `421 4.4.2` and the connection closes. */
  readonly patience: Millis
}

export const SMTP_LIMITS: SmtpLimits = {
  lineOctets: 2_048,
  messageOctets: 10_240_000,
  recipients: 1_000,
  transactions: Number.POSITIVE_INFINITY,
  recipientOvershoot: 1_000,
  localPartOctets: 64,
  domainOctets: 255,
  pathOctets: 256,
  softErrors: 10,
  errorDelay: 1_000,
  hardErrors: 20,
  junkCommands: 100,
  loginFailures: 3,
  failureDelay: FAILURE_DELAY,
  patience: 300_000,
}

/** Characters of an ENVID value. Default 100: RFC 3461 §4.4. Passed: `501 5.5.4`. */
export const ENVELOPE_ID_CHARACTERS = 100

/** Characters of a whole ORCPT parameter. Default 500: RFC 3461 §4.2. Passed: `501 5.5.4`. */
export const ORIGINAL_RECIPIENT_CHARACTERS = 500

/** Octets of a reply line with its CRLF (RFC 5321 §4.5.3.1.5). Longer texts of a host are folded into several lines. */
export const REPLY_LINE_OCTETS: Octets = 512

/** Octets of the peer's words that are repeated in a reply or an event. Default 100 (Postfix): a log line stays a line. */
export const QUOTED_OCTETS: Octets = 100

/** Octets of a field name in a message's header. Default 998, RFC 5322 §2.1.1's line. A longer "name" is no header line: the header is over. */
export const FIELD_NAME_OCTETS: Octets = 998
