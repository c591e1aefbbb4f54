import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COMMAND } from './command.js'
import { succeed } from './run.js'
import { type Exit, ServerProcess } from './server-process.js'
import { DOMAIN, type ListenerName, listenerNames, type SiteWishes, siteJson } from './site.js'

export interface ApplianceOptions extends SiteWishes {
  /** Users besides alice. Their passwords are kept in clear text, as APOP needs. */
  readonly users?: readonly string[]
}

/** A whole mail server in a folder of its own: the built command, a Maildir, users, a self-signed certificate. */
export class Appliance {
  readonly folder: string
  readonly config: string
  readonly #names: readonly ListenerName[]
  readonly #domain: string
  #server: ServerProcess | undefined
  readonly #ports = new Map<ListenerName, number>()

  private constructor(options: ApplianceOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'mailwright-interop-'))
    this.config = join(this.folder, 'site.json')
    this.#domain = options.domain ?? DOMAIN
    this.#names = options.listeners ?? listenerNames()
    writeFileSync(this.config, siteJson(options))
  }

  /** Makes the site and alice, and starts serving. */
  static async start(options: ApplianceOptions = {}): Promise<Appliance> {
    const appliance = new Appliance(options)
    try {
      await appliance.#addUsers(options.users ?? [])
      await appliance.serve()
    } catch (error) {
      await appliance.dispose()
      throw error
    }
    return appliance
  }

  /** Starts serving, after `stop` or `kill`; the ports are others then. */
  async serve(): Promise<void> {
    const server = new ServerProcess(['--config', this.config])
    this.#server = server
    const ports = await server.until('every listener is open', () => {
      const open = server.log.filter(({ msg }) => msg === 'listening')
      return open.length === this.#names.length ? open.map(({ port }) => Number(port)) : undefined
    })
    for (const [at, name] of this.#names.entries()) this.#ports.set(name, ports[at] ?? 0)
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error('the appliance was not started')
    return this.#server
  }

  port(name: ListenerName): number {
    const port = this.#ports.get(name)
    if (port === undefined) throw new Error(`this site has no ${name} listener`)
    return port
  }

  /** The certificate's file: whoever trusts it trusts this server. */
  get certificate(): string {
    return join(this.folder, 'tls', 'self-signed.crt')
  }

  /** The folder of a user's Maildir. */
  maildir(user: string): string {
    return join(this.folder, 'mail', user)
  }

  address(user: string): string {
    return `${user}@${this.#domain}`
  }

  password(user: string): string {
    return `secret-of-${user}`
  }

  /** What to hand to a program that acts for a user. */
  facts(user: string): string {
    const ports = Object.fromEntries(this.#ports)
    const { certificate } = this
    const [address, password] = [this.address(user), this.password(user)]
    return JSON.stringify({ host: '127.0.0.1', ports, certificate, user, address, password })
  }

  /** SIGTERM, and how it ended. */
  stop(): Promise<Exit> {
    return this.server.stop()
  }

  /** SIGKILL. */
  kill(): Promise<void> {
    return this.server.kill()
  }

  /** Kills the server and removes its folder. */
  async dispose(): Promise<void> {
    await this.#server?.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Alice by the command, as an operator would; the others by the file. */
  async #addUsers(names: readonly string[]): Promise<void> {
    const args = [COMMAND, 'user', 'add', 'alice', '--config', this.config]
    await succeed(process.execPath, args, { input: `${this.password('alice')}\n` })
    const lines = names.map((name) => `${name}:{PLAIN}${this.password(name)}\n`)
    appendFileSync(join(this.folder, 'users'), lines.join(''))
  }
}
