import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, DnsServerProcess } from './dns.js'
import { freePort } from './free-port.js'
import { eventually, within } from './wait.js'

const START = 20_000
const END = 10_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

export interface ValidatingDnsOptions {
  readonly zones: { readonly [name: string]: string }
  /** Zones that are signed. */
  readonly signed: readonly string[]
  /** Signed zones by whose key nobody can have signed them: they are bogus. */
  readonly bogus?: readonly string[]
}

/** Debian's Unbound on the loopback address: it asks an NSD with the zones, and says by the AD bit what DNSSEC proves. */
export class ValidatingDns {
  readonly address = '127.0.0.1'
  readonly port: number
  readonly #nsd: DnsServerProcess
  readonly #folder: string
  readonly #child: ChildProcess
  readonly #exit: Promise<void>

  private constructor(nsd: DnsServerProcess, folder: string, port: number) {
    this.#nsd = nsd
    this.#folder = folder
    this.port = port
    const child = spawn('/usr/sbin/unbound', ['-d', '-c', join(folder, 'unbound.conf')], {
      stdio: 'ignore',
      env: { PATH: '/usr/sbin:/usr/bin:/bin', LC_ALL: 'C' },
    })
    running.add(child)
    this.#child = child
    this.#exit = new Promise((resolve) => {
      const end = (): void => {
        running.delete(child)
        resolve()
      }
      child.once('error', end)
      child.once('exit', end)
    })
  }

  static async start(options: ValidatingDnsOptions): Promise<ValidatingDns> {
    const nsd = await DnsServerProcess.start(options.zones, options.signed)
    const port = await freePort()
    const folder = mkdtempSync(join(tmpdir(), 'mailwright-unbound-'))
    writeFileSync(join(folder, 'unbound.conf'), configuration(options, nsd, folder, port))
    const dns = new ValidatingDns(nsd, folder, port)
    try {
      const hasEnded = dns.#exit.then(() => {
        throw new Error('Unbound ended')
      })
      await Promise.race([hasEnded, eventually(START, 'Unbound answers', () => answers(port))])
      return dns
    } catch (error) {
      const log = dns.log()
      await dns.dispose()
      throw new Error(`Unbound does not serve: ${log}`, { cause: error })
    }
  }

  log(): string {
    try {
      return readFileSync(join(this.#folder, 'log'), 'utf8')
    } catch {
      return ''
    }
  }

  async dispose(): Promise<void> {
    this.#child.kill('SIGTERM')
    await within(END, 'Unbound ends', this.#exit).catch((error: unknown) => {
      this.#child.kill('SIGKILL')
      throw error
    })
    await this.#nsd.dispose()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

function configuration(
  { zones, signed, bogus = [] }: ValidatingDnsOptions,
  nsd: DnsServerProcess,
  folder: string,
  port: number,
): string {
  const lines = [
    'server:',
    `  interface: 127.0.0.1@${port}`,
    '  username: ""',
    '  chroot: ""',
    `  directory: "${folder}"`,
    `  pidfile: "${folder}/pid"`,
    `  logfile: "${folder}/log"`,
    '  use-syslog: no',
    '  do-not-query-localhost: no',
    '  do-daemonize: no',
    '  num-threads: 1',
    '  module-config: "validator iterator"',
    '  local-zone: "test." nodefault',
    '  local-zone: "127.in-addr.arpa." nodefault',
  ]
  for (const anchor of nsd.anchors) {
    const zone = anchor.split(/\.?\s/)[0] ?? ''
    // The digest of a key that nobody has.
    lines.push(`  trust-anchor: "${bogus.includes(zone) ? anchor.replace(/[0-9a-f]{64}$/, '00'.repeat(32)) : anchor}"`)
  }
  for (const zone of Object.keys(zones)) {
    if (!signed.includes(zone)) lines.push(`  domain-insecure: "${zone}"`)
  }
  for (const zone of Object.keys(zones))
    lines.push('stub-zone:', `  name: "${zone}"`, `  stub-addr: 127.0.0.1@${nsd.port}`)
  lines.push('remote-control:', '  control-enable: no')
  return `${lines.join('\n')}\n`
}
