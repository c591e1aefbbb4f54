import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { smtpSession } from './dialogue.js'
import { freePort } from './free-port.js'
import { type Finished, type RunOptions, run, succeed } from './run.js'
import { eventually, within } from './wait.js'

export interface PostfixOptions {
  /** What it is called, and the domain of its users. Default `postfix.example`. */
  readonly domain?: string
  /** Local parts of those who have a mailbox in its domain. Default alice and bob. */
  readonly users?: readonly string[]
  /** Lines of main.cf; they count more than those that are there. `$config_directory/NAME` is one of `files`. */
  readonly settings?: readonly string[]
  /**
   * smtpd listeners besides `smtp`, each with what is different in it, as in `smtpd_tls_security_level=encrypt`. With
   * `smtpd_tls_wrappermode=yes` TLS comes first.
   */
  readonly listeners?: { readonly [name: string]: readonly string[] }
  /** Lines of master.cf: further transports. */
  readonly services?: readonly string[]
  /** Tables and the like, by name. */
  readonly files?: { readonly [name: string]: string }
  /** `offered`: STARTTLS at every listener. Default `none`. */
  readonly tls?: 'none' | 'offered'
  /**
   * The port of a DNS server on 127.0.0.1, which answers its questions; it must have a zone for all that Postfix will ask. Default: none is asked. Needs
   * a mount namespace of its own, where resolv.conf is another.
   */
  readonly nameserver?: number
  /** `users`: they can log in with Cyrus SASL, by PLAIN, LOGIN, CRAM-MD5 and SCRAM. Default `nobody`. */
  readonly logins?: 'nobody' | 'users'
}

const START = 30_000
const END = 20_000
/** The range of ports is shared with all that runs here: another may take one before Postfix does. */
const TRIES = 3
const DAEMONS = '/usr/lib/postfix/sbin'
/** Whom mailboxes belong to: Postfix writes none as root, nor as itself. */
const OWNER = { uid: 65_534, gid: 65_534 }

/** Servers of this test process, which end with it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) signal(child, 'SIGTERM')
})

/**
 * Debian's Postfix, with its own configuration, queue, folder and ports on the loopback address; it never touches the system's
 * instance. Its users' mail goes into a Maildir each (virtual(8)). Without `nameserver` it asks no DNS: other domains go where
 * `transport_maps` or `relayhost` says. Only root can run it: its master(8) gives each daemon an account.
 */
export class Postfix {
  readonly folder: string
  readonly domain: string
  readonly #listeners: ReadonlyMap<string, Listener>
  #child: ChildProcess | undefined
  #resolver: Resolver | undefined
  #exit: Promise<void> = Promise.resolve()

  private constructor(folder: string, domain: string, listeners: ReadonlyMap<string, Listener>) {
    this.folder = folder
    this.domain = domain
    this.#listeners = listeners
  }

  /** Starts it, and waits until every listener greets. */
  static async start(options: PostfixOptions = {}): Promise<Postfix> {
    if (userInfo().uid !== 0) throw new Error('Postfix runs as root only')
    for (let attempt = 1; ; attempt++) {
      const postfix = await installed(options, (...facts) => new Postfix(...facts))
      try {
        if (options.nameserver !== undefined) {
          postfix.#resolver = await resolver(options.nameserver)
          postfix.write('resolv.conf', `nameserver ${postfix.#resolver.address}\noptions timeout:2 attempts:1\n`)
        }
        await postfix.serve()
        return postfix
      } catch (error) {
        const log = postfix.log()
        await postfix.dispose()
        if (attempt < TRIES && log.includes('Address already in use')) continue
        throw new Error(`Postfix does not serve: ${log}`, { cause: error })
      }
    }
  }

