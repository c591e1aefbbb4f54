import type { Extension } from './extension.js'

/**
 *     body-value = "7BIT" / "8BITMIME"
 *
 * RFC 6152 §2. Octets are kept as they come in either case; the declaration is for whom the mail is passed on to.
 */
export const EIGHT_BIT_MIME: Extension = {
  keyword: '8BITMIME',
  source: 'RFC 6152 §2',
  announce: () => '',
  mailParameters: [
    {
      keyword: 'BODY',
      read({ value }) {
        const body = value?.toUpperCase()
        return body === '7BIT' || body === '8BITMIME' ? { kind: 'declared', parameters: { body } } : undefined
      },
    },
  ],
}
