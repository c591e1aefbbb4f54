import type { BodyHandle, CallOf, NotifyCondition, TlsFacts } from '@mailwright/core'
import type { Reply } from '../response/reply.js'

/** A message on its way out. Addresses are in their written form. */
export interface OutgoingMessage {
  /** Empty for `<>`. */
  readonly reversePath: string
  /** At least one. */
  readonly recipients: readonly OutgoingRecipient[]
  /** In wire form: CRLF, and no other CR or LF unless `type` is BINARYMIME. */
  readonly body: BodyHandle
  /** What the octets are (RFC 6152 §2, RFC 3030 §3). Absent: 7BIT. */
  readonly type?: '7BIT' | '8BITMIME' | 'BINARYMIME'
  /** Nothing is sent: it is only found out whether the recipients would be accepted, up to RCPT. `body` is not looked at. */
  readonly isProbe?: true
  readonly smtpUtf8?: true
  readonly requireTls?: true
  readonly ret?: 'FULL' | 'HDRS'
  readonly envelopeId?: string
  readonly priority?: number
  /** What is left of the sender's time (RFC 2852 §4). */
  readonly deliverBy?: { readonly seconds: number; readonly mode: 'R' | 'N'; readonly isTraced: boolean }
}

export interface OutgoingRecipient {
  readonly address: string
  readonly notify?: readonly NotifyCondition[]
  /** `addr-type;address`, its xtext decoded. */
  readonly originalRecipient?: string
}

/** What became of a recipient, in the order of the message's. */
export type ClientOutcome =
  /** The server answers for it now. */
  | { readonly kind: 'accepted'; readonly reply: Reply }
  /** The server said no, for good (5yz) or for now (4yz); or what is no answer to DATA (2yz, 3yz). */
  | { readonly kind: 'refused'; readonly reply: Reply; readonly stage: ClientStage }
  /** Not to be sent to this server at all, for good: it lacks what the message needs. */
  | { readonly kind: 'unsendable'; readonly enhanced: string; readonly text: string }
  /** The connection failed before there was an answer. */
  | { readonly kind: 'broken'; readonly failure: ClientFailure }

/** Where a session was, in Postfix's words of it. */
export type ClientStage =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'LHLO'
  | 'STARTTLS'
  | 'TLS handshake'
  | 'AUTH'
  | 'MAIL FROM'
  | 'RCPT TO'
  | 'DATA'
  | 'message body'
  | 'end of DATA'
  | 'RSET'
  | 'QUIT'

/** Why a session came to nothing. */
export type ClientFailure =
  /** The server does not want us now, or ever. */
  | { readonly kind: 'refused'; readonly stage: ClientStage; readonly reply: Reply }
  /** `peerClosed`, `lost`: the connection ended. */
  | { readonly kind: 'ended'; readonly stage: ClientStage; readonly why: 'peerClosed' | 'lost' | 'timeout' | 'stopped' }
  /** What came was no reply. */
  | { readonly kind: 'malformed'; readonly stage: ClientStage; readonly line: string }
  /** TLS is a must, and was not offered, or proved too little. */
  | { readonly kind: 'tls'; readonly lacks: 'encryption' | 'trust'; readonly text: string }
  /** A login is a must, and there is no mechanism for it. */
  | { readonly kind: 'auth'; readonly text: string }

/** What is known of the server once the session is open. */
export interface ClientSession {
  /** The name in its greeting. */
  readonly name: string
  readonly tls: TlsFacts | null
  /** Keywords of EHLO's list, in upper case, with what stands behind them. */
  readonly extensions: ReadonlyMap<string, string>
}

/** Why a message's success need not be reported by us: the server took that on (RFC 3461 §5.2). */
export type ReportDuty = 'passedOn' | 'ours'

/** The host's side of an SMTP or LMTP client: it gives messages and takes results. */
export interface SmtpClientHost {
  /**
   * The session is open, and ready for a message: the next one, or the end. May take its time; a session that waits is kept.
   */
  nextMessage(
    args: { readonly session: ClientSession; readonly sent: number },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'message'; readonly message: OutgoingMessage } | { readonly kind: 'quit' }>

  /** What became of the message at hand: an outcome for each recipient. Also when the connection broke. */
  report(
    args: { readonly outcomes: readonly ClientOutcome[]; readonly reports: ReportDuty },
    signal: AbortSignal,
  ): Promise<unknown>

  /** The session never came to be ready. */
  failed(args: { readonly failure: ClientFailure }, signal: AbortSignal): Promise<unknown>

  /**
   * The server takes 7-bit mail only, and the message is not (RFC 6152 §3): the message in another encoding, or `cannot`. Absent (see
   * the option `converts`): such messages are `unsendable`.
   */
  convert?(
    args: { readonly body: BodyHandle },
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'converted'; readonly body: BodyHandle } | { readonly kind: 'cannot' }>
}

/** Everything an SMTP client may ask. */
export type SmtpClientCall = CallOf<SmtpClientHost>
