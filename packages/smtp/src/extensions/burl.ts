import type { Extension } from './extension.js'

/**
 *     burl-param = "imap" / ("imap://" authority)
 *
 * RFC 4468 §3.1, §3.3, §3.5. For submission, where the host resolves URLs; without arguments until the peer has logged in, which says that it must. Never without
 * 8BITMIME (§4).
 */
export const BURL: Extension = {
  keyword: 'BURL',
  source: 'RFC 4468 §3.1',
  announce({ identity }, { role, asks, imapServers, withheld }) {
    if (role !== 'submission' || !asks.has('resolveUrl') || withheld.has('8BITMIME')) return null
    return identity === null ? '' : ['imap', ...imapServers.map((authority) => `imap://${authority}`)].join(' ')
  },
}
