import { describe, expect, test } from 'vitest'
import type { LogFields } from '../logger.js'
import { PostfixDialect } from './dialect.js'

const PEER = { service: 'smtp', session: '1', rip: '10.0.2.2' }

/** The lines of some events of one dialect, each with its daemon before it. */
function said(...events: readonly (readonly [string, LogFields])[]): string[] {
  const dialect = new PostfixDialect()
  return events.flatMap(([message, fields]) =>
    dialect.lines('info', fields, message).map(({ daemon, text }) => `${daemon}: ${text}`),
  )
}

describe('[J5] the Postfix dialect', () => {
  test('seed 003: a message from the gateway to vagrant', () => {
    const id = '1D7FE400A4C9'
    expect(
      said(
        ['connect', { ...PEER, client: 'gateway' }],
        ['hello', { ...PEER, verb: 'HELO', helo: 'there' }],
        ['accepted', { ...PEER, id, client: 'gateway', clientAddress: '10.0.2.2' }],
        ['queued', { id, messageId: '' }],
        ['claimed', { id, from: 'username@example.com', octets: 214, recipients: 1 }],
        [
          'delivery',
          {
            id,
            to: 'vagrant@mailserver.local',
            agent: 'local',
            relay: 'local',
            delay: 107_000,
            delays: [107_000, 10, 0, 0],
            dsn: '2.0.0',
            status: 'sent',
            text: 'delivered to mailbox',
          },
        ],
        ['removed', { id }],
        [
          'disconnect',
          { ...PEER, reason: 'logout', commands: 'helo=1 mail=1 rcpt=1 data=1 quit=1 commands=5', after: 'QUIT' },
        ],
      ),
    ).toEqual([
      'smtpd: connect from gateway[10.0.2.2]',
      'smtpd: 1D7FE400A4C9: client=gateway[10.0.2.2]',
      'cleanup: 1D7FE400A4C9: message-id=<>',
      'qmgr: 1D7FE400A4C9: from=<username@example.com>, size=214, nrcpt=1 (queue active)',
      'local: 1D7FE400A4C9: to=<vagrant@mailserver.local>, relay=local, delay=107, delays=107/0.01/0/0, dsn=2.0.0, status=sent (delivered to mailbox)',
      'qmgr: 1D7FE400A4C9: removed',
      'smtpd: disconnect from gateway[10.0.2.2] helo=1 mail=1 rcpt=1 data=1 quit=1 commands=5',
    ])
  })

  test('who logged in is named, and how, where the message came', () => {
    const accepted = { id: '1D7FE400A4C9', client: 'gateway', clientAddress: '10.0.2.2', user: 'bob' }
    expect(said(['accepted', { ...accepted, method: 'PLAIN' }], ['accepted', accepted])).toEqual([
      'smtpd: 1D7FE400A4C9: client=gateway[10.0.2.2], sasl_method=PLAIN, sasl_username=bob',
      'smtpd: 1D7FE400A4C9: client=gateway[10.0.2.2], sasl_username=bob',
    ])
  })

  test('[B15] a refusal names sender, recipient, protocol and helo', () => {
    const facts = { verb: 'RCPT', from: 'a@b.example', to: 'x@y.example', protocol: 'ESMTP', helo: 'me' }
    const reply = { code: 554, enhanced: '5.7.1', text: '<x@y.example>: Relay access denied' }
    expect(said(['connect', { ...PEER, client: null }], ['refused', { ...PEER, ...facts, ...reply }])[1]).toBe(
      'smtpd: NOQUEUE: reject: RCPT from unknown[10.0.2.2]: 554 5.7.1 <x@y.example>: Relay access denied; from=<a@b.example> to=<x@y.example> proto=ESMTP helo=<me>',
    )
  })

  test('a login that failed, as fail2ban looks for it; submission has its own name', () => {
    const fields = { ...PEER, service: 'submission', method: 'PLAIN', reason: 'rejected', user: 'bob' }
    const dialect = new PostfixDialect()
    dialect.lines('info', { ...PEER, client: 'gateway' }, 'connect')
    expect(dialect.lines('warning', fields, 'loginFailed')).toEqual([
      {
        daemon: 'submission/smtpd',
        severity: 'warning',
        text: 'warning: gateway[10.0.2.2]: SASL PLAIN authentication failed: rejected, sasl_username=bob',
      },
    ])
  })

  test.each([
    ['lost', 'DATA', 'lost connection after DATA from unknown[10.0.2.2]'],
    ['peerClosed', undefined, 'lost connection after CONNECT from unknown[10.0.2.2]'],
    ['timeout', 'RCPT', 'timeout after RCPT from unknown[10.0.2.2]'],
  ])('[B10] a session that ends by %s after %s', (reason, after, text) => {
    const fields = { ...PEER, reason, after, commands: 'commands=0/0' }
    expect(said(['disconnect', fields])).toEqual([
      `smtpd: ${text}`,
      'smtpd: disconnect from unknown[10.0.2.2] commands=0/0',
    ])
  })

  test('a relayed delivery with its reuse, aliases and delays', () => {
    const fields = {
      id: 'A',
      to: 'b@example.org',
      originalTo: 'list@example.com',
      agent: 'smtp',
      relay: 'mx.example.org[192.0.2.1]:25',
      reuse: 2,
      delay: 1_234,
      delays: [1_000, 4, 130, 96],
      dsn: '4.4.2',
      status: 'deferred',
      text: 'lost connection with mx.example.org[192.0.2.1] while sending end of data',
    }
    expect(said(['delivery', fields])).toEqual([
      'smtp: A: to=<b@example.org>, orig_to=<list@example.com>, relay=mx.example.org[192.0.2.1]:25, conn_use=3, delay=1.2, delays=1/0/0.13/0.1, dsn=4.4.2, status=deferred (lost connection with mx.example.org[192.0.2.1] while sending end of data)',
    ])
  })

  test.each([
    ['failure', 'sender non-delivery notification: N'],
    ['delay', 'sender delay notification: N'],
    ['success', 'sender delivery status notification: N'],
    ['postmaster', 'postmaster non-delivery notification: N'],
  ])('[J4] a report of %s', (report, text) => {
    expect(said(['report', { id: 'A', report, reportId: 'N' }])).toEqual([`bounce: A: ${text}`])
  })

  test('nothing that a peer said ends a line or an address early', () => {
    const fields = {
      ...PEER,
      verb: 'RCPT',
      code: 550,
      enhanced: '5.1.1',
      text: 'no\r\npostfix/smtpd: x',
      from: 'a> to=<b',
    }
    const lines = said(['refused', { ...fields, protocol: 'SMTP' }])
    expect(lines).toEqual([
      'smtpd: NOQUEUE: reject: RCPT from unknown[10.0.2.2]: 550 5.1.1 no??postfix/smtpd: x; from=<a? to=?b> proto=SMTP',
    ])
  })

  test('what Postfix has no words for is told plainly, with its severity', () => {
    const dialect = new PostfixDialect()
    expect(dialect.lines('error', { service: 'imap', session: '4', user: 'bob', stack: 'x' }, 'adapterFault')).toEqual([
      { daemon: 'imap', severity: 'error', text: 'error: adapterFault session=4 user=bob' },
    ])
    expect(dialect.lines('info', { port: 25 }, 'listening')).toEqual([
      { daemon: 'master', severity: 'info', text: 'listening port=25' },
    ])
  })

  test('names of peers are forgotten with their sessions', () => {
    const lines = said(
      ['connect', { ...PEER, client: 'gateway' }],
      ['disconnect', { ...PEER, reason: 'logout', after: 'QUIT', commands: 'quit=1 commands=1' }],
      ['accepted', { ...PEER, id: 'A' }],
    )
    expect(lines.at(-1)).toBe('smtpd: A: client=unknown[10.0.2.2]')
  })

  /** Lines of Debian's Postfix 3.7, up to what Node does not tell (key exchange and signatures). */
  test('[D6] hosts that mail goes to', () => {
    const host = { host: 'mx.ee.test', address: '127.0.0.1', port: 25 }
    const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }
    expect(
      said(
        ['hostConnected', host],
        ['hostConnected', { ...host, offers: 'STARTTLS' }],
        ['hostConnected', { ...host, ...tls, trust: 'Verified' }],
        ['hostConnected', { ...host, protocol: 'TLSv1.2', cipher: 'ECDHE-RSA-AES128-GCM-SHA256', trust: 'Trusted' }],
        ['hostFailed', { ...host, during: 'connect', reason: 'Connection refused' }],
        ['hostFailed', { ...host, during: 'tls', reason: 'unsupported protocol' }],
      ),
    ).toEqual([
      'smtp: Host offered STARTTLS: [mx.ee.test]',
      'smtp: Verified TLS connection established to mx.ee.test[127.0.0.1]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
      'smtp: Trusted TLS connection established to mx.ee.test[127.0.0.1]:25: TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits)',
      'smtp: connect to mx.ee.test[127.0.0.1]:25: Connection refused',
      'smtp: SSL_connect error to mx.ee.test[127.0.0.1]:25: unsupported protocol',
    ])
  })
})
