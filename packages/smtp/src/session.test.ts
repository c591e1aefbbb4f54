import { accountId } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { freshSession, type Hello, learned, type SmtpRole, transactionProtocol } from './session.js'

const TLS = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }
const ALICE = { user: 'alice', account: accountId('alice') }
const peer = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 25 }

/** RFC 3848 §1, RFC 6531 §4.3: greeting, TLS, login, and the two names. */
const ROWS: readonly (readonly [SmtpRole, Hello, string, string, string])[] = [
  ['mx', 'HELO', '', 'SMTP', 'SMTP'],
  ['mx', 'EHLO', '', 'ESMTP', 'UTF8SMTP'],
  ['mx', 'EHLO', 'S', 'ESMTPS', 'UTF8SMTPS'],
  ['mx', 'EHLO', 'A', 'ESMTPA', 'UTF8SMTPA'],
  ['submission', 'EHLO', 'SA', 'ESMTPSA', 'UTF8SMTPSA'],
  ['lmtp', 'LHLO', '', 'LMTP', 'UTF8LMTP'],
  ['lmtp', 'LHLO', 'S', 'LMTPS', 'UTF8LMTPS'],
  ['lmtp', 'LHLO', 'A', 'LMTPA', 'UTF8LMTPA'],
  ['lmtp', 'LHLO', 'SA', 'LMTPSA', 'UTF8LMTPSA'],
]

describe('the protocol of a message', () => {
  test.each(ROWS)('%s after %s, %s: %s, with SMTPUTF8 %s', (role, hello, marks, plain, utf8) => {
    const fresh = freshSession({ role, hostname: 'mx.example.com', peer, tls: marks.includes('S') ? TLS : null })
    const session = learned(fresh, { hello, identity: marks.includes('A') ? ALICE : null })
    expect(session.protocol).toBe(plain)
    expect(transactionProtocol(session, { reversePath: null, parameters: {} })).toBe(plain)
    expect(transactionProtocol(session, { reversePath: null, parameters: { smtpUtf8: true } })).toBe(utf8)
  })
})
