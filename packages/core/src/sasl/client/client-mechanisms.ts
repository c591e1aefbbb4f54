import { fromUtf8 } from '../../bytes.js'
import type { SaslClientExchange, SaslClientMechanism } from './client-mechanism.js'

const NOTHING = new Uint8Array(0)

/** An exchange of one message; whatever the server asks then, there is nothing more to say. */
function once(message: string, answer: Uint8Array | null = null): SaslClientExchange {
  return { initialResponse: fromUtf8(message), respond: () => answer }
}

/** `message = [authzid] UTF8NUL authcid UTF8NUL passwd` (RFC 4616 §2). */
export const PLAIN_CLIENT: SaslClientMechanism = {
  name: 'PLAIN',
  isPlaintext: true,
  begin(credentials) {
    if (credentials.kind !== 'password') return null
    const { user, password, authorize = '' } = credentials
    return once(`${authorize}\0${user}\0${password}`)
  },
}

/** Name and password, each when it is asked for, whatever the words of the question (draft-murchison-sasl-login). */
export const LOGIN_CLIENT: SaslClientMechanism = {
  name: 'LOGIN',
  isPlaintext: true,
  begin(credentials) {
    if (credentials.kind !== 'password') return null
    const answers = [credentials.user, credentials.password]
    return {
      initialResponse: null,
      respond() {
        const answer = answers.shift()
        return answer === undefined ? null : fromUtf8(answer)
      },
    }
  },
}

/**
 * A bearer token (RFC 7628 §3.1). A server that refuses it sends an error first, to which a lone ^A must be said.
 *
 *     client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
 */
export const OAUTHBEARER_CLIENT: SaslClientMechanism = {
  name: 'OAUTHBEARER',
  isPlaintext: true,
  begin(credentials) {
    if (credentials.kind !== 'token') return null
    const user = credentials.user.replace(/[=,]/g, (character) => (character === '=' ? '=3D' : '=2C'))
    return once(`n,a=${user},\x01auth=Bearer ${credentials.token}\x01\x01`, fromUtf8('\x01'))
  },
}

/** Google's and Microsoft's form of the same, from before it was standardised. An error is answered with nothing. */
export const XOAUTH2_CLIENT: SaslClientMechanism = {
  name: 'XOAUTH2',
  isPlaintext: true,
  begin(credentials) {
    if (credentials.kind !== 'token') return null
    return once(`user=${credentials.user}\x01auth=Bearer ${credentials.token}\x01\x01`, NOTHING)
  },
}

/** `message = authzid`, empty for whoever the certificate names (RFC 4422 Appendix A.1). */
export const EXTERNAL_CLIENT: SaslClientMechanism = {
  name: 'EXTERNAL',
  isPlaintext: false,
  begin: (credentials) => (credentials.kind === 'external' ? once(credentials.authorize) : null),
}

/** All that is here, best first. */
export const CLIENT_MECHANISMS: readonly SaslClientMechanism[] = [
  EXTERNAL_CLIENT,
  OAUTHBEARER_CLIENT,
  XOAUTH2_CLIENT,
  PLAIN_CLIENT,
  LOGIN_CLIENT,
]
