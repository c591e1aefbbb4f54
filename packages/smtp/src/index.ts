/**
 * SMTP and LMTP servers as pure state machines (RFC 5321, RFC 2033, RFC 6409 and their extensions).
 *
 * - The engine knows the protocol; every decision is the host's, taken by an `SmtpHandler`. No recipient without its yes.
 * - A role (`mx`, `submission`, `lmtp`) is an object of traits; what differs between the three stands in `roles.ts`.
 * - Commands return answers; only the command runner writes them, so every command gets one final reply.
 * - Replies are in Postfix's words, codes are the RFCs'. Addresses are read leniently unless `paths` is `strict`.
 * - What EHLO lists is a table of extensions; what is not listed does not work, and the other way round.
 * - Message data ends with CRLF.CRLF and with nothing else; a bare CR or LF in it is refused.
 * - What the peer says never reaches a reply, a `Received` field or an event but printable, and passwords never do.
 */
export { createSmtpClient } from './client/client.js'
export type {
  ClientFailure,
  ClientOutcome,
  ClientSession,
  ClientStage,
  OutgoingMessage,
  OutgoingRecipient,
  ReportDuty,
  SmtpClientCall,
  SmtpClientHost,
} from './client/host.js'
export { SMTP_CLIENT_LIMITS, type SmtpClientLimits } from './client/limits.js'
export type { ClientAuth, ClientTlsPolicy, SmtpClientOptions } from './client/options.js'
export { replyText } from './client/reply-reader.js'
export type { ExtensionKeyword } from './extensions/extension.js'
export { EXTENSION_KEYWORDS } from './extensions/extension-table.js'
export type { SmtpProfile } from './extensions/profiles.js'
export type { SpeaksFor } from './extensions/speaks-for.js'
export { addressLiteral, isAddressLiteral } from './grammar/address-literal.js'
export { isNonAscii, type Mailbox, type PathSyntax, writeMailbox } from './grammar/mailbox.js'
export { type PathResult, type PathRules, parseMailbox, parsePath } from './grammar/path.js'
export {
  type ConnectionVerdict,
  type EtrnScope,
  type EtrnVerdict,
  type ExpandVerdict,
  type MessageVerdict,
  type NamedMailbox,
  questionsOf,
  type RecipientOutcome,
  type SmtpCall,
  type SmtpHandler,
  type SmtpQuestion,
  type UrlVerdict,
  type Verdict,
  type VerifyVerdict,
} from './handler.js'
export { SMTP_LIMITS, type SmtpLimits } from './limits.js'
export type {
  LmtpOptions,
  MxOptions,
  SmtpAbilities,
  SmtpAuth,
  SmtpServerOptions,
  StartTlsPolicy,
  SubmissionOptions,
} from './options.js'
export { type Reply, reply } from './response/reply.js'
export { createSmtpServer } from './server.js'
export type {
  ClientNames,
  ForwardedFacts,
  Hello,
  HostNote,
  MailParameters,
  RcptParameters,
  SmtpRecipient,
  SmtpRole,
  SmtpSession,
  SmtpTransaction,
  WithProtocol,
} from './session.js'
export { transactionProtocol } from './session.js'
export { ADMITS, type SmtpState, type SmtpVerb } from './states.js'
export { deliveredTo, originalTo, returnPath } from './trace/delivery-fields.js'
export { mailDate, UTC, type Zone } from './trace/mail-date.js'
export { MessageStart } from './trace/message-start.js'
export { cipherBits, type ReceivedFrom, receivedField, receivedFrom, type Trace } from './trace/received.js'
