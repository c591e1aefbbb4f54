import type { Extension } from './extension.js'

/** Every reply but greetings begins with a code of RFC 3463. RFC 2034 §4. */
export const ENHANCED_STATUS_CODES: Extension = {
  keyword: 'ENHANCEDSTATUSCODES',
  source: 'RFC 2034 §3',
  announce: () => '',
}
