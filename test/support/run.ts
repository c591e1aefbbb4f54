import { spawn } from 'node:child_process'

/** What a program left when it ended. */
export interface Finished {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Octets of standard output. */
  readonly output: Buffer
  /** The same as text. */
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Given to standard input, which is closed then. */
  readonly input?: string | Uint8Array
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** As whom it runs; only root may choose. */
  readonly uid?: number
  readonly gid?: number
  /** After that the program and its children are killed and `run` fails. Default 30 s. */
  readonly timeout?: number
}

/** Runs a program to its end. Its exit code is not judged. @throws when it cannot be started, or takes too long. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { input = '', cwd, env, uid, gid, timeout = 30_000 } = options
  return new Promise((resolve, reject) => {
    // A group of its own, so that a shell's children end with it.
    const child = spawn(command, args, { cwd, env: env ?? process.env, uid, gid, detached: true })
    const output: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    // A program that ends without reading all of its input is judged by its exit.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      killGroup(child.pid)
    }, timeout)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const whole = Buffer.concat(output)
      const stderr = Buffer.concat(errors).toString()
      if (isLate) reject(new Error(`${command} did not end within ${timeout} ms\n${whole.toString()}\n${stderr}`))
      else resolve({ code, signal, output: whole, stdout: whole.toString(), stderr })
    })
  })
}

/** As {@link run}, for a program that must succeed. @throws with its words when it exits with anything but 0. */
export async function succeed(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await run(command, args, options)
  if (finished.code === 0) return finished
  const end = finished.signal ?? `exit ${finished.code}`
  throw new Error(`${command} ${args.join(' ')}: ${end}\n${finished.stdout}\n${finished.stderr}`)
}

/** Kills a process that leads a group, and all in it. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
