import { type Flow, startTls } from '@mailwright/core'
import { ok, type Reply, refused } from '../response/reply.js'
import { NOBODY, type Session } from '../session.js'

/**
 * RFC 2595 §4. Whatever the peer sent behind the command is dropped, and all it said before is forgotten: neither came
 * under the protection of TLS (CVE-2011-0411).
 */
export function* stls(session: Session): Flow<Reply> {
  if (session.isSecure) return refused('TLS is already active.')
  if (!session.settings.offerStls) return refused("TLS support isn't enabled.")
  return ok('Begin TLS negotiation now.', function* () {
    const tls = yield* startTls()
    session.secured(tls)
    session.isUtf8 = false
    session.state = NOBODY
    session.wire.event({ name: 'startTls', protocol: tls.protocol, cipher: tls.cipher })
  })
}