  /** Starts it again after `stop`, on the same ports. */
  async serve(): Promise<void> {
    const master = [`${DAEMONS}/master`, '-c', this.config, '-d']
    const bind = `mount --bind ${this.config}/resolv.conf /etc/resolv.conf && exec "$@"`
    const [command = '', ...args] =
      this.#resolver === undefined ? master : ['unshare', '--mount', 'sh', '-c', bind, 'sh', ...master]
    const child = spawn(command, args, {
      // A group of its own: master(8) ends with its whole group.
      detached: true,
      stdio: 'ignore',
      env: environment(),
    })
    running.add(child)
    this.#child = child
    this.#exit = new Promise((resolve) => {
      const end = () => {
        running.delete(child)
        resolve()
      }
      child.once('error', end)
      child.once('exit', end)
    })
    const hasEnded = this.#exit.then(() => {
      throw new Error('Postfix ended')
    })
    const greets = eventually(START, 'Postfix greets', () => this.#greets())
    await Promise.race([hasEnded, greets])
  }

  /** Its configuration directory, as `-c` of its commands wants it. */
  get config(): string {
    return join(this.folder, 'etc')
  }

  /** Where it listens; `smtp` is always there. */
  port(listener = 'smtp'): number {
    const port = this.#listeners.get(listener)?.port
    if (port === undefined) throw new Error(`this Postfix has no listener ${listener}`)
    return port
  }

  /** The certificate's file: whoever trusts it trusts this server, as localhost and 127.0.0.1. */
  get certificate(): string {
    return join(this.config, 'tls.crt')
  }

  address(user: string): string {
    return `${user}@${this.domain}`
  }

  password(user: string): string {
    return `secret-of-${user}`
  }

  maildir(user: string): string {
    return join(this.folder, 'mail', user)
  }

  /** Messages in a user's mailbox, the older first, with the line ends of the file (LF). */
  messages(user: string): readonly string[] {
    return ['new', 'cur'].flatMap((part) => {
      const folder = join(this.maildir(user), part)
      return names(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    })
  }

  /** Waits until a user has so many messages. */
  arrived(user: string, count = 1): Promise<readonly string[]> {
    return eventually(START, `${count} messages for ${user}`, () => {
      const messages = this.messages(user)
      return messages.length >= count ? messages : undefined
    })
  }

  /** What it logged so far. */
  log(): string {
    try {
      return readFileSync(join(this.folder, 'log'), 'utf8')
    } catch {
      return ''
    }
  }

  /** Waits until it logged something that fits. */
  logged(what: RegExp): Promise<RegExpExecArray> {
    return eventually(START, `Postfix logs ${what}`, () => what.exec(this.log()) ?? undefined)
  }

  /** Writes a table or the like again; text tables (`texthash:`, `regexp:` …) are read by processes that start after it. */
  write(name: string, text: string): void {
    writeFileSync(join(this.config, name), text)
  }

  /** Runs one of its commands (`postqueue`, `postsuper`, `postmap`, `postconf`, `sendmail` …) for this instance. */
  command(name: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const configured = name === 'sendmail' || name === 'mailq' ? ['-C', this.config] : ['-c', this.config]
    return run(`/usr/sbin/${name}`, [...configured, ...args], { env: environment(), ...options })
  }

  /** Ends it, and waits. The queue stays. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    signal(child, 'SIGTERM')
    await within(END, 'Postfix ends', this.#exit).catch((error: unknown) => {
      signal(child, 'SIGKILL')
      throw error
    })
  }

  /** Ends the server, waits for it, and removes its folder. */
  async dispose(): Promise<void> {
    await this.stop()
    await this.#resolver?.close()
    // Daemons end a moment after their master, and may still write.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }

  async #greets(): Promise<true | undefined> {
    for (const { port, overrides } of this.#listeners.values()) {
      const trust = overrides.includes('smtpd_tls_wrappermode=yes') ? { trust: this.certificate } : {}
      const wire = await smtpSession(port, trust).catch(() => undefined)
      if (wire === undefined) return undefined
      await wire.sendLine('QUIT')
      await wire.rest()
      wire.destroy()
    }
    return true
  }
}

interface Listener {
  readonly port: number
  readonly overrides: readonly string[]
}

type Make = (folder: string, domain: string, listeners: ReadonlyMap<string, Listener>) => Postfix

/** Writes all that it needs into a new folder. */
async function installed(options: PostfixOptions, make: Make): Promise<Postfix> {
  const { domain = 'postfix.example', users = ['alice', 'bob'], listeners = {}, files = {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'mailwright-postfix-'))
  const open = new Map<string, Listener>()
  for (const [name, overrides] of Object.entries({ smtp: [], ...listeners })) {
    open.set(name, { port: await freePort(), overrides })
  }
  const postfix = make(folder, domain, open)
  // Its daemons have accounts of their own.
  chmodSync(folder, 0o755)
  const [uid, group] = await Promise.all([idOf('passwd', 'postfix'), idOf('group', 'postdrop')])
  directories(folder, uid, group)
  for (const user of users) {
    mkdirSync(postfix.maildir(user))
    chownSync(postfix.maildir(user), OWNER.uid, OWNER.gid)
  }
  for (const [name, text] of Object.entries(files)) postfix.write(name, text)
  postfix.write('mailboxes', users.map((user) => `${postfix.address(user)} ${user}/\n`).join(''))
  postfix.write('main.cf', mainCf(folder, domain, options))
  postfix.write('master.cf', masterCf([...open.values()], options.services ?? []))
  await makeCertificate(postfix)
  if (options.logins === 'users') await makeLogins(postfix, users, uid)
  return postfix
}

