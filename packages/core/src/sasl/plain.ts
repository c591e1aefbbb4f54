import { strictUtf8 } from '../bytes.js'
import { SASL_FIELD_OCTETS, type SaslMechanism, type SaslStep } from './mechanism.js'

const MALFORMED: SaslStep = { kind: 'malformed' }

/**
 * One message with everything.
 *
 *     message = [authzid] UTF8NUL authcid UTF8NUL passwd
 *
 * RFC 4616 §2.
 */
export const PLAIN: SaslMechanism = {
  name: 'PLAIN',
  isPlaintext: true,
  begin: () => ({
    step(response) {
      if (response === null) return { kind: 'challenge', data: new Uint8Array(0) }
      return plainMessage(response)
    },
  }),
}

function plainMessage(message: Uint8Array): SaslStep {
  if (message.length > 3 * SASL_FIELD_OCTETS + 2) return MALFORMED
  const text = strictUtf8(message)
  if (text === undefined) return MALFORMED
  const fields = text.split('\0', 4)
  const [authorize, user, password] = fields
  if (fields.length !== 3 || authorize === undefined || user === undefined || password === undefined) return MALFORMED
  if (user === '' || password === '') return MALFORMED
  const claim = { kind: 'password', user, password } as const
  return { kind: 'verify', claim: authorize === '' || authorize === user ? claim : { ...claim, authorize } }
}
