import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { staticAuthenticator } from '@mailwright/auth'
import { systemClock } from '@mailwright/core/node'
import { TableFiles } from '@mailwright/relay/node'
import { createMemoryQueue, createMemoryStore } from '@mailwright/store-memory'
import { createMailServer, type MailServer } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Finished, run, succeed } from '../support/run.js'

/** Certificates as the seeds' openssl recipes make them: an authority, users that it signed, and one that nobody signed. */
let folder: string
let server: MailServer

const openssl = (...args: readonly string[]) => succeed('openssl', args, { cwd: folder })

async function selfSigned(name: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  const names = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  await openssl('req', '-x509', ...key, '-out', `${name}.crt`, '-days', '2', ...names)
}

async function signed(name: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
  await openssl('req', '-new', ...key, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
  await openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    `${name}.crt`,
    '-days',
    '2',
  )
}

const pem = (name: string): string => readFileSync(join(folder, name), 'utf8')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-client-certificates-'))
  await selfSigned('server')
  await selfSigned('ca')
  await selfSigned('bob')
  await signed('alice')
  await signed('nobody')
  await signed('machine')
  const { stdout } = await openssl('x509', '-in', 'machine.crt', '-noout', '-fingerprint', '-sha256')
  writeFileSync(join(folder, 'certs'), `${stdout.trim().replace(/^.*=/, '')} machine\n`)
  const bob = await openssl('x509', '-in', 'bob.crt', '-noout', '-fingerprint', '-sha256')
  writeFileSync(join(folder, 'access'), `${bob.stdout.trim().replace(/^.*=/, '')} 554 5.7.1 not this one\n`)
  server = await createMailServer({
    hostname: 'mx.home.test',
    domains: ['home.test'],
    listeners: [
      { protocol: 'smtp', port: 0 },
      { protocol: 'submission', port: 0, tls: 'implicit' },
      { protocol: 'imap', port: 0 },
      { protocol: 'pop3', port: 0, tls: 'implicit' },
    ],
    store: createMemoryStore({ clock: systemClock }),
    authenticator: staticAuthenticator({ alice: 'secret', bob: 'secret' }),
    certificate: { certificate: pem('server.crt'), key: pem('server.key') },
    clientCertificates: { authorities: pem('ca.crt') },
    relay: {
      queue: createMemoryQueue(),
      networks: ['192.0.2.0/24'],
      tables: new TableFiles({ clock: systemClock }),
      relayClientCerts: [`hash:${folder}/certs`],
      transports: { 'far.test': 'discard:' },
      restrictions: {
        client: `check_ccert_access hash:${folder}/access`,
        relay: 'permit_tls_clientcerts, permit_sasl_authenticated, reject_unauth_destination',
      },
    },
  })
})

afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** curl with a certificate, and EXTERNAL for a login. */
function curl(url: string, name: string, args: readonly string[] = [], input = ''): Promise<Finished> {
  return run(
    'curl',
    [
      ...['--silent', '--show-error', '--verbose', '--ssl-reqd', '--cacert', 'server.crt', '--max-time', '20'],
      ...['--cert', `${name}.crt`, '--key', `${name}.key`, '--login-options', 'AUTH=EXTERNAL', '--user', `${name}:`],
      ...args,
      url,
    ],
    { cwd: folder, input },
  )
}

describe('[D8] a client’s certificate is its login (SASL EXTERNAL)', () => {
  const submit = (name: string) =>
    curl(
      `smtps://localhost:${server.port('submission')}/there.test`,
      name,
      ['--mail-from', `${name}@home.test`, '--mail-rcpt', 'alice@home.test', '--upload-file', '-'],
      'Subject: by certificate\r\n\r\nHello\r\n',
    )

  test('SMTP: a user is let in, and the trace says by what', async () => {
    const sent = await submit('alice')
    expect(sent.stderr).toContain('< 235 2.7.0 Authentication successful')
    expect(sent.code).toBe(0)
  })

  test('IMAP after STARTTLS, and POP3: the same user, and the mail is there', async () => {
    const imap = await curl(`imap://localhost:${server.port('imap')}/INBOX;MAILINDEX=1`, 'alice')
    expect(imap.stderr).toMatch(/AUTH=EXTERNAL/)
    expect(imap.stdout).toMatch(/\(Client CN "alice", Issuer "ca" \(verified OK\)\)/)
    const pop = await curl(`pop3s://localhost:${server.port('pop3')}/1`, 'alice')
    expect(pop.stderr).toMatch(/< SASL .*EXTERNAL/)
    expect(pop.stdout).toContain('Subject: by certificate')
  })

  test.each([
    ['a certificate that nobody signed', 'bob', /^(?!.*AUTH[^\n]*EXTERNAL)/s],
    ['a user that there is not', 'nobody', /< 535 5\.7\.8 /],
  ])('%s is no login', async (_, name, said) => {
    const sent = await submit(name)
    expect(sent.code).not.toBe(0)
    expect(sent.stderr).toMatch(said)
    expect(sent.stderr).not.toContain('235 2.7.0')
  })

  test('nobody becomes somebody else', async () => {
    const { stdout } = await run(
      'openssl',
      [
        ...['s_client', '-quiet', '-connect', `127.0.0.1:${server.port('submission')}`, '-CAfile', 'server.crt'],
        ...['-cert', 'alice.crt', '-key', 'alice.key', '-ign_eof'],
      ],
      {
        cwd: folder,
        input: `EHLO x\r\nAUTH EXTERNAL ${Buffer.from('bob').toString('base64')}\r\nAUTH EXTERNAL =\r\nQUIT\r\n`,
      },
    )
    expect(stdout).toMatch(/\r?\n535 5\.7\.8 [^\n]*\n235 2\.7\.0 /)
  })
})

describe('[D8] restrictions know a client by its certificate', () => {
  const rcpt = async (name: string | null, to: string): Promise<string> => {
    const shown = name === null ? [] : ['--tls-cert', `${name}.crt`, '--tls-key', `${name}.key`]
    const { stdout } = await run(
      'swaks',
      [
        ...['--server', `127.0.0.1:${server.port('smtp')}`, '--timeout', '20s', '--tls', ...shown],
        ...['--helo', 'there.test', '--from', 'a@there.test', '--to', to, '--quit-after', 'RCPT'],
      ],
      { cwd: folder },
    )
    const lines = stdout.split('\n')
    const at = lines.findIndex((line) => /^ ~> RCPT/.test(line))
    return (lines[at + 1] ?? '').replace(/^<[~*]+ +/, '')
  }

  test.each([
    ['permit_tls_clientcerts', 'machine', 'x@far.test', '250 2.1.5 Ok'],
    ['another certificate', 'alice', 'x@far.test', '554 5.7.1 <x@far.test>: Relay access denied'],
    ['none', null, 'x@far.test', '554 5.7.1 <x@far.test>: Relay access denied'],
    ['none, for us', null, 'alice@home.test', '250 2.1.5 Ok'],
    ['check_ccert_access', 'bob', 'alice@home.test', '554 5.7.1 <bob>: Client certificate rejected: not this one'],
  ])('%s', async (_, name, to, reply) => {
    expect(await rcpt(name, to)).toBe(reply)
  })
})
