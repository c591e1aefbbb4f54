import type { Flow } from '@mailwright/core'
import { ok, type Reply } from '../response/reply.js'
import type { Session } from '../session.js'

/** One line of the capability list, or `undefined` where it does not hold now. */
type Capability = (session: Session) => string | undefined

/** In Dovecot's order, what it does not know at the end. */
const CAPABILITIES: readonly Capability[] = [
  always('CAPA'),
  always('TOP'),
  always('UIDL'),
  always('RESP-CODES'),
  always('PIPELINING'),
  always('AUTH-RESP-CODE'),
  // "Permitted in the current state": RFC 2595 §4.
  (session) => (isStlsPermitted(session) ? 'STLS' : undefined),
  (session) => (session.isPlaintextAllowed && showsLogin(session) ? 'USER' : undefined),
  (session) =>
    showsLogin(session) ? ['SASL', ...session.usableMechanisms.map(({ name }) => name)].join(' ') : undefined,
  (session) => (session.settings.profile === 'complete' ? 'UTF8' : undefined),
  (session) => (session.settings.profile === 'complete' ? 'LANG' : undefined),
]

/** RFC 2449 §5 and §6. Never tells of a command that would not be obeyed. */
export function* capa(session: Session): Flow<Reply> {
  return ok('', function* () {
    for (const capability of CAPABILITIES) {
      const line = capability(session)
      if (line !== undefined) session.wire.write(`${line}\r\n`)
    }
    session.wire.write('.\r\n')
  })
}

/** STLS may be given now. RFC 2595 §4. */
export function isStlsPermitted(session: Session): boolean {
  return session.settings.offerStls && !session.isSecure && session.state.name === 'authorization'
}

/** RFC 2449 §6.2 and §6.3 want USER and SASL in both states; Dovecot tells of them before login only. */
function showsLogin(session: Session): boolean {
  return session.settings.profile === 'complete' || session.state.name === 'authorization'
}

function always(line: string): Capability {
  return () => line
}
