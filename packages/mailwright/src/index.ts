/**
 * Mail servers composed from the Mailwright engines.
 *
 * - Everything a server needs is given to it: store, authenticator, certificate, logger, clock. Nothing is read from the
 *   environment.
 * - Nothing is served to the world by default: listeners are on the loopback address until told otherwise.
 * - Nothing is relayed unless `relay` says so, and then not for strangers: mail for other domains is refused.
 * - A bad set-up is one plain sentence (`SetupError`), before the first client comes.
 */
export { parseSite, readSite, type Site, type SiteListener } from './config/site.js'
export { type LogFields, type Logger, SILENT } from './log/logger.js'
export { MailCounters, type MailCounts } from './log/mail-counters.js'
export { type MaillogOptions, postfixMaillog } from './log/postfix/maillog.js'
export { type LocalDeliveryOptions, localDelivery } from './mail/local-delivery.js'
export type { RecipientRules } from './mail/recipients.js'
export { CONNECTION_LIMITS, type ConnectionLimits } from './net/limits.js'
export type { ListenAddress, TlsMode } from './net/listener.js'
export type { MailTransfer } from './relay/mail-transfer.js'
export { createMailServer, type MailServer, type RunningListener } from './server/mail-server.js'
export type {
  ImapChoices,
  InboundMessage,
  ListenerOptions,
  ListenerProtocol,
  MailServerOptions,
  ReceiveHook,
} from './server/options.js'
export type { RelayOptions } from './server/relay-options.js'
export { SetupError } from './setup-error.js'
export { type Certificate, makeSelfSigned, readCertificate, selfSignedCertificate } from './tls/certificate.js'
export type { ServerCertificates, TlsChoices, TlsVersion } from './tls/server-identity.js'
export { openUrlAuthority } from './urls/key-file.js'
export { memoryUrlAuthority } from './urls/key-table.js'
