import type { Extension } from './extension.js'

/** Not once TLS is on, however it began. RFC 3207 §4.2. */
export const STARTTLS: Extension = {
  keyword: 'STARTTLS',
  source: 'RFC 3207 §2',
  announce: (session, settings) => (settings.startTls !== 'none' && session.tls === null ? '' : null),
}
