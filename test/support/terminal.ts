import { existsSync, readFileSync } from 'node:fs'
import type { Home } from './home.js'
import { type Finished, killGroup, succeed } from './run.js'
import { eventually } from './wait.js'

/** How long a program may take to show what a test expects. */
const PATIENCE = 15_000

let count = 0

/** A program at a terminal of 100 columns and 30 lines, by tmux: a test types, and looks at the screen. */
export class Terminal {
  readonly #home: Home
  readonly #socket: string

  private constructor(home: Home) {
    this.#home = home
    this.#socket = home.path(`terminal-${++count}`)
  }

  /** Where the exit code is noted. */
  get #code(): string {
    return `${this.#socket}.code`
  }

  /** Starts a program there. */
  static async open(home: Home, command: string, args: readonly string[]): Promise<Terminal> {
    const terminal = new Terminal(home)
    const size = ['-x', '100', '-y', '30']
    // tmux does not always learn how a program ended; a shell does.
    const noted = ['sh', '-c', '"$@"; echo $? >"$0"', terminal.#code, command, ...args]
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, '--', ...noted)
    return terminal
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses keys by tmux's names: `Enter`, `C-x`, `Escape`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', '--', ...keys)
  }

  /** What stands on the screen. */
  async screen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p')).stdout
  }

  /** Waits until the screen shows it. @throws with the screen. */
  async until(shows: RegExp): Promise<string> {
    let screen = ''
    try {
      return await eventually(PATIENCE, `the screen shows ${shows}`, async () => {
        screen = await this.screen()
        return shows.test(screen) ? screen : undefined
      })
    } catch (error) {
      throw new Error(`the screen does not show ${shows}:\n${screen}`, { cause: error })
    }
  }

  /** Waits until the program ends. @returns its exit code. */
  async end(): Promise<number> {
    try {
      return await eventually(PATIENCE, 'the program ends', () => {
        const code = existsSync(this.#code) ? readFileSync(this.#code, 'utf8') : ''
        return code.endsWith('\n') ? Number(code) : undefined
      })
    } catch (error) {
      throw new Error(`the program does not end:\n${await this.screen()}`, { cause: error })
    }
  }

  /** Ends the program, should it still run: alpine does not mind that its terminal is gone. */
  async dispose(): Promise<void> {
    const pid = await this.#tmux('display-message', '-p', '#{pane_pid}').catch(() => undefined)
    // Nothing is there when the program has ended by itself.
    if (pid === undefined) return
    await this.#tmux('kill-server').catch(() => {})
    killGroup(Number(pid.stdout))
  }

  #tmux(...args: readonly string[]): Promise<Finished> {
    const { environment, folder } = this.#home
    return succeed('tmux', ['-S', this.#socket, ...args], { env: environment, cwd: folder })
  }
}
