import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ProcessMeter } from './process-meter.mjs'

const COMMAND = fileURLToPath(new URL('../../packages/mailwright/bin/mailwright.cjs', import.meta.url))
const PASSWORD = 'bench'
export const USER = 'bench'
const START = 30_000

/**
 * A server under measurement, a process of its own. `cold()` stops it and removes what it keeps beside the messages, so that
 * the next SELECT is the first ever; `start()` starts it again.
 */
class Server {
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

  get login() {
    return { port: this.port, user: USER, password: PASSWORD }
  }

  async run(command, args, options) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options })
    this.#child.once('exit', (code) => {
      if (this.#child !== null && code !== 0) console.error(`${this.name} ended: ${code}`)
    })
    this.meter = new ProcessMeter(this.#child.pid)
    return this.#child
  }

  async stop() {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
}

/** Our server: the built command with a site of its own, plain IMAP on the loopback address. */
export class Mailwright extends Server {
  #profile

  /** @param profile a folder for CPU profiles, one for each start. */
  constructor(folder, profile) {
    super('mailwright', folder)
    this.#profile = profile
    const many = 100_000
    writeFileSync(join(folder, 'users'), `${USER}:{PLAIN}${PASSWORD}\n`)
    writeFileSync(
      join(folder, 'site.json'),
      JSON.stringify({
        hostname: 'mail.example.test',
        domains: ['example.test'],
        store: { kind: 'maildir', path: 'mail' },
        auth: { kind: 'passwd-file', path: 'users' },
        listeners: [{ protocol: 'imap', host: '127.0.0.1', port: 0 }],
        limits: { connections: many, connectionsPerAddress: many },
        log: { level: 'info' },
      }),
    )
  }

  get maildir() {
    return join(this.folder, 'mail', USER)
  }

  async start() {
    const flags = this.#profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${this.#profile}`]
    const child = await this.run(process.execPath, [
      ...flags,
      COMMAND,
      'serve',
      '--config',
      join(this.folder, 'site.json'),
    ])
    this.port = await new Promise((resolve, reject) => {
      const lines = createInterface({ input: child.stdout })
      lines.on('line', (line) => {
        if (line.includes('"msg":"listening"')) resolve(JSON.parse(line).port)
      })
      child.once('exit', () => reject(new Error('mailwright does not serve')))
      setTimeout(() => reject(new Error('mailwright does not start')), START).unref()
    })
  }

  async cold() {
    await this.stop()
    removeAll(this.maildir, (name) => !['cur', 'new', 'tmp'].includes(name))
  }
}

/** Debian's Dovecot with its defaults: its own configuration, and no more processes forbidden than the measurements need. */
export class Dovecot extends Server {
  #account = accountOf()

  constructor(folder) {
    super('dovecot', folder)
  }

  get maildir() {
    return join(this.folder, 'mail', USER)
  }

  async start() {
    this.port = await freePort()
    const config = join(this.folder, 'dovecot.conf')
    writeFileSync(config, configuration(this.folder, this.port, this.#account))
    if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${this.#account.uid}:${this.#account.gid}`, this.folder])
    const { uid, gid } = this.#account
    const env = { PATH: `${process.env.PATH}:/usr/sbin`, HOME: this.folder }
    await this.run('dovecot', ['-F', '-c', config], { cwd: this.folder, uid, gid, env })
    await greets(this.port)
  }

  async cold() {
    await this.stop()
    removeAll(this.maildir, (name) => name.startsWith('dovecot'))
  }
}

/** Whether Dovecot is installed. */
export function hasDovecot() {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
  return spawnSync('dovecot', ['--version'], { env }).status === 0
}

function removeAll(folder, isToGo) {
  for (const name of readdirSync(folder)) if (isToGo(name)) rmSync(join(folder, name), { recursive: true })
}

/** Dovecot does not touch mail as root: there it runs as the user of its package. */
function accountOf() {
  const name = process.getuid?.() === 0 ? 'dovecot' : spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim()
  const [uid, gid, group] = ['-u', '-g', '-gn'].map((flag) =>
    spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim(),
  )
  return { name, group, uid: Number(uid), gid: Number(gid) }
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

async function greets(port) {
  const deadline = performance.now() + START
  while (performance.now() < deadline) {
    const isThere = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('data', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('dovecot does not start')
}

function configuration(folder, port, { name, group, uid, gid }) {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${name}
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
mail_max_userip_connections = 0
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  process_limit = 5000
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service imap {
  process_limit = 20000
}
service auth {
  client_limit = 50000
}
service anvil {
  chroot =
  client_limit = 50000
}
service stats {
  chroot =
}
`
}
