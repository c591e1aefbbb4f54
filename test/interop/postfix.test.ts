import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliver, smtp, smtpSession } from '../support/dialogue.js'
import { note } from '../support/messages.js'
import { Postfix } from '../support/postfix.js'
import { run } from '../support/run.js'

/** That the Postfix of the tests is one: what other tests take for granted. */
let postfix: Postfix

beforeAll(async () => {
  postfix = await Postfix.start({
    tls: 'offered',
    logins: 'users',
    listeners: {
      submission: ['smtpd_tls_security_level=encrypt', 'smtpd_client_restrictions=permit_sasl_authenticated,reject'],
      smtps: ['smtpd_tls_wrappermode=yes'],
    },
  })
})
afterAll(() => postfix?.dispose())

function swaks(listener: string, args: readonly string[]) {
  const mail = ['--from', postfix.address('bob'), '--to', postfix.address('alice'), '--body', 'It works.']
  return run('swaks', ['--server', `127.0.0.1:${postfix.port(listener)}`, '--timeout', '20s', ...mail, ...args])
}

test('Postfix delivers into a Maildir, and knows who has none', async () => {
  expect(await deliver(postfix.port(), postfix.address('alice'), note('by hand'))).toMatch(
    /^250 2\.0\.0 Ok: queued as /,
  )
  const [message = ''] = await postfix.arrived('alice')
  expect(message).toMatch(/^Return-Path: <sender@example\.org>\nX-Original-To: alice@postfix\.example\nDelivered-To: /)
  expect(message).toContain('Subject: by hand\n')
  expect(await deliver(postfix.port(), postfix.address('nobody'), note('lost'))).toMatch(/^550 5\.1\.1 /)
  await postfix.logged(/postfix\/virtual\[\d+\]: \w+: to=<alice@postfix\.example>, .*status=sent/)
})

test('Postfix logs users in, after STARTTLS and on a port that begins with TLS', async () => {
  const login = (mechanism: string) => [
    ...['--auth', mechanism, '--auth-user', postfix.address('bob'), '--auth-password', postfix.password('bob')],
  ]
  for (const mechanism of ['PLAIN', 'CRAM-MD5']) {
    expect((await swaks('submission', ['--tls', ...login(mechanism)])).stdout).toMatch(/<~ +250 2\.0\.0 Ok: queued/)
  }
  expect((await swaks('smtps', ['--tls-on-connect', ...login('LOGIN')])).stdout).toMatch(/<~ +250 2\.0\.0 Ok: queued/)
  const stranger = await swaks('submission', ['--tls'])
  expect(stranger.stdout).toMatch(/<~\* +554 5\.7\.1 .*Client host rejected: Access denied/)
})

test('Postfix takes mail from its own commands, and keeps it over a restart', async () => {
  await postfix.stop()
  const input = note('from sendmail')
  expect(await postfix.command('sendmail', ['-f', postfix.address('bob'), postfix.address('bob')], { input })).toEqual(
    expect.objectContaining({ code: 0, stderr: '' }),
  )
  await postfix.serve()
  expect((await postfix.arrived('bob')).join()).toContain('Subject: from sendmail\n')
  const wire = await smtpSession(postfix.port())
  expect(await smtp(wire, 'QUIT')).toBe('221 2.0.0 Bye')
  wire.destroy()
})
