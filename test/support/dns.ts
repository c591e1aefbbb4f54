import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { eventually, within } from './wait.js'

const START = 20_000
const END = 10_000
/** Somebody else may take the port before the server does. */
const TRIES = 3

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

/**
 * Debian's NSD on the loopback address, with zones in the form of RFC 1035 §5 by their names. `$ORIGIN` is the zone, `$TTL` 60 and the SOA and NS records stand
 * above what is given; blanks before a line do not count. A text with an SOA record is a whole zone file, and is taken as it is. A zone that is `broken` is answered SERVFAIL, what is in no zone REFUSED.
 */
export class DnsServerProcess {
  readonly address = '127.0.0.1'
  readonly port: number
  readonly #folder: string
  readonly #child: ChildProcess
  readonly #exit: Promise<void>

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.port = port
    this.#child = spawn('/usr/sbin/nsd', ['-d', '-c', join(folder, 'nsd.conf')], {
      stdio: 'ignore',
      env: { PATH: '/usr/sbin:/usr/bin:/bin', LC_ALL: 'C' },
    })
    const child = this.#child
    running.add(child)
    this.#exit = new Promise((resolve) => {
      const end = (): void => {
        running.delete(child)
        resolve()
      }
      child.once('error', end)
      child.once('exit', end)
    })
  }

  /** @param signed zones that are signed by DNSSEC; {@link anchors} says by which keys. */
  static async start(
    zones: { readonly [name: string]: string | 'broken' },
    signed: readonly string[] = [],
  ): Promise<DnsServerProcess> {
    for (let attempt = 1; ; attempt++) {
      const port = await freePort()
      const server = new DnsServerProcess(configured(zones, port, signed), port)
      try {
        const hasEnded = server.#exit.then(() => {
          throw new Error('NSD ended')
        })
        await Promise.race([hasEnded, eventually(START, 'NSD answers', () => answers(port))])
        return server
      } catch (error) {
        const log = server.log()
        await server.dispose()
        if (attempt < TRIES && log.includes('ddress already in use')) continue
        throw new Error(`NSD does not serve: ${log}`, { cause: error })
      }
    }
  }

  /** The keys of signed zones, as DS records. */
  get anchors(): readonly string[] {
    const zones = join(this.#folder, 'zones')
    return readdirSync(zones)
      .filter((name) => name.endsWith('.ds'))
      .map((name) => readFileSync(join(zones, name), 'utf8').trim())
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
    await within(END, 'NSD ends', this.#exit).catch((error: unknown) => {
      this.#child.kill('SIGKILL')
      throw error
    })
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

function configured(
  zones: { readonly [name: string]: string | 'broken' },
  port: number,
  signed: readonly string[],
): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailwright-nsd-'))
  mkdirSync(join(folder, 'zones'))
  const lines = [
    'server:',
    `  ip-address: 127.0.0.1@${port}`,
    '  server-count: 1',
    '  username: ""',
    '  chroot: ""',
    `  zonesdir: "${folder}/zones"`,
    '  database: ""',
    `  pidfile: "${folder}/pid"`,
    `  logfile: "${folder}/log"`,
    `  xfrdfile: "${folder}/xfrd.state"`,
    `  xfrdir: "${folder}"`,
    `  zonelistfile: "${folder}/zone.list"`,
    '  rrl-ratelimit: 0',
    'remote-control:',
    '  control-enable: no',
  ]
  for (const [name, records] of Object.entries(zones)) {
    lines.push('zone:', `  name: "${name}"`, `  zonefile: "${name}"`)
    if (records === 'broken') continue
    const head = `$ORIGIN ${name}.\n$TTL 60\n@ SOA ns.${name}. hostmaster.${name}. 1 3600 600 86400 30\n@ NS ns.${name}.\n`
    const isWhole = /\sSOA\s/.test(records)
    writeFileSync(join(folder, 'zones', name), isWhole ? records : `${head}${records.replace(/^[ \t]+/gm, '')}\n`)
    if (signed.includes(name)) sign(join(folder, 'zones'), name)
  }
  writeFileSync(join(folder, 'nsd.conf'), `${lines.join('\n')}\n`)
  return folder
}

/** Signs a zone with a key of its own, whose DS record stays beside it. */
function sign(folder: string, zone: string): void {
  const options = { cwd: folder, encoding: 'utf8' } as const
  const key = execFileSync('ldns-keygen', ['-a', 'ECDSAP256SHA256', '-k', zone], options).trim()
  execFileSync('ldns-signzone', ['-f', `${zone}.signed`, zone, key], options)
  renameSync(join(folder, `${zone}.signed`), join(folder, zone))
}

/** Whether anything comes back for a question (`version.bind` of class CH, as everybody asks). */
export function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const timer = setTimeout(() => end(undefined), 300)
    const end = (value: true | undefined): void => {
      clearTimeout(timer)
      socket.close()
      resolve(value)
    }
    socket.once('error', () => end(undefined))
    socket.once('message', () => end(true))
    const question = '1234010000010000000000000776657273696f6e0462696e640000100003'
    socket.connect(port, '127.0.0.1', () => socket.send(Buffer.from(question, 'hex')))
  })
}