/** Queue directories and their owners, as `postfix-files` of the package lists them. */
function directories(folder: string, uid: number, postdrop: number): void {
  for (const name of ['etc', 'queue', 'data', 'mail', 'queue/pid']) mkdirSync(join(folder, name))
  for (const name of 'active bounce corrupt defer deferred flush hold incoming private saved trace'.split(' ')) {
    mkdirSync(join(folder, 'queue', name), { mode: 0o700 })
    chownSync(join(folder, 'queue', name), uid, 0)
  }
  for (const [name, mode] of [
    ['public', 0o710],
    ['maildrop', 0o730],
  ] as const) {
    mkdirSync(join(folder, 'queue', name))
    chownSync(join(folder, 'queue', name), uid, postdrop)
    chmodSync(join(folder, 'queue', name), mode)
  }
  chownSync(join(folder, 'data'), uid, 0)
  chmodSync(join(folder, 'data'), 0o700)
  chownSync(join(folder, 'mail'), OWNER.uid, OWNER.gid)
}

async function makeCertificate(postfix: Postfix): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'tls.key']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  await succeed('openssl', ['req', '-x509', ...key, '-out', 'tls.crt', '-days', '2', ...names], { cwd: postfix.config })
}

async function makeLogins(postfix: Postfix, users: readonly string[], uid: number): Promise<void> {
  const secrets = join(postfix.config, 'sasldb2')
  mkdirSync(join(postfix.config, 'sasl'))
  postfix.write(
    'sasl/smtpd.conf',
    `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: ${secrets}\nmech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256\n`,
  )
  for (const user of users) {
    const args = ['-c', '-p', '-f', secrets, '-u', postfix.domain, user]
    await succeed('/usr/sbin/saslpasswd2', args, { input: postfix.password(user) })
  }
  chownSync(secrets, uid, 0)
}

function mainCf(folder: string, domain: string, options: PostfixOptions): string {
  const { settings = [], tls = 'none', logins = 'nobody' } = options
  const defaults = `
compatibility_level = 3.6
config_directory = ${folder}/etc
queue_directory = ${folder}/queue
data_directory = ${folder}/data
mail_spool_directory = ${folder}/mail
daemon_directory = ${DAEMONS}
command_directory = /usr/sbin
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = mail.${domain}
mydomain = ${domain}
myorigin = ${domain}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
${options.nameserver === undefined ? 'smtp_host_lookup = native\nsmtp_dns_support_level = disabled' : ''}
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = ${domain}
virtual_mailbox_maps = texthash:${folder}/etc/mailboxes
virtual_mailbox_base = ${folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:${OWNER.uid}
virtual_gid_maps = static:${OWNER.gid}
virtual_transport = virtual
biff = no
smtpd_tls_cert_file = ${folder}/etc/tls.crt
smtpd_tls_key_file = ${folder}/etc/tls.key
smtpd_tls_security_level = ${tls === 'offered' ? 'may' : 'none'}
smtpd_sasl_auth_enable = ${logins === 'users' ? 'yes' : 'no'}
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = ${domain}
cyrus_sasl_config_path = ${folder}/etc/sasl
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
`
  // Postfix warns of what is set twice.
  const given = new Set(settings.map((line) => line.split(/\s*=/)[0]))
  const kept = defaults.split('\n').filter((line) => !given.has(line.split(/\s*=/)[0]))
  return `${kept.join('\n')}${settings.join('\n')}\n`
}

function masterCf(listeners: readonly Listener[], services: readonly string[]): string {
  const smtpd = listeners.map(({ port, overrides }) => {
    const options = overrides.map((each) => ` -o {${each}}`)
    return `127.0.0.1:${port} inet n - n - - smtpd${options.join('')}`
  })
  return `
${smtpd.join('\n')}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
${services.join('\n')}
`
}

interface Resolver {
  readonly address: string
  close(): Promise<void>
}

/** A port 53 of this machine's own, as resolv.conf must have it, from which questions go to the server at `port`. */
async function resolver(port: number): Promise<Resolver> {
  const front = createSocket('udp4')
  const questions = new Set<Socket>()
  front.on('message', (question, from) => {
    const back = createSocket('udp4')
    questions.add(back)
    back.once('message', (answer) => {
      front.send(answer, from.port, from.address)
      back.close()
      questions.delete(back)
    })
    back.on('error', () => {})
    back.send(question, port, '127.0.0.1')
  })
  const address = `127.${53 + randomInt(200)}.${randomInt(256)}.${1 + randomInt(254)}`
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject)
    front.bind(53, address, resolve)
  })
  front.on('error', () => {})
  return {
    address,
    async close() {
      for (const each of questions) each.close()
      await new Promise<void>((resolve) => front.close(() => resolve()))
    },
  }
}

/** Its own: what is in ours must not change how it works. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' }
}

/** The number of an account or a group. */
async function idOf(database: 'passwd' | 'group', name: string): Promise<number> {
  const { stdout } = await succeed('getent', [database, name])
  return Number(stdout.split(':')[2])
}

/** To the whole group. One that has gone already needs none. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, name)
  } catch {
    child.kill(name)
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
