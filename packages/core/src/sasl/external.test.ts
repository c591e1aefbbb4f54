import { describe, expect, test } from 'vitest'
import type { Authenticator, LoginContext } from '../adapters/authenticator.js'
import { accountId } from '../brands.js'
import { performer, runFlow } from '../driver/index.js'
import type { ClientCertificate } from '../engine.js'
import { saslExchange } from './exchange.js'
import { EXTERNAL } from './external.js'
import { LOGIN } from './login.js'
import { usableMechanisms } from './mechanism.js'
import { PLAIN } from './plain.js'

const CERTIFICATE: ClientCertificate = {
  name: 'alice',
  issuer: 'ca',
  user: 'alice',
  fingerprint: 'AA',
  keyFingerprint: 'BB',
  isTrusted: true,
}
const USERS: Pick<Authenticator, 'lookupUser'> = {
  async lookupUser({ user }) {
    if (user === 'away') return { kind: 'unavailable' }
    return user === 'alice' ? { kind: 'found', user: 'alice', account: accountId('1') } : { kind: 'noSuchUser' }
  },
}

/** @param response as the peer sends it, before base64. */
async function outcome(certificate: ClientCertificate | undefined, response: string): Promise<string> {
  const context: LoginContext = {
    service: 'smtp',
    peerAddress: '192.0.2.7',
    isSecure: true,
    ...(certificate === undefined ? {} : { certificate }),
  }
  const flow = saslExchange({
    mechanism: EXTERNAL,
    initialResponse: response === '' ? '=' : Buffer.from(response, 'latin1').toString('base64'),
    context,
    sendChallenge: () => expect.fail('nothing is to be asked'),
  })
  const result = await runFlow(flow, performer([USERS]), new AbortController().signal)
  return result.kind === 'accepted' ? `accepted ${result.user}` : result.kind
}

describe('SASL EXTERNAL (RFC 4422 §A)', () => {
  test.each<[string, ClientCertificate | undefined, string, string]>([
    ['nobody in particular', CERTIFICATE, '', 'accepted alice'],
    ['himself', CERTIFICATE, 'alice', 'accepted alice'],
    ['somebody else', CERTIFICATE, 'bob', 'rejected'],
    ['a name that is none', CERTIFICATE, 'a\0b', 'malformed'],
    ['octets that are no text', CERTIFICATE, '\xff', 'malformed'],
    ['too long a name', CERTIFICATE, 'x'.repeat(1_025), 'malformed'],
    ['without a certificate', undefined, '', 'rejected'],
    ['with one that nobody believes', { ...CERTIFICATE, isTrusted: false }, '', 'rejected'],
    ['with one that names no user', { ...CERTIFICATE, user: null }, '', 'rejected'],
    ['with one of a user that there is not', { ...CERTIFICATE, user: 'max' }, '', 'rejected'],
    ['while the users are away', { ...CERTIFICATE, user: 'away' }, '', 'unavailable'],
  ])('%s', async (_, certificate, response, expected) => {
    expect(await outcome(certificate, response)).toBe(expected)
  })

  test('it is offered only to who showed a certificate that is believed', () => {
    const names = (client: ClientCertificate | null | undefined, plaintext: 'allowed' | 'refused' = 'allowed') =>
      usableMechanisms([PLAIN, LOGIN, EXTERNAL], {
        plaintext,
        tls: { protocol: 'TLSv1.3', cipher: 'x', ...(client === undefined ? {} : { client }) },
      }).map(({ name }) => name)
    expect(names(CERTIFICATE)).toEqual(['PLAIN', 'LOGIN', 'EXTERNAL'])
    expect(names(CERTIFICATE, 'refused')).toEqual(['EXTERNAL'])
    expect(names({ ...CERTIFICATE, isTrusted: false })).toEqual(['PLAIN', 'LOGIN'])
    expect(names({ ...CERTIFICATE, user: null })).toEqual(['PLAIN', 'LOGIN'])
    expect(names(null)).toEqual(['PLAIN', 'LOGIN'])
    expect(names(undefined)).toEqual(['PLAIN', 'LOGIN'])
  })
})
