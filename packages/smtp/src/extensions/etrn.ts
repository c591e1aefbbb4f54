import type { Extension } from './extension.js'

/** There where the host has a queue to start. */
export const ETRN: Extension = {
  keyword: 'ETRN',
  source: 'RFC 1985 §4',
  announce: (_, { asks }) => (asks.has('etrn') ? '' : null),
}
