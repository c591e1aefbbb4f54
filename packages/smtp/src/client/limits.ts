import type { Millis, Octets } from '@mailwright/core'

/** Bounds of one connection to another server. What the host sees when one is passed: the recipients at hand are deferred, and the connection ends. */
export interface SmtpClientLimits {
  /** How long the greeting may take. Default 5 minutes (RFC 5321 §4.5.3.2.1). Passed: `timeout`. */
  readonly greeting: Millis
  /** How long the answer to EHLO, HELO, LHLO, STARTTLS or AUTH may take. Default 5 minutes (Postfix's smtp_helo_timeout). Passed: `timeout`. */
  readonly hello: Millis
  /** How long the answer to MAIL and to each RCPT may take. Default 5 minutes (RFC 5321 §4.5.3.2.2, §4.5.3.2.3). Passed: `timeout`. */
  readonly envelope: Millis
  /** How long the answer to DATA may take. Default 2 minutes (RFC 5321 §4.5.3.2.4). Passed: `timeout`. */
  readonly dataInitiation: Millis
  /** How long the answer to the end of the data may take. Default 10 minutes (RFC 5321 §4.5.3.2.6): who gives up sooner makes duplicates. Passed: `timeout`. */
  readonly dataTermination: Millis
  /** How long the answer to RSET and QUIT may take. Default 20 s (Postfix): nothing depends on it. Passed: the connection closes. */
  readonly farewell: Millis
  /** Octets of one line of a reply. Default 2,048 (Postfix); RFC 5321 §4.5.3.1.5 allows 512. Passed: the reply is malformed. */
  readonly replyLineOctets: Octets
  /** Lines of one reply. Default 200: EHLO's has some thirty. Passed: the reply is malformed. */
  readonly replyLines: number
  /** Challenges of one AUTH that are answered. Default 10: no mechanism has more than four. Passed: the exchange is cancelled (RFC 4954 §4), and the session ends. */
  readonly authChallenges: number
  /** RCPT commands that are sent before their answers are read. Default 100: some 5 KB, which fit the buffers of any server. */
  readonly pipelinedRecipients: number
}

export const SMTP_CLIENT_LIMITS: SmtpClientLimits = {
  greeting: 300_000,
  hello: 300_000,
  envelope: 300_000,
  dataInitiation: 120_000,
  dataTermination: 600_000,
  farewell: 20_000,
  replyLineOctets: 2_048,
  replyLines: 200,
  authChallenges: 10,
  pipelinedRecipients: 100,
}

/** Lines of a reply that are kept to be reported. Default 20: a report is read by people. */
export const KEPT_REPLY_LINES = 20
