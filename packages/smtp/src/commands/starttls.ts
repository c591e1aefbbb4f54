import { type Flow, startTls } from '@mailwright/core'
import type { Dialogue } from '../dialogue.js'
import { type Answer, mistake, said } from '../response/answer.js'
import { reply } from '../response/reply.js'

/**
 * RFC 3207 §4. Octets that came behind the command in clear text are dropped, and everything said before is forgotten:
 * whoever sat between the peer and us may have said it (CVE-2011-0411).
 */
export function* starttls(dialogue: Dialogue): Flow<Answer> {
  if (dialogue.session.tls !== null) return mistake(reply(554, '5.5.1', 'Error: TLS already active'))
  if (!dialogue.offers('STARTTLS')) return mistake(reply(502, '5.5.1', 'Error: command not implemented'))
  dialogue.write(reply(220, '2.0.0', 'Ready to start TLS'))
  const tls = yield* startTls()
  dialogue.secured(tls)
  dialogue.wire.event({
    name: 'startTls',
    protocol: tls.protocol,
    cipher: tls.cipher,
    serverName: tls.serverName ?? null,
  })
  return said()
}
