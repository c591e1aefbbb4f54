import { expect, test } from 'vitest'
import { parseSite } from '../config/site.js'
import type { MailServer } from '../server/mail-server.js'
import { DEMO, demoGuide } from './demo.js'

test('the guide names every listener, the account and commands that fit them', () => {
  const site = parseSite(
    {
      hostname: 'mail.example.test',
      domains: ['example.test'],
      store: { kind: 'memory' },
      auth: { kind: 'passwd-file', path: 'users' },
      listeners: [{ protocol: 'smtp', port: 2525 }],
    },
    '/srv',
  )
  const host = '127.0.0.1'
  const listeners: MailServer['listeners'] = [
    { protocol: 'smtp', tls: 'starttls', address: { host, port: 2525 } },
    { protocol: 'imap', tls: 'implicit', address: { host, port: 2993 } },
    { protocol: 'lmtp', tls: 'none', address: { path: '/run/lmtp' } },
  ]
  const ports = { smtp: 2525, imap: 2143 }
  const server: MailServer = {
    listeners,
    connections: 0,
    transfer: undefined,
    replaceCertificates: () => {},
    port: (protocol) => (protocol === 'smtp' || protocol === 'imap' ? ports[protocol] : expect.fail(protocol)),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
  const guide = demoGuide(site, server, '/srv/log')
  expect(guide).toContain('smtp        port 2525          STARTTLS')
  expect(guide).toContain('imap        port 2993          TLS')
  expect(guide).toContain('lmtp        /run/lmtp          clear text')
  expect(guide).toContain(`Account: ${DEMO.user}@example.test, login name ${DEMO.user}, password ${DEMO.password}`)
  expect(guide).toContain('curl -s smtp://127.0.0.1:2525 --mail-from')
  expect(guide).toContain(`curl -s imap://127.0.0.1:2143/INBOX';MAILINDEX=1' --user ${DEMO.user}:${DEMO.password}`)
  expect(guide).toContain('tail -f /srv/log')
})
