import type { Extension } from './extension.js'

/**
 *     requiretls-param = "REQUIRETLS"
 *
 * RFC 8689 §2: from here on only over TLS. Only where TLS is on already, and where the host keeps the promise on the next hop.
 */
export const REQUIRE_TLS: Extension = {
  keyword: 'REQUIRETLS',
  source: 'RFC 8689 §2',
  announce: ({ tls }, { abilities }) => (abilities.requireTls === undefined || tls === null ? null : ''),
  mailParameters: [
    {
      keyword: 'REQUIRETLS',
      read: ({ value }) => (value === null ? { kind: 'declared', parameters: { requireTls: true } } : undefined),
    },
  ],
}
