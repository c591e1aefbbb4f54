import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { COMMAND } from '../support/command.js'
import {
  deliver,
  imap,
  imapSession,
  imapUntil,
  pop3,
  pop3Lines,
  pop3Session,
  smtpSession,
} from '../support/dialogue.js'
import { note } from '../support/messages.js'
import { type Finished, run } from '../support/run.js'
import { siteJson } from '../support/site.js'

/** How the command starts, refuses to start, stops and starts again. */

describe('a site that cannot be served', () => {
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailwright-lifecycle-'))
    writeFileSync(join(folder, 'users'), 'bob:{PLAIN}secret\n')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Serves the usual site with some settings changed. */
  async function serve(change: object): Promise<Finished> {
    const site: unknown = JSON.parse(siteJson({ listeners: ['smtp', 'imap'] }))
    const config = join(folder, 'site.json')
    writeFileSync(config, JSON.stringify({ ...(typeof site === 'object' ? site : {}), ...change }))
    return run(process.execPath, [COMMAND, 'serve', '--config', config])
  }

  /** Exit code 2, and one sentence of one line that names the command. */
  function refused(result: Finished, sentence: RegExp): void {
    expect(result.stderr).toMatch(/^mailwright: [^\n]+\n$/)
    expect(result.stderr).toMatch(sentence)
    expect(result.code).toBe(2)
  }

  test('a port in use', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const listeners = [{ protocol: 'imap', host: '127.0.0.1', port }]
      refused(
        await serve({ listeners }),
        new RegExp(`imap: port ${port} on 127\\.0\\.0\\.1 is in use by another program`),
      )
    } finally {
      squatter.close()
    }
  })

  test('an address that is not ours', async () => {
    refused(
      await serve({ listeners: [{ protocol: 'imap', host: '192.0.2.1', port: 0 }] }),
      /no address of this machine/,
    )
  })

  test('an unknown setting', async () => {
    refused(await serve({ hostnam: 'x' }), /: hostnam: there is no such setting; did you mean "hostname"\?/)
    const listeners = [{ protocol: 'imap', prot: 143 }]
    refused(await serve({ listeners }), /: listeners\[0\]\.prot: there is no such setting; did you mean "port"\?/)
  })

  test('an unknown word, a wrong type, something missing', async () => {
    refused(
      await serve({ listeners: [{ protocol: 'imapp', port: 0 }] }),
      /listeners\[0\]\.protocol: .*did you mean "imap"\?/,
    )
    refused(await serve({ domains: 'example.test' }), /: domains: "example\.test" will not do; it must be a list/)
    refused(await serve({ hostname: undefined }), /: hostname: this setting is missing/)
  })

  test('no file, and a file that is no JSON', async () => {
    const absent = await run(process.execPath, [COMMAND, 'serve', '--config', join(folder, 'absent.json')])
    refused(absent, /absent\.json cannot be read \(ENOENT\)/)
    writeFileSync(join(folder, 'broken.json'), '{\n  "hostname": \n}')
    refused(
      await run(process.execPath, [COMMAND, 'serve', '--config', join(folder, 'broken.json')]),
      /this is not JSON/,
    )
  })

  test('a store that is no folder', async () => {
    writeFileSync(join(folder, 'mail'), 'a file')
    refused(await serve({}), /store\.path: .*mail cannot be used \(it is no folder\)/)
  })

  test.skipIf(process.getuid?.() === 0)('a store that may not be written (root may write anywhere)', async () => {
    mkdirSync(join(folder, 'mail'))
    chmodSync(join(folder, 'mail'), 0o500)
    refused(await serve({}), /store\.path: .*mail cannot be used \(EACCES\)/)
  })

  test('users that are not there', async () => {
    rmSync(join(folder, 'users'))
    refused(await serve({}), /auth\.path: .*users\b.*mailwright user add/)
  })

  test('a certificate that is none, is not there, or is not the key\u2019s', async () => {
    const tls = { kind: 'files', certificate: 'cert.pem', key: 'key.pem' }
    refused(await serve({ tls }), /certificate .*cert\.pem does not exist/)
    writeFileSync(join(folder, 'cert.pem'), 'nonsense')
    writeFileSync(join(folder, 'key.pem'), 'nonsense')
    refused(await serve({ tls }), /cert\.pem holds no certificate in PEM form/)
    for (const name of ['one', 'two']) {
      await run('openssl', [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
        ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)],
      ])
    }
    const mixed = { kind: 'files', certificate: 'one.crt', key: 'two.key' }
    refused(await serve({ tls: mixed }), /the key in .*two\.key does not belong to the certificate in .*one\.crt/)
  })

  test('a listener that asks for TLS where there is no certificate', async () => {
    refused(await serve({ tls: undefined }), /listeners\[0\]\.tls: "starttls" needs a certificate/)
  })

  test('a folder that cannot be made: for the log, the certificate, a socket', async () => {
    writeFileSync(join(folder, 'file'), '')
    refused(await serve({ log: { file: 'file/log' } }), /log\.file: .*file\/log cannot be written/)
    refused(
      await serve({ tls: { kind: 'self-signed', folder: 'file/tls' } }),
      /file\/tls\S* cannot be used \(ENOTDIR\)/,
    )
    refused(await serve({ listeners: [{ protocol: 'lmtp', path: 'absent/socket' }] }), /absent\/socket cannot be made/)
  })

  test('a file where a socket should be is left alone', async () => {
    writeFileSync(join(folder, 'notes'), 'precious')
    refused(await serve({ listeners: [{ protocol: 'lmtp', path: 'notes' }] }), /lmtp: .*notes is in use/)
    expect(readFileSync(join(folder, 'notes'), 'utf8')).toBe('precious')
  })

  test('an unknown command or option', async () => {
    const result = await run(process.execPath, [COMMAND, 'serv'])
    expect(result.code).not.toBe(0)
    expect(result.stderr).toMatch(/unknown command 'serv'[\s\S]*Did you mean serve\?/)
  })
})

