import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMailServer, type MailServer, type MailServerOptions, makeSelfSigned, readCertificate } from 'mailwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapUntil, pop3, pop3Lines, smtpReply } from '../support/dialogue.js'
import { type Finished, run, succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'
import { Wire } from '../support/wire.js'

/** How listeners speak TLS, as openssl s_client sees it. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailwright-tls-'))
  await encryptedKey('rsa', 'rsa:2048')
  await encryptedKey('ec', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** By OpenSSL, its key behind a passphrase. */
async function encryptedKey(name: string, ...kind: readonly string[]): Promise<void> {
  const out = ['-passout', 'pass:secret', '-keyout', `${name}.key`, '-out', `${name}.crt`]
  const request = ['req', '-x509', '-days', '2', '-subj', `/CN=${name}.example.org`, '-newkey', ...kind]
  await succeed('openssl', [...request, ...out], { cwd: folder })
}

/** Files of a certificate for `name`, made here. */
async function certificateFiles(name: string): Promise<{ readonly certificate: string; readonly key: string }> {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  await writeSelfSigned(files, name)
  return files
}

async function writeSelfSigned(
  files: { readonly certificate: string; readonly key: string },
  name: string,
): Promise<void> {
  const made = await makeSelfSigned(name)
  await writeFile(files.certificate, made.certificate)
  await writeFile(files.key, made.key)
}

/** Shakes hands, says QUIT, and tells what it saw. */
function sClient(port: number, ...args: readonly string[]): Promise<Finished> {
  return run('openssl', ['s_client', '-crlf', '-connect', `127.0.0.1:${port}`, ...args], {
    input: 'QUIT\n',
    cwd: folder,
  })
}

/** Whose certificate s_client was shown. */
function subjectOf({ stdout }: Finished): string | undefined {
  return /^subject=CN = (\S+)$/m.exec(stdout)?.[1]
}

describe('[D2] certificates by the name a client asks for', () => {
  let site: Appliance
  let files: { readonly certificate: string; readonly key: string }

  beforeAll(async () => {
    files = await certificateFiles('lists.example.org')
    const wildcard = await certificateFiles('any.example.net')
    const encrypted = { certificate: join(folder, 'ec.crt'), key: join(folder, 'ec.key'), passphrase: 'secret' }
    site = await Appliance.start({
      listeners: ['submissions', 'smtp', 'imaps'],
      tls: { names: { 'lists.example.org': files, '*.example.net': wildcard, 'ec.example.org': encrypted } },
    })
  })
  afterAll(() => site?.dispose())

  for (const [asked, shown] of [
    ['lists.example.org', 'lists.example.org'],
    ['LISTS.example.ORG', 'lists.example.org'],
    ['a.example.net', 'any.example.net'],
    ['a.b.example.net', 'mail.example.test'],
    ['example.net', 'mail.example.test'],
    ['ec.example.org', 'ec.example.org'],
    ['unknown.example', 'mail.example.test'],
  ] as const) {
    test(`${asked}: ${shown}`, async () => {
      expect(subjectOf(await sClient(site.port('submissions'), '-servername', asked))).toBe(shown)
      expect(subjectOf(await sClient(site.port('smtp'), '-starttls', 'smtp', '-servername', asked))).toBe(shown)
    })
  }

  test('no name: that of the server', async () => {
    expect(subjectOf(await sClient(site.port('imaps'), '-noservername'))).toBe('mail.example.test')
  })

  test('renewed on SIGHUP, while connections go on; what will not do changes nothing', async () => {
    const wire = await Wire.open(site.port('imaps'), { trust: site.certificate })
    await imapUntil(wire, '* OK')
    const renewed = () => site.server.log.filter(({ msg }) => msg === 'certificatesRenewed').length
    await writeSelfSigned(files, 'new.example.org')
    site.server.signal('SIGHUP')
    await eventually(10_000, 'certificates are renewed', () => renewed() || undefined)
    const asked = ['-servername', 'lists.example.org']
    expect(subjectOf(await sClient(site.port('submissions'), ...asked))).toBe('new.example.org')
    await writeFile(files.key, 'no key')
    site.server.signal('SIGHUP')
    const kept = await eventually(10_000, 'certificates are kept', () =>
      site.server.log.find(({ msg }) => msg === 'certificatesKept'),
    )
    expect(kept['message']).toBe(`${files.key} holds no private key in PEM form that can be opened`)
    expect(subjectOf(await sClient(site.port('submissions'), ...asked))).toBe('new.example.org')
    expect(await imap(wire, 'a NOOP')).toEqual([expect.stringMatching(/^a OK /)])
    wire.destroy()
  })
})

describe('a server of its own settings', () => {
  let server: MailServer | undefined
  afterEach(() => server?.close())

  async function start(tls: NonNullable<MailServerOptions['tls']>): Promise<number> {
    const rsa = { certificate: join(folder, 'rsa.crt'), key: join(folder, 'rsa.key'), passphrase: 'secret' }
    server = await createMailServer({
      hostname: 'rsa.example.org',
      domains: ['example.org'],
      receive: async () => {},
      certificate: await readCertificate(rsa),
      tls,
      listeners: [{ protocol: 'smtp', port: 0, tls: 'implicit' }],
    })
    return server.port('smtp')
  }

  test('[D4] ciphers that it names and no others; Diffie-Hellman of 2,048 bits at least', async () => {
    const port = await start({ ciphers: 'DHE+AESGCM', maxVersion: 'TLSv1.2' })
    const { stdout } = await sClient(port, '-cipher', 'DHE')
    expect(stdout).toMatch(/Cipher is DHE-RSA-AES\d+-GCM-SHA\d+$/m)
    expect(Number(/^Server Temp Key: DH, (\d+) bits$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(2_048)
    expect((await sClient(port, '-cipher', 'ECDHE')).stdout).toContain('Cipher is (NONE)')
  })

  test('[D4] its own order of ciphers, or the client’s', async () => {
    const wishes = ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384'] as const
    const ciphers = 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256'
    const own = await sClient(await start({ ciphers }), ...wishes)
    expect(own.stdout).toContain('Cipher is ECDHE-RSA-AES256-GCM-SHA384')
    await server?.close()
    const theirs = await sClient(await start({ ciphers, cipherOrder: 'client' }), ...wishes)
    expect(theirs.stdout).toContain('Cipher is ECDHE-RSA-AES128-GCM-SHA256')
  })

  test('[D4] ciphers that there are not are said before the first client comes', async () => {
    await expect(start({ ciphers: 'NOTHING' })).rejects.toThrow(
      /^TLS with the certificate of the server is not possible: .*no cipher match/,
    )
  })

  test('[D2] a certificate whose key is of another kind, which some clients would never see, is refused', async () => {
    const certificate = await makeSelfSigned('a.example')
    const files = { certificate: join(folder, 'rsa.crt'), key: join(folder, 'rsa.key'), passphrase: 'secret' }
    await start({})
    expect(() => server?.replaceCertificates({ certificate, certificates: { a: certificate } })).not.toThrow()
    const rsa = await readCertificate(files)
    const mixed = { certificate, certificates: { rsa } }
    expect(() => server?.replaceCertificates(mixed)).toThrow(/key of kind rsa, that of the server one of kind ec;/)
  })

  test('[D9] versions: TLS 1.3 alone where it says so; old ones only where it says so', async () => {
    const modern = await start({ minVersion: 'TLSv1.3' })
    expect((await sClient(modern, '-tls1_2')).stdout).toContain('Cipher is (NONE)')
    expect((await sClient(modern, '-tls1_3')).stdout).toContain('New, TLSv1.3')
    await server?.close()
    const old = ['-tls1', '-cipher', 'DEFAULT@SECLEVEL=0'] as const
    expect((await sClient(await start({}), ...old)).stdout).toContain('Cipher is (NONE)')
    await server?.close()
    const opted = await start({ minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })
    expect((await sClient(opted, ...old)).stdout).toMatch(/Protocol +: TLSv1$/m)
  })

  test('[D5] sessions are resumed, over renewed certificates too, until their time is over', async () => {
    const port = await start({ sessionLifetime: 2_000 })
    const session = join(folder, 'session')
    for (const version of ['-tls1_2', '-tls1_3'] as const) {
      expect((await sClient(port, version, '-sess_out', session, '-ign_eof')).stdout).toMatch(/^New, TLS/m)
      expect((await sClient(port, version, '-sess_in', session)).stdout).toMatch(/^Reused, TLS/m)
      server?.replaceCertificates({ certificate: await makeSelfSigned('rsa.example.org') })
      expect((await sClient(port, version, '-sess_in', session)).stdout).toMatch(/^Reused, TLS/m)
      await new Promise((resolve) => setTimeout(resolve, 3_100))
      expect((await sClient(port, version, '-sess_in', session)).stdout).toMatch(/^New, TLS/m)
    }
  })
})

test('[D3] where TLS is required, nobody is asked for a password before', async () => {
  const site = await Appliance.start({ listeners: ['submission', 'imap', 'pop3'], plaintextAuth: 'never' })
  const trust = site.certificate
  const submission = await Wire.open(site.port('submission'))
  await smtpReply(submission)
  await submission.sendLine('EHLO client.example.org')
  expect((await smtpReply(submission)).lines.join()).not.toContain('AUTH')
  submission.destroy()
  const wire = await Wire.open(site.port('imap'))
  expect(await wire.line()).toContain(' LOGINDISABLED')
  expect((await imap(wire, `a LOGIN alice ${site.password('alice')}`)).at(-1)).toMatch(/^a NO \[PRIVACYREQUIRED\] /)
  expect((await imap(wire, 'b STARTTLS')).at(-1)).toMatch(/^b OK /)
  await wire.secure(trust)
  expect((await imap(wire, `c LOGIN alice ${site.password('alice')}`)).at(-1)).toMatch(/^c OK /)
  wire.destroy()
  const drop = await Wire.open(site.port('pop3'))
  await drop.line()
  await pop3(drop, 'CAPA')
  expect(await pop3Lines(drop)).not.toContain('USER')
  expect(await pop3(drop, 'USER alice')).toMatch(/^-ERR /)
  drop.destroy()
  await site.dispose()
})

test('[A2] [A3] [A4] a socket for each protocol, address and kind of TLS that is asked for, and none else', async () => {
  const certificate = await makeSelfSigned('mx.example.org')
  const server = await createMailServer({
    hostname: 'mx.example.org',
    domains: ['example.org'],
    receive: async () => {},
    certificate,
    listeners: [
      { protocol: 'smtp', host: '127.0.0.2', port: 0 },
      { protocol: 'smtp', host: '::1', port: 0 },
      { protocol: 'smtp', host: '127.0.0.1', port: 0, tls: 'implicit' },
    ],
  })
  const open = server.listeners.flatMap(({ address }) => ('port' in address ? [address] : []))
  expect(open.map(({ host }) => host)).toEqual(['127.0.0.2', '::1', '127.0.0.1'])
  for (const { host, port } of open) {
    for (const at of ['127.0.0.1', '127.0.0.2', '::1']) {
      expect(await answers(at, port), `${host}:${port} at ${at}`).toBe(at === host)
    }
  }
  // What is encrypted from the first octet says nothing in clear text.
  const clear = await Wire.open(server.port('smtp', 'implicit'))
  await clear.sendLine('EHLO client.example.org')
  expect(await clear.rest()).not.toContain('220')
  await server.close()
})

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
