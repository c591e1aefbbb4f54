import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { type Finished, type RunOptions, run, succeed } from './run.js'
import { eventually, within } from './wait.js'
import { Wire } from './wire.js'

export interface DovecotOptions {
  /** Maildirs to begin with: each is copied, and belongs to the user of its name. Others have an empty one. */
  readonly maildirs?: { readonly [user: string]: string }
  /** Further lines of its configuration; they count more than those that are there. */
  readonly settings?: readonly string[]
  /** A folder in which it may make sockets. */
  readonly reach?: string
}

const START = 30_000
const END = 10_000
/** The range of ports is shared with all that runs here: another may take one before Dovecot does. */
const TRIES = 3

/** Servers of this test process, which end with it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

/**
 * Debian's Dovecot 2.3 as an IMAP server, and `doveadm`: its own configuration, folder and port, on the loopback address. Any
 * user is there, with the password of `password()`. It never runs as root, whose mail Dovecot refuses to touch: where the
 * tests do, it runs as the user of its package.
 */
export class Dovecot {
  readonly folder: string
  readonly port: number
  readonly #user: Account
  readonly #child: ChildProcess
  readonly #exit: Promise<void>

  private constructor(folder: string, port: number, user: Account) {
    this.folder = folder
    this.port = port
    this.#user = user
    this.#child = spawn('dovecot', ['-F', '-c', this.config], this.#options())
    running.add(this.#child)
    this.#exit = new Promise((resolve) => {
      this.#child.once('error', () => resolve())
      this.#child.once('exit', () => {
        running.delete(this.#child)
        resolve()
      })
    })
  }

  /** Starts it, and waits until it greets. */
  static async start(options: DovecotOptions = {}): Promise<Dovecot> {
    const user = await account()
    for (let attempt = 1; ; attempt++) {
      const folder = mkdtempSync(join(tmpdir(), 'mailwright-dovecot-'))
      const port = await freePort()
      mkdirSync(join(folder, 'mail'))
      for (const [name, maildir] of Object.entries(options.maildirs ?? {})) {
        cpSync(maildir, join(folder, 'mail', name), { recursive: true, preserveTimestamps: true })
      }
      writeFileSync(join(folder, 'dovecot.conf'), configuration(folder, port, user, options.settings ?? []))
      await give(folder, user)
      if (options.reach !== undefined) await give(options.reach, user)
      const dovecot = new Dovecot(folder, port, user)
      try {
        await dovecot.#untilItGreets()
        return dovecot
      } catch (error) {
        const log = dovecot.log()
        await dovecot.dispose()
        if (attempt < TRIES && log.includes('Address already in use')) continue
        throw new Error(`Dovecot does not serve: ${log}`, { cause: error })
      }
    }
  }

  get config(): string {
    return join(this.folder, 'dovecot.conf')
  }

  maildir(user: string): string {
    return join(this.folder, 'mail', user)
  }

  password(user: string): string {
    return `secret-of-${user}`
  }

  /** Whom its files belong to. */
  get account(): { readonly uid: number; readonly gid: number } {
    const { uid, gid } = this.#user
    return { uid, gid }
  }

  /** What it logged so far. */
  log(): string {
    try {
      return readFileSync(join(this.folder, 'log'), 'utf8')
    } catch {
      return ''
    }
  }

  /** Makes the server's user the owner of all in its folder: after a test has written there. */
  own(): Promise<void> {
    return give(this.folder, this.#user)
  }

  /** Runs `doveadm` with this server's configuration, as its user. */
  doveadm(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run('doveadm', ['-c', this.config, ...args], { ...this.#options(), ...options })
  }

  /** Ends the server, waits for it, and removes its folder. */
  async dispose(): Promise<void> {
    this.#child.kill('SIGTERM')
    await within(END, 'Dovecot ends', this.#exit).catch((error: unknown) => {
      this.#child.kill('SIGKILL')
      throw error
    })
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #untilItGreets(): Promise<void> {
    const hasEnded = this.#exit.then(() => {
      throw new Error('Dovecot ended')
    })
    const greets = eventually(START, 'Dovecot greets', () => greeting(this.port).catch(() => undefined))
    await Promise.race([hasEnded, greets])
  }

  #options() {
    const { PATH } = process.env
    const { uid, gid, folder } = { ...this.#user, folder: this.folder }
    return { cwd: folder, uid, gid, env: { PATH: `${PATH}:/usr/sbin:/sbin`, HOME: folder, LANG: 'C.UTF-8' } }
  }
}

interface Account {
  readonly name: string
  readonly group: string
  readonly uid: number
  readonly gid: number
}

/** Whom it runs as. */
async function account(): Promise<Account> {
  const { uid, username } = userInfo()
  const name = uid === 0 ? 'dovecot' : username
  const asked = ['-u', '-g', '-gn'].map(async (which) => (await succeed('id', [which, name])).stdout.trim())
  const [own, gid, group = ''] = await Promise.all(asked)
  return { name, group, uid: Number(own), gid: Number(gid) }
}

/** Only root can give, and nobody else needs to. */
async function give(folder: string, { uid, gid }: Account): Promise<void> {
  if (userInfo().uid === 0) await succeed('chown', ['-R', `${uid}:${gid}`, folder])
}

async function greeting(port: number): Promise<string> {
  const wire = await Wire.open(port)
  const line = await wire.line().finally(() => wire.destroy())
  if (!line.startsWith('* OK ')) throw new Error(line)
  return line
}

/** One that needs neither root, nor any file outside of the folder. */
function configuration(
  folder: string,
  port: number,
  { name, group, uid, gid }: Account,
  settings: readonly string[],
): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = ${name}
default_internal_group = ${group}
default_login_user = ${name}
first_valid_uid = 1
mail_location = maildir:${folder}/mail/%u
passdb {
  driver = static
  args = password=secret-of-%u
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
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
${settings.join('\n')}
`
}
