import type { Extension } from './extension.js'

/** A command of RFC 5321 itself, listed where it is (RFC 5321 §3.5.2). Whoever disables VRFY does not tell by EXPN what he hides there. */
export const EXPN: Extension = {
  keyword: 'EXPN',
  source: 'RFC 5321 §3.5.2',
  announce: (_, { asks, vrfy }) => (asks.has('expand') && vrfy === 'offered' ? '' : null),
}
