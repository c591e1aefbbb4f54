import type { SmtpSettings } from '../options.js'
import type { SmtpSession } from '../session.js'
import type { Extension } from './extension.js'

/** Commands by which a peer says for whom it speaks. */
export type SpeaksFor = 'XCLIENT' | 'XFORWARD'

/** Whether the peer may say so now: it is one whom the host trusts, and still itself. */
export function maySpeakFor({ peer }: SmtpSession, { speaksFor, peer: came }: SmtpSettings, how: SpeaksFor): boolean {
  return speaksFor.has(how) && peer.address === came.address
}

/** Told to who may use it, and to nobody else. */
export const XCLIENT: Extension = {
  keyword: 'XCLIENT',
  source: 'Postfix XCLIENT_README',
  announce: (session, settings) => {
    if (!maySpeakFor(session, settings, 'XCLIENT')) return null
    return `NAME ADDR PROTO HELO REVERSE_NAME PORT${settings.auth === null ? '' : ' LOGIN'} DESTADDR DESTPORT`
  },
}

/** As {@link XCLIENT}. */
export const XFORWARD: Extension = {
  keyword: 'XFORWARD',
  source: 'Postfix XFORWARD_README',
  announce: (session, settings) =>
    maySpeakFor(session, settings, 'XFORWARD') ? 'NAME ADDR PROTO HELO SOURCE PORT IDENT' : null,
}
