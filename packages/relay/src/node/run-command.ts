import { spawn } from 'node:child_process'
import type { Millis, Octets } from '@mailwright/core'
import type { CommandEnd } from '../delivery/command-outcome.js'

export interface CommandCall {
  /** The program's path, and its arguments: no shell sees them. */
  readonly argv: readonly string[]
  /** All that it has of the environment. */
  readonly env: { readonly [name: string]: string }
  readonly directory?: string
  /** Whose rights it has; needs to be root. Default: ours. */
  readonly as?: { readonly uid: number; readonly gid: number }
  readonly input: AsyncIterable<Buffer>
  readonly timeLimit: Millis
  readonly outputLimit: Octets
}

/** Runs a program with a message as its input, in a process group of its own, which ends with it. Never rejects but by `signal`. */
export async function runCommand(call: CommandCall, signal: AbortSignal): Promise<CommandEnd> {
  const { argv, env, directory, as, input, timeLimit, outputLimit } = call
  const [file = '', ...args] = argv
  signal.throwIfAborted()
  const child = spawn(file, args, {
    env: { ...env },
    cwd: directory ?? '/',
    ...as,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  let kept = 0
  const keep = (chunk: Buffer): void => {
    if (kept < outputLimit) output.push(chunk.subarray(0, outputLimit - kept))
    kept += chunk.length
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  // A program may have seen enough of its input.
  child.stdin.on('error', () => {})
  let isLate = false
  let hasExited = false
  const killAll = (): void => {
    // Its number may be another's once it was waited for.
    if (child.pid === undefined || hasExited) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  const timer = setTimeout(() => {
    isLate = true
    killAll()
  }, timeLimit)
  signal.addEventListener('abort', killAll)
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'notStarted', reason: error.message }))
    child.once('close', (code, killedBy) => {
      const text = Buffer.concat(output).toString('utf8')
      if (code !== null) resolve({ kind: 'exited', code, output: text })
      else resolve({ kind: 'killed', signal: killedBy ?? 'unknown', output: text })
    })
    // Children that outlive the program hold its output open.
    child.once('exit', () => {
      killAll()
      hasExited = true
    })
  })
  try {
    const [end] = await Promise.all([ended, feed(child.stdin, input, ended, killAll)])
    signal.throwIfAborted()
    return isLate ? { kind: 'timeLimit' } : end
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', killAll)
    killAll()
  }
}

/** Writes the message, no faster than it is read. A message that cannot be read to its end must not be taken for a shorter one. */
async function feed(
  stdin: NodeJS.WritableStream & { readonly destroyed: boolean },
  input: AsyncIterable<Buffer>,
  ended: Promise<CommandEnd>,
  killAll: () => void,
): Promise<void> {
  try {
    for await (const chunk of input) {
      if (stdin.destroyed) return
      if (stdin.write(chunk)) continue
      const isOver = await Promise.race([
        new Promise<false>((resolve) => stdin.once('drain', () => resolve(false))),
        new Promise<true>((resolve) => stdin.once('close', () => resolve(true))),
        ended.then(() => true as const),
      ])
      if (isOver) return
    }
    stdin.end()
  } catch (error) {
    killAll()
    throw error
  }
}
