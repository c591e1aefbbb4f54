import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { COMMAND } from './command.js'
import { within } from './wait.js'

/** A line of the server's log. */
export interface LogLine {
  readonly msg: string
  readonly [field: string]: unknown
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Time for the server to be ready: it starts in half a second, but a machine may be busy. */
const START = 60_000
const END = 30_000

/** Servers of this test process, which end with it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** `mailwright serve` as its own process, its log on standard output. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exit: Promise<Exit>
  readonly #log: LogLine[] = []
  readonly #words: string[] = []
  readonly #watchers = new Set<() => void>()
  #errors = ''

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [COMMAND, 'serve', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(this.#child)
    this.#exit = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        running.delete(this.#child)
        resolve({ code, signal })
        this.#changed()
      })
    })
    const { stdout, stderr } = this.#child
    if (stdout === null || stderr === null) throw new Error('spawn gave no pipes')
    createInterface({ input: stdout }).on('line', (line) => this.#line(line))
    stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString()
    })
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server could not be started')
    return this.#child.pid
  }

  /** The log so far. */
  get log(): readonly LogLine[] {
    return this.#log
  }

  /** What it printed besides its log. */
  get words(): readonly string[] {
    return this.#words
  }

  get errors(): string {
    return this.#errors
  }

  /** Resolves when it has ended by itself. */
  get exit(): Promise<Exit> {
    return this.#exit
  }

  /** Waits until what it said fits. @throws when it ends before, or does not say so in time. */
  async until<T>(what: string, fits: () => T | undefined, millis = START): Promise<T> {
    let watcher = (): void => {}
    let hasEnded = false
    void this.#exit.then(() => {
      hasEnded = true
    })
    try {
      return await within(
        millis,
        what,
        new Promise<T>((resolve, reject) => {
          watcher = () => {
            const found = fits()
            if (found !== undefined) resolve(found)
            else if (hasEnded) reject(new Error(`the server ended before ${what}: ${this.#errors}`))
          }
          this.#watchers.add(watcher)
          watcher()
          void this.#exit.then(() => watcher())
        }),
      )
    } finally {
      this.#watchers.delete(watcher)
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Asks it to stop, and waits. */
  async stop(): Promise<Exit> {
    this.#child.kill('SIGTERM')
    return within(END, 'the server stops', this.#exit)
  }

  /** Ends it on the spot, as a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await within(END, 'the server is killed', this.#exit)
  }

  /** Memory it has now, and the most it ever had, in octets. */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    const octets = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
    return { now: octets('VmRSS'), peak: octets('VmHWM') }
  }

  /** Octets that it ever read, from files and sockets. */
  octetsRead(): number {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${this.pid}/io`, 'utf8'))?.[1])
  }

  #line(line: string): void {
    const parsed = logLine(line)
    if (parsed === undefined) this.#words.push(line)
    else this.#log.push(parsed)
    this.#changed()
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }
}

function logLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isLogLine(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isLogLine(value: unknown): value is LogLine {
  return typeof value === 'object' && value !== null && 'msg' in value && typeof value.msg === 'string'
}
