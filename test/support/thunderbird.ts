import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { freePort } from './free-port.js'
import type { Home } from './home.js'
import { Marionette } from './marionette.js'
import { killGroup } from './run.js'
import { within } from './wait.js'

/** An IMAP account as a profile names it. */
export interface ThunderbirdAccount {
  readonly user: string
  readonly password: string
  readonly address: string
  readonly port: number
}

const END = 30_000
/** How long something in it may take: it asks several servers' folders at once, each on a connection of its own. */
const PATIENCE = 50_000

/** Programs of this test process, which end with it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) killGroup(child.pid)
})

/** Thunderbird without a window, on a profile that names one IMAP account, driven from outside by its own parts. */
export class Thunderbird {
  readonly #child: ChildProcess
  readonly #exit: Promise<void>
  readonly #marionette: Marionette

  private constructor(child: ChildProcess, exit: Promise<void>, marionette: Marionette) {
    this.#child = child
    this.#exit = exit
    this.#marionette = marionette
  }

  /** Starts it, for the first time or again, on the profile that is in `home`. */
  static async start(home: Home, account: ThunderbirdAccount): Promise<Thunderbird> {
    const port = await freePort()
    mkdirSync(home.path('profile'), { recursive: true })
    const lines = Object.entries(preferences(account, port)).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    )
    home.configuration('profile/user.js', lines)
    const args = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile']
    // Debian's wrapper looks for other profiles and writes to the system's log: not of use here.
    const child = spawn('/usr/lib/thunderbird/thunderbird-bin', [...args, home.path('profile')], {
      cwd: home.folder,
      env: home.environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    const exit = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => {
        running.delete(child)
        resolve()
      })
    })
    const log = createWriteStream(home.path('thunderbird.log'), { flags: 'a' })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    try {
      const gone = exit.then(() => {
        throw new Error('Thunderbird ended')
      })
      const thunderbird = new Thunderbird(child, exit, await Promise.race([Marionette.open(port), gone]))
      await thunderbird.run(PASSWORD, account)
      return thunderbird
    } catch (error) {
      killGroup(child.pid)
      throw error
    }
  }

  /** Runs the body of an asynchronous function in it, which knows `MailServices`, `server` and `folder(path)`. */
  run(body: string, given: unknown = null): Promise<unknown> {
    return this.#marionette.run(`${PARTS}${body}`, given, PATIENCE)
  }

  /** Ends it as a person would. */
  async quit(): Promise<void> {
    await this.#marionette.say('Marionette:Quit', { flags: ['eAttemptQuit'] })
    this.#marionette.close()
    await within(END, 'Thunderbird ends', this.#exit)
  }

  /** Ends it in any case. */
  async dispose(): Promise<void> {
    this.#marionette.close()
    killGroup(this.#child.pid)
    await within(END, 'Thunderbird ends', this.#exit)
  }
}

/** What every body may use. */
const PARTS = `
  const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs')
  const server = MailServices.accounts.getIncomingServer('server1')
  const folder = (path) => {
    const found = server.rootFolder.descendants.find((each) => each.URI.endsWith('/' + path))
    if (found === undefined) throw new Error('Thunderbird has no folder ' + path)
    return found
  }
  /** Runs what takes a nsIUrlListener, to its end. */
  const finished = (start) => new Promise((resolve, reject) => {
    start({
      QueryInterface: ChromeUtils.generateQI(['nsIUrlListener']),
      OnStartRunningUrl() {},
      OnStopRunningUrl(url, code) {
        if (Components.isSuccessCode(code)) resolve()
        else reject(new Error('status ' + code.toString(16)))
      },
    })
  })
  /** Does it again and again until it is found, or done without a fault. */
  const eventually = async (look) => {
    for (;;) {
      const found = await Promise.resolve().then(look).catch(() => false)
      if (found !== false) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
`

/** The password goes where Thunderbird would put it when somebody types it and lets it be kept. */
const PASSWORD = `
  const login = Cc['@mozilla.org/login-manager/loginInfo;1'].createInstance(Ci.nsILoginInfo)
  login.init('imap://127.0.0.1', null, 'imap://127.0.0.1', given.user, given.password, '', '')
  const known = await Services.logins.searchLoginsAsync({ origin: 'imap://127.0.0.1' })
  if (known.length === 0) await Services.logins.addLoginAsync(login)
`

/** Its account, and all that must be told not to ask or fetch something at a first start. */
function preferences({ user, address, port }: ThunderbirdAccount, marionettePort: number) {
  return {
    'mail.accountmanager.accounts': 'account1,account2',
    'mail.accountmanager.defaultaccount': 'account1',
    'mail.accountmanager.localfoldersserver': 'server2',
    'mail.account.account1.identities': 'id1',
    'mail.account.account1.server': 'server1',
    'mail.account.account2.server': 'server2',
    'mail.identity.id1.fullName': user,
    'mail.identity.id1.useremail': address,
    'mail.identity.id1.valid': true,
    'mail.server.server1.type': 'imap',
    'mail.server.server1.name': address,
    'mail.server.server1.hostname': '127.0.0.1',
    'mail.server.server1.port': port,
    'mail.server.server1.userName': user,
    // No TLS, and a password in clear text: the tap before the server must read.
    'mail.server.server1.socketType': 0,
    'mail.server.server1.authMethod': 3,
    'mail.server.server1.login_at_startup': false,
    'mail.server.server1.check_new_mail': false,
    'mail.server.server1.offline_download': true,
    // Off unless asked for: what changed since the last time is told by CONDSTORE then.
    'mail.server.server1.use_condstore': true,
    'mail.server.server2.type': 'none',
    'mail.server.server2.name': 'Local Folders',
    'mail.server.server2.hostname': 'Local Folders',
    'mail.server.server2.userName': 'nobody',
    'marionette.port': marionettePort,
    'app.update.enabled': false,
    'extensions.update.enabled': false,
    'mail.provider.suppress_dialog_on_startup': true,
    'mail.inappnotifications.enabled': false,
    'mail.rights.version': 1,
    'mailnews.start_page.enabled': false,
    'datareporting.policy.dataSubmissionPolicyBypassNotification': true,
    'toolkit.telemetry.reportingpolicy.firstRun': false,
    'network.connectivity-service.enabled': false,
    'services.settings.server': 'data:,',
  }
}
