import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { freePort } from '../support/free-port.js'
import { note } from '../support/messages.js'
import { run, succeed } from '../support/run.js'
import type { ListenerName } from '../support/site.js'
import { eventually, within } from '../support/wait.js'

/** HAProxy before every port, with both versions of its header. Clients come from another loopback address than it does. */
const CLIENT = '127.0.0.7'
const NAMES = ['smtp', 'imap', 'imaps', 'pop3', 'pop3s'] as const
type Name = (typeof NAMES)[number]
const VERSIONS = ['send-proxy', 'send-proxy-v2'] as const
type Version = (typeof VERSIONS)[number]

let site: Appliance
let proxy: ChildProcess
let folder = ''
const ports = new Map<string, number>()

beforeAll(async () => {
  site = await Appliance.start({ listeners: NAMES satisfies readonly ListenerName[], proxyProtocol: ['127.0.0.1/32'] })
  folder = mkdtempSync(join(tmpdir(), 'mailwright-haproxy-'))
  const lines = ['defaults', '  mode tcp', '  timeout connect 10s', '  timeout client 60s', '  timeout server 60s']
  for (const name of NAMES) {
    for (const version of VERSIONS) {
      const port = await freePort()
      ports.set(`${name} ${version}`, port)
      lines.push(
        `listen ${name}-${version}`,
        `  bind 127.0.0.1:${port}`,
        `  server ours 127.0.0.1:${site.port(name)} ${version}`,
      )
    }
  }
  const config = join(folder, 'haproxy.cfg')
  writeFileSync(config, `${lines.join('\n')}\n`)
  proxy = spawn('haproxy', ['-db', '-f', config], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  })
  await eventually(30_000, 'HAProxy listens', () => opens(through('smtp', 'send-proxy')))
}, 120_000)
afterAll(async () => {
  const ended = new Promise((resolve) => proxy?.once('exit', resolve))
  proxy?.kill('SIGTERM')
  if (proxy !== undefined) await within(10_000, 'HAProxy ends', ended)
  await site?.dispose()
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

function through(name: Name, version: Version): number {
  return ports.get(`${name} ${version}`) ?? 0
}

function opens(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: CLIENT })
    socket.once('error', () => resolve(undefined))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

test.each(VERSIONS)(
  '[A9] %s: mail by STARTTLS is from its real sender, in the log and in Received',
  async (version) => {
    const subject = `through ${version}`
    await succeed('swaks', [
      ...[
        '--server',
        `127.0.0.1:${through('smtp', version)}`,
        '--local-interface',
        CLIENT,
        '--timeout',
        '20s',
        '--tls',
      ],
      ...['--helo', 'client.example.org', '--from', 'sender@example.org', '--to', site.address('alice')],
      ...['--data', note(subject)],
    ])
    const { log } = site.server
    expect(log.some(({ service, rip }) => service === 'smtp' && rip === CLIENT)).toBe(true)
    expect(log.some(({ service, rip }) => service === 'smtp' && rip === '127.0.0.1')).toBe(false)
    const number = VERSIONS.indexOf(version) + 1
    const { stdout } = await succeed('curl', [
      ...['--silent', '--show-error', '--max-time', '20', '--interface', CLIENT, '--cacert', site.certificate],
      ...['--user', `alice:${site.password('alice')}`],
      `imaps://127.0.0.1:${through('imaps', version)}/INBOX;MAILINDEX=${number}`,
    ])
    expect(stdout).toMatch(/^Received: from client\.example\.org \(unknown \[127\.0\.0\.7\]\)\r\n/m)
  },
)

test.each(
  (['imap', 'imaps', 'pop3', 'pop3s'] as const).flatMap((name) => VERSIONS.map((version) => [name, version] as const)),
)('[A9] %s by %s: the login is from its real peer', async (name, version) => {
  const before = site.server.log.length
  await succeed('curl', [
    ...['--silent', '--show-error', '--max-time', '20', '--interface', CLIENT, '--cacert', site.certificate],
    ...['--user', `alice:${site.password('alice')}`, `${name}://127.0.0.1:${through(name, version)}/`],
  ])
  const service = name.slice(0, 4)
  const said = (): boolean =>
    site.server.log
      .slice(before)
      .some((line) => line.service === service && line.rip === CLIENT && line.user === 'alice')
  await site.server.until('the login is in the log', () => said() || undefined)
})

test('[A9] who comes without the proxy hears nothing', async () => {
  const { stdout, code } = await run('swaks', [
    ...['--server', `127.0.0.1:${site.port('smtp')}`, '--timeout', '10s', '--quit-after', 'EHLO'],
  ])
  expect(code).not.toBe(0)
  expect(stdout).not.toContain('220 ')
})
