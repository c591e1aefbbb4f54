import type { Extension } from './extension.js'

/**
 * UTF-8 in addresses and headers, RFC 6531. With the parameter on MAIL, for that message; on VRFY, for its reply. It needs 8BITMIME
 * beside it (RFC 6531 §3.1).
 */
export const SMTPUTF8: Extension = {
  keyword: 'SMTPUTF8',
  source: 'RFC 6531 §3.1',
  announce: (_, { abilities, withheld }) => (abilities.smtpUtf8 === undefined || withheld.has('8BITMIME') ? null : ''),
  mailParameters: [
    {
      // RFC 6531 §3.4: it has no value.
      keyword: 'SMTPUTF8',
      read: ({ value }) => (value === null ? { kind: 'declared', parameters: { smtpUtf8: true } } : undefined),
    },
  ],
}
