import { type SaslMechanism, usableMechanisms as usable } from '@mailwright/core'
import { decodeXtext } from '../grammar/xtext.js'
import type { SmtpSettings } from '../options.js'
import { reply } from '../response/reply.js'
import type { SmtpSession } from '../session.js'
import type { Extension } from './extension.js'

/**
 *     auth-param = "AUTH=" xtext / "AUTH=<>"
 *
 * RFC 4954 §3, §5. Listed with the mechanisms that may be used now; not at all while there is none.
 */
export const AUTH: Extension = {
  keyword: 'AUTH',
  source: 'RFC 4954 §3',
  announce(session, settings) {
    const names = usableMechanisms(session, settings).map(({ name }) => name)
    return names.length === 0 ? null : names.join(' ')
  },
  mailParameters: [
    {
      keyword: 'AUTH',
      read({ value }) {
        const auth = value === null || value === '<>' ? value : decodeXtext(value)
        if (auth === null || auth === undefined) {
          return { kind: 'refused', reply: reply(501, '5.5.4', 'Bad AUTH parameter syntax') }
        }
        return { kind: 'declared', parameters: { auth } }
      },
    },
  ],
}

/** Those whose secret would not cross the wire readable, or may. */
export function usableMechanisms(session: SmtpSession, { auth }: SmtpSettings): readonly SaslMechanism[] {
  if (auth === null) return []
  const plaintext = session.tls !== null || auth.plaintext === 'always' ? 'allowed' : 'refused'
  return usable(auth.mechanisms, { plaintext, tls: session.tls })
}
