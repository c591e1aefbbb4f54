import type { Extension } from './extension.js'

/** VRFY is a command of RFC 5321 itself; it is listed so that peers know it is not disabled (RFC 5321 §3.5.2). */
export const VRFY: Extension = {
  keyword: 'VRFY',
  source: 'RFC 5321 §3.5.2',
  announce: (_, settings) => (settings.vrfy === 'offered' ? '' : null),
}
