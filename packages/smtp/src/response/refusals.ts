import { QUOTED_OCTETS } from '../limits.js'
import { type Reply, reply } from './reply.js'

/** A path that is none. RFC 5321 §4.1.2 (501), §4.5.3.1.9 (too long); RFC 6531 §3.5 (550 for a sender, 553 for a recipient). */
export function badPath(why: 'syntax' | 'tooLong' | 'nonAscii' | 'undeclared', whose: 'sender' | 'recipient'): Reply {
  const enhanced = whose === 'sender' ? '5.1.7' : '5.1.3'
  switch (why) {
    case 'syntax':
      return reply(501, enhanced, `Bad ${whose} address syntax`)
    case 'tooLong':
      return reply(501, enhanced, `Bad ${whose} address: path too long`)
    case 'nonAscii':
      return reply(whose === 'sender' ? 550 : 553, '5.6.7', 'Error: non-ASCII addresses are not supported')
    case 'undeclared':
      return whose === 'sender'
        ? reply(550, '5.6.7', 'Must declare SMTPUTF8 to send unicode address')
        : reply(553, '5.6.7', 'Must declare SMTPUTF8 to permit unicode address')
    default:
      return why satisfies never
  }
}

/** What is only for peers whom the host trusts. Postfix's words. */
export const INSUFFICIENT_AUTHORIZATION = reply(550, '5.7.0', 'Error: insufficient authorization')

/** Parameters against the grammar of RFC 5321 §4.1.2, or given twice. */
export function badParameter(text: string): Reply {
  return reply(501, '5.5.4', `Bad parameter: ${text.slice(0, QUOTED_OCTETS)}`)
}

/** A parameter, or a value of one, that nothing here knows. RFC 5321 §4.1.1.11. */
export function unsupported(text: string): Reply {
  return reply(555, '5.5.4', `Unsupported option: ${text.slice(0, QUOTED_OCTETS)}`)
}
