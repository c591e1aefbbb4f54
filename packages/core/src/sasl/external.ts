import { strictUtf8 } from '../bytes.js'
import { SASL_FIELD_OCTETS, type SaslMechanism } from './mechanism.js'

/**
 * Who somebody is was shown before, by the certificate of his TLS connection; he only says whom he wants to be.
 *
 *     external    = [authz-id]
 *
 * RFC 4422 §A. Offered only to who showed a certificate that is believed.
 */
export const EXTERNAL: SaslMechanism = {
  name: 'EXTERNAL',
  isPlaintext: false,
  needs: 'certificate',
  begin: () => ({
    step(response) {
      if (response === null) return { kind: 'challenge', data: new Uint8Array(0) }
      const text = response.length > SASL_FIELD_OCTETS ? undefined : strictUtf8(response)
      if (text === undefined || text.includes('\0')) return { kind: 'malformed' }
      return { kind: 'verify', claim: { kind: 'certificate', ...(text === '' ? {} : { authorize: text }) } }
    },
  }),
}
