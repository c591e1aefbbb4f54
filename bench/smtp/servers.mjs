import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ProcessMeter } from '../imap/process-meter.mjs'

const COMMAND = fileURLToPath(new URL('../../packages/mailwright/bin/mailwright.cjs', import.meta.url))
const SMTP_SERVER = fileURLToPath(new URL('npm-smtp-server.mjs', import.meta.url))
const START = 30_000
const END = 20_000
export const DOMAIN = 'example.test'

/** Users that get mail; each has a Maildir. */
export const USERS = Array.from({ length: 10 }, (_, at) => `user${at}`)

/** A server under measurement: a process of its own, perhaps with others below it. */
export class Server {
  name
  folder
  port = 0
  meter = new ProcessMeter(0)
  #child = null

  constructor(name, folder) {
    this.name = name
    this.folder = folder
    mkdirSync(folder, { recursive: true })
  }

  maildir(user) {
    return join(this.folder, 'mail', user)
  }

  /** Runs it until it greets. What it says goes into a file. */
  async run(command, args, options = {}) {
    const log = openSync(join(this.folder, 'output'), 'a')
    const child = spawn(command, args, { stdio: ['ignore', log, log], ...options })
    closeSync(log)
    this.#child = child
    this.meter = new ProcessMeter(child.pid)
    const ended = new Promise((_, reject) => child.once('exit', () => reject(new Error(`${this.name} does not serve`))))
    ended.catch(() => undefined)
    await Promise.race([ended, greets(this.name, this.port)])
  }

  async stop() {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    this.signal(child, 'SIGTERM')
    const late = setTimeout(() => this.signal(child, 'SIGKILL'), END)
    await ended
    clearTimeout(late)
  }

  signal(child, name) {
    child.kill(name)
  }
}

/**
 * Our server: the built command with a site of its own. `atOnce`: the 250 comes when the message is in the Maildir. `queued`: it comes
 * when the message is in the queue, from where it is delivered into the Maildir. It logs as much as npm smtp-server does: faults.
 */
export class Mailwright extends Server {
  #localMail
  #options

  constructor(folder, { name, localMail, profile, log }) {
    super(name, folder)
    this.#localMail = localMail
    this.#options = { profile, log }
  }

  async start() {
    this.port = await freePort()
    const many = 100_000
    writeFileSync(join(this.folder, 'users'), USERS.map((user) => `${user}:{PLAIN}bench\n`).join(''))
    const site = {
      hostname: 'mail.example.test',
      domains: [DOMAIN],
      store: { kind: 'maildir', path: 'mail' },
      auth: { kind: 'passwd-file', path: 'users' },
      listeners: [{ protocol: 'smtp', host: '127.0.0.1', port: this.port }],
      ...(this.#localMail === 'queued' ? { relay: { queue: 'queue', localMail: 'queued' } } : {}),
      limits: { connections: many, connectionsPerAddress: many },
      log: { level: this.#options.log },
    }
    writeFileSync(join(this.folder, 'site.json'), JSON.stringify(site))
    const { profile } = this.#options
    const flags =
      profile === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${this.name}.cpuprofile`]
    await this.run(process.execPath, [...flags, COMMAND, 'serve', '--config', join(this.folder, 'site.json')])
  }
}

/** npm smtp-server, with file and folder synced. */
export class SmtpServer extends Server {
  constructor(folder) {
    super('smtp-server', folder)
  }

  async start() {
    this.port = await freePort()
    await this.run(process.execPath, [SMTP_SERVER, String(this.port), join(this.folder, 'mail')])
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

export { freePort }

async function greets(name, port) {
  const deadline = performance.now() + START
  while (performance.now() < deadline) {
    const isThere = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('data', () => {
        socket.end('QUIT\r\n')
        resolve(true)
      })
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${name} does not start`)
}
