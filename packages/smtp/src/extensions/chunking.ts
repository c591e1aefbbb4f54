import type { Extension } from './extension.js'

/** BDAT. RFC 3030 §2. */
export const CHUNKING: Extension = { keyword: 'CHUNKING', source: 'RFC 3030 §2', announce: () => '' }

/**
 *     body-value = "BINARYMIME"
 *
 * RFC 3030 §3. For hosts that keep octets as they are, whatever they are.
 */
export const BINARYMIME: Extension = {
  keyword: 'BINARYMIME',
  source: 'RFC 3030 §3',
  announce: (_, { abilities }) => (abilities.binaryMime === true ? '' : null),
  mailParameters: [
    {
      keyword: 'BODY',
      read: ({ value }) =>
        value?.toUpperCase() === 'BINARYMIME' ? { kind: 'declared', parameters: { body: 'BINARYMIME' } } : undefined,
    },
  ],
}