describe('a site that is served', () => {
  let site: Appliance

  afterEach(() => site?.dispose())

  test('[D7] makes its certificate and key on the first start, and keeps them', async () => {
    site = await Appliance.start({ listeners: ['imaps'] })
    const certificate = readFileSync(site.certificate, 'utf8')
    expect(statSync(join(site.folder, 'tls', 'self-signed.key')).mode & 0o777).toBe(0o600)
    await site.stop()
    await site.serve()
    expect(readFileSync(site.certificate, 'utf8')).toBe(certificate)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`[A6] stops cleanly on ${signal}, and tells those who idle`, async () => {
      site = await Appliance.start({ users: ['bob'] })
      const idler = await imapSession(site.port('imap'), 'bob', site.password('bob'))
      await imap(idler, 's SELECT INBOX')
      await idler.sendLine('i IDLE')
      await imapUntil(idler, '+ ')
      const sender = await smtpSession(site.port('smtp'))
      const drop = await pop3Session(site.port('pop3'), 'bob', site.password('bob'))
      const begin = performance.now()
      site.server.signal(signal)
      expect(await site.server.exit).toEqual({ code: 0, signal: null })
      // Nobody had anything under way: nothing was waited for.
      expect(performance.now() - begin).toBeLessThan(5_000)
      expect(await idler.rest()).toMatch(/^\* BYE .*\r\n/)
      expect(await sender.rest()).toMatch(/^421 /)
      expect(await drop.rest()).toMatch(/^-ERR \[SYS\/TEMP\] /)
      expect(site.server.words.at(-1)).toMatch(/^Stopping/)
      expect(site.server.log.at(-1)).toMatchObject({ msg: 'closed' })
    })
  }

  test('[G4] keeps UIDs, UIDVALIDITY, flags and unique ids over restarts, clean or not', async () => {
    site = await Appliance.start({ users: ['bob'] })
    const look = async (): Promise<readonly unknown[]> => {
      const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
      const opened = (await imap(wire, 's EXAMINE INBOX')).filter((line) => /UIDVALIDITY|UIDNEXT/.test(line))
      const messages = (await imap(wire, 'f UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])'))
        .map((line) => line.replace(/ ?\\Recent/, ''))
        .slice(0, -1)
      const mailboxes = (await imap(wire, 'l LIST "" *')).slice().sort()
      wire.destroy()
      const drop = await pop3Session(site.port('pop3'), 'bob', site.password('bob'))
      expect(await pop3(drop, 'UIDL')).toMatch(/^\+OK/)
      const ids = await pop3Lines(drop)
      expect(await pop3(drop, 'QUIT')).toMatch(/^\+OK/)
      drop.destroy()
      return [opened, messages, mailboxes, ids]
    }
    for (const subject of ['one', 'two', 'three', 'four']) {
      await deliver(site.port('smtp'), site.address('bob'), note(subject))
    }
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await imap(wire, 'c CREATE Work')
    await imap(wire, 's SELECT INBOX')
    await imap(wire, String.raw`s STORE 1 +FLAGS (\Flagged Work)`)
    await imap(wire, String.raw`s STORE 2,4 +FLAGS (\Deleted)`)
    await imap(wire, 'e EXPUNGE')
    wire.destroy()
    const before = await look()
    expect(await site.stop()).toEqual({ code: 0, signal: null })
    await site.serve()
    expect(await look()).toEqual(before)
    await site.kill()
    await site.serve()
    expect(await look()).toEqual(before)
    // The highest UID was expunged: it is not given again.
    expect(await deliver(site.port('smtp'), site.address('bob'), note('five'))).toMatch(/^250 /)
    const after = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await imap(after, 's EXAMINE INBOX')
    expect(await imap(after, 'f UID SEARCH ALL')).toContain('* SEARCH 1 3 5')
    after.destroy()
  })

  test('[E5] users are added, listed and given new passwords while it runs', async () => {
    site = await Appliance.start({ listeners: ['imap'] })
    const user = (args: readonly string[], input = ''): Promise<Finished> =>
      run(process.execPath, [COMMAND, 'user', ...args, '--config', site.config], { input })
    expect(await user(['add', 'zoe'], 'first one\n')).toMatchObject({ code: 0 })
    expect((await user(['list'])).stdout).toMatch(/^alice\t\S+\nzoe\t\S+\n$/)
    expect(readFileSync(join(site.folder, 'users'), 'utf8')).not.toContain('first one')
    const login = async (password: string): Promise<void> =>
      (await imapSession(site.port('imap'), 'zoe', password)).destroy()
    await expect
      .poll(
        () =>
          login('first one').then(
            () => true,
            () => false,
          ),
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true)
    expect(await user(['passwd', 'zoe'], 'second one\n')).toMatchObject({ code: 0 })
    await expect
      .poll(
        () =>
          login('second one').then(
            () => true,
            () => false,
          ),
        { timeout: 20_000, interval: 200 },
      )
      .toBe(true)
    expect(await user(['add', 'zoe'], 'x\n')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/zoe exists already/),
    })
    expect(await user(['passwd', 'nobody'], 'x\n')).toMatchObject({ code: 2 })
    expect(await user(['add', '../etc'], 'x\n')).toMatchObject({ code: 2 })
  })

  test('does not serve a store that another one serves', async () => {
    site = await Appliance.start({ listeners: ['imap'] })
    const second = await run(process.execPath, [COMMAND, 'serve', '--config', site.config])
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(/^mailwright: [^\n]+\n$/)
    expect(second.stderr).toContain(join(site.folder, 'mail'))
  })
})
