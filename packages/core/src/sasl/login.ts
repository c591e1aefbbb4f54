import { fromLatin1, strictUtf8 } from '../bytes.js'
import { SASL_FIELD_OCTETS, type SaslExchange, type SaslMechanism, type SaslStep } from './mechanism.js'

const USERNAME_PROMPT = fromLatin1('Username:')
const PASSWORD_PROMPT = fromLatin1('Password:')

/**
 * Name, then password, each prompted for. Obsolete, never an RFC (draft-murchison-sasl-login), and what Outlook speaks. The prompts'
 * words are those that clients compare.
 */
export const LOGIN: SaslMechanism = {
  name: 'LOGIN',
  isPlaintext: true,
  begin: () => new LoginExchange(),
}

class LoginExchange implements SaslExchange {
  #user: string | null = null

  step(response: Uint8Array | null): SaslStep {
    if (response === null) return { kind: 'challenge', data: USERNAME_PROMPT }
    const text = response.length > SASL_FIELD_OCTETS ? undefined : strictUtf8(response)
    if (text === undefined || text === '' || text.includes('\0')) return { kind: 'malformed' }
    if (this.#user === null) {
      this.#user = text
      return { kind: 'challenge', data: PASSWORD_PROMPT }
    }
    return { kind: 'verify', claim: { kind: 'password', user: this.#user, password: text } }
  }
}
