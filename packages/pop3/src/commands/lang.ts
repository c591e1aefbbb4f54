import type { Flow } from '@mailwright/core'
import { ok, type Reply, refused } from '../response/reply.js'
import type { Session } from '../session.js'

/** The language of every text in this engine. */
const LANGUAGE = 'en'

/**
 * RFC 6856 §3. There is one language; it is found by lookup (RFC 4647 §3.4), which picks one tag for a range, so that
 * `en-GB` and `*` get it as well.
 */
export function* lang(session: Session, argument: string): Flow<Reply> {
  if (argument === '') {
    return ok('Language listing follows:', function* () {
      session.wire.write(`${LANGUAGE} English\r\n.\r\n`)
    })
  }
  if (/^(\*|en(-[a-z0-9]{1,8})*)$/i.test(argument)) return ok(`${LANGUAGE} Language changed.`)
  return refused('Language is not available.')
}
