import { accountId, type CallId, fromLatin1, latin1, PLAIN } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SmtpAbilities, SmtpServerOptions } from '../options.js'
import { createSmtpServer } from '../server.js'
import { EXTENSION_KEYWORDS, EXTENSIONS } from './extension-table.js'

/** A parameter of each extension that has some, as a peer would give it: to MAIL, or to RCPT. */
const SAMPLES: { readonly [keyword: string]: readonly (readonly ['MAIL' | 'RCPT', string])[] } = {
  SIZE: [['MAIL', 'SIZE=1']],
  AUTH: [['MAIL', 'AUTH=<>']],
  '8BITMIME': [['MAIL', 'BODY=8BITMIME']],
  DSN: [
    ['MAIL', 'RET=FULL'],
    ['MAIL', 'ENVID=1'],
    ['RCPT', 'NOTIFY=NEVER'],
    ['RCPT', 'ORCPT=rfc822;b@example.com'],
  ],
  SMTPUTF8: [['MAIL', 'SMTPUTF8']],
  REQUIRETLS: [['MAIL', 'REQUIRETLS']],
  DELIVERBY: [['MAIL', 'BY=60;N']],
  FUTURERELEASE: [
    ['MAIL', 'HOLDFOR=60'],
    ['MAIL', 'HOLDUNTIL=2026-01-01T00:00:00Z'],
  ],
  'MT-PRIORITY': [['MAIL', 'MT-PRIORITY=-1']],
  BINARYMIME: [['MAIL', 'BODY=BINARYMIME']],
}

const ANSWERS: { readonly [call: string]: unknown } = {
  recipient: { kind: 'accepted' },
  verifyPassword: { kind: 'accepted', user: 'alice', account: accountId('alice') },
}

const TLS = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }
const PEER = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 25 }

/** Everything the server says to these lines, each with CRLF. */
function said(options: SmtpServerOptions, lines: readonly string[]): string[] {
  const engine = createSmtpServer(options)
  engine.tick(0)
  engine.receive(fromLatin1(lines.map((line) => `${line}\r\n`).join('')))
  let output = ''
  const answer = (id: CallId, call: string): void => engine.complete(id, { ok: ANSWERS[call] })
  for (let effect = engine.next(); effect !== undefined; effect = engine.next()) {
    if (effect.kind === 'write') output += latin1(effect.bytes)
    else if (effect.kind === 'call') answer(effect.id, effect.call.call)
  }
  return output.split('\r\n').slice(0, -1)
}

const ability = <T>(value: T): fc.Arbitrary<T | undefined> => fc.constantFrom(value, undefined)
const abilities: fc.Arbitrary<SmtpAbilities> = fc
  .record({
    dsn: ability(true as const),
    binaryMime: ability(true as const),
    smtpUtf8: ability(true as const),
    requireTls: ability(true as const),
    deliverBy: ability({ leastSeconds: 0 }),
    futureRelease: ability({ seconds: 86_400, from: Date.UTC(2026, 0, 1) }),
    priority: ability({ trusts: 'everybody' as const }),
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))

describe('the table of extensions', () => {
  test('has every keyword once, and a sample here of each that has parameters', () => {
    expect(new Set(EXTENSION_KEYWORDS).size).toBe(EXTENSIONS.length)
    for (const { keyword, mailParameters = [], rcptParameters = [] } of EXTENSIONS) {
      const keywords = [...mailParameters, ...rcptParameters].map((rule) => rule.keyword)
      const samples = (SAMPLES[keyword] ?? []).map(([, text]) => text.split('=', 1)[0])
      expect(samples.toSorted(), keyword).toEqual(keywords.toSorted())
    }
  })

  test('what EHLO lists works, and what it does not list is not known, whatever the host chose', () => {
    const options = fc.record({
      role: fc.constantFrom('mx' as const, 'submission' as const),
      profile: fc.constantFrom('default' as const, 'postfix-classic' as const),
      withheld: fc.subarray([...EXTENSION_KEYWORDS]),
      abilities,
      isSecure: fc.boolean(),
    })
    fc.assert(
      fc.property(options, ({ isSecure, ...chosen }) => {
        const all: SmtpServerOptions = {
          ...chosen,
          hostname: 'mx.example.com',
          peer: isSecure ? { ...PEER, tls: TLS } : PEER,
          auth: { mechanisms: [PLAIN], plaintext: 'always' },
        }
        const isUser = chosen.role === 'submission' && !chosen.withheld.includes('AUTH')
        const begin = ['EHLO client.example.org', ...(isUser ? ['AUTH PLAIN AGFsaWNlAHNlY3JldA=='] : [])]
        // Who may not log in may not submit, and sees nothing of parameters.
        if (chosen.role === 'submission' && !isUser) return
        const list = said(all, ['EHLO client.example.org']).map((line) => /^250[- ](\S+)/.exec(line)?.[1])
        for (const [keyword, samples] of Object.entries(SAMPLES)) {
          for (const [command, parameter] of samples) {
            const mail = `MAIL FROM:<a@example.org>${command === 'MAIL' ? ` ${parameter}` : ''}`
            const rcpt = `RCPT TO:<b@example.com> ${parameter}`
            const last = said(all, [...begin, mail, ...(command === 'RCPT' ? [rcpt] : [])]).at(-1)
            const wanted = list.includes(keyword) ? /^250 2\.1\.[05] Ok$/ : /^555 5\.5\.4 Unsupported option: /
            expect(last, `${parameter} with ${list.join(' ')}`).toMatch(wanted)
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})
