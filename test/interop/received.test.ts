import { receivedField, type Trace, type WithProtocol } from '@mailwright/smtp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Postfix } from '../support/postfix.js'
import { run } from '../support/run.js'

/** `Received` fields that Postfix wrote, and ours of the same facts. */
let postfix: Postfix

beforeAll(async () => {
  postfix = await Postfix.start({
    tls: 'offered',
    logins: 'users',
    settings: [
      'smtpd_tls_received_header = yes',
      'smtpd_sasl_authenticated_header = yes',
      // Of TLS 1.3 it says how keys were exchanged, which Node does not tell a server.
      'smtpd_tls_protocols = TLSv1.2',
      'smtpd_tls_mandatory_protocols = TLSv1.2',
      'smtpd_tls_ask_ccert = no',
    ],
  })
})
afterAll(() => postfix?.dispose())

interface Case {
  readonly name: string
  readonly args: readonly string[]
  readonly to: readonly string[]
  readonly protocol: WithProtocol
  readonly isNamed: boolean
}

const LOGIN = ['--auth', 'PLAIN', '--auth-user', 'alice@postfix.example', '--auth-password', 'secret-of-alice']
const CASES: readonly Case[] = [
  { name: 'ESMTP', args: [], to: ['bob'], protocol: 'ESMTP', isNamed: false },
  { name: 'SMTP', args: ['--protocol', 'SMTP'], to: ['bob'], protocol: 'SMTP', isNamed: false },
  { name: 'ESMTPS', args: ['--tls'], to: ['bob'], protocol: 'ESMTPS', isNamed: false },
  { name: 'ESMTPA', args: LOGIN, to: ['bob'], protocol: 'ESMTPA', isNamed: true },
  { name: 'ESMTPSA', args: ['--tls', ...LOGIN], to: ['bob'], protocol: 'ESMTPSA', isNamed: true },
  { name: 'two recipients', args: [], to: ['bob', 'alice'], protocol: 'ESMTP', isNamed: false },
]

test.each(CASES)('[B18] our field is that of Postfix: $name', async ({ args, to, protocol, isNamed }) => {
  const before = postfix.messages('bob')
  const sent = await run('swaks', [
    ...['--server', `127.0.0.1:${postfix.port()}`, '--helo', 'laptop.example.org', '--timeout', '20s'],
    ...['--from', 'joe@example.org', '--to', to.map((user) => postfix.address(user)).join(','), ...args],
  ])
  expect(sent.code, sent.stdout).toBe(0)
  const messages = await postfix.arrived('bob', before.length + 1)
  const message = messages.find((each) => !before.includes(each)) ?? ''
  const theirs = /^Received: [^\n]*\n(?:[ \t][^\n]*\n)+/m.exec(message)?.[0].replaceAll('\n', '\r\n') ?? ''
  const [, id = ''] = / id (\w+);?\r\n/.exec(theirs) ?? []
  const [, name = ''] = /^Received: from \S+ \((\S+) /.exec(theirs) ?? []
  const [, tls = '', cipher = ''] = /\(using (\S+) with cipher (\S+) /.exec(theirs) ?? []
  const trace: Trace = {
    from: {
      kind: 'peer',
      heloName: 'laptop.example.org',
      name,
      address: '127.0.0.1',
      protocol,
      tls: tls === '' ? null : { protocol: tls, cipher },
      user: isNamed ? 'alice@postfix.example' : null,
    },
    hostname: 'mail.postfix.example',
    mailName: 'Postfix',
    id,
    recipient: to.length === 1 ? { localPart: 'bob', domain: 'postfix.example' } : null,
    at: Date.parse(/[A-Z][a-z]{2}, +\d.* [+]0000/.exec(theirs)?.[0] ?? ''),
  }
  expect(tls).toBe(args.includes('--tls') ? 'TLSv1.2' : '')
  expect(receivedField(trace)).toBe(theirs)
})
