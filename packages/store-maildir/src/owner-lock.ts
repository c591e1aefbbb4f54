import { randomBytes } from 'node:crypto'
import { link, readdir, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { HostError } from '@mailwright/core'
import { FILE_MODE, isCode, unlessMissing } from './disk.js'
import { LOCK_HEARTBEAT, LOCK_STALE } from './limits.js'

/** Content of a lock nobody holds any more. */
const RELEASED = 'released'

/**
 * Makes one process the only owner of a folder. Other mail programs may work in it all the same; what must not be is two
 * that give out UIDs.
 *
 * Locks are numbered files, `<name>.1`, `<name>.2`, …: whoever finds the highest released or its owner dead links the next
 * one, which only one process can, and then looks whether anybody got past it meanwhile. The highest file is never
 * removed, so there is no moment at which two see an empty place. A process that was killed is found dead at once; one
 * on another host or in another container by its missing heartbeat.
 */
export class OwnerLock {
  readonly #path: string
  readonly #timer: ReturnType<typeof setInterval>
  readonly #content: string

  private constructor(path: string, content: string) {
    this.#path = path
    this.#content = content
    this.#timer = setInterval(() => {
      const now = new Date()
      // A missed heartbeat is no reason to stop: the next one comes soon, and nobody on this host asks for it.
      utimes(path, now, now).catch(() => undefined)
    }, LOCK_HEARTBEAT)
    this.#timer.unref()
  }

  /** @throws {HostError} when another process owns the folder; says which. */
  static async acquire(folder: string, name: string): Promise<OwnerLock> {
    const content = `${await ownIdentity()}\n${randomBytes(8).toString('hex')}\n`
    const draft = join(folder, `${name}.draft-${randomBytes(8).toString('hex')}`)
    await writeFile(draft, content, { mode: FILE_MODE })
    try {
      for (;;) {
        const highest = (await numbersOf(folder, name)).at(-1) ?? 0
        if (highest > 0) await refuseIfHeld(join(folder, `${name}.${highest}`), folder)
        const path = join(folder, `${name}.${highest + 1}`)
        const isMine = await link(draft, path).then(
          () => true,
          (reason: unknown) => {
            if (isCode(reason, 'EEXIST')) return false
            throw reason
          },
        )
        if (!isMine) continue
        const numbers = await numbersOf(folder, name)
        if (numbers.at(-1) !== highest + 1) {
          await unlink(path).catch(unlessMissing)
          continue
        }
        for (const number of numbers.slice(0, -1)) await unlink(join(folder, `${name}.${number}`)).catch(unlessMissing)
        return new OwnerLock(path, content)
      }
    } finally {
      await unlink(draft).catch(unlessMissing)
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer)
    const held = await readFile(this.#path, 'utf8').catch(unlessMissing)
    if (held === this.#content) await writeFile(this.#path, RELEASED)
  }
}

async function numbersOf(folder: string, name: string): Promise<number[]> {
  const numbers: number[] = []
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(`${name}.`)) continue
    const digits = entry.slice(name.length + 1)
    if (/^\d{1,15}$/.test(digits)) numbers.push(Number(digits))
  }
  return numbers.sort((a, b) => a - b)
}

/** @throws {HostError} unless the lock is released or its owner is dead. A lock that is gone meanwhile is held by nobody. */
async function refuseIfHeld(path: string, folder: string): Promise<void> {
  const content = await readFile(path, 'utf8').catch(unlessMissing)
  // Empty: just being released, or a power cut came between its making and its writing.
  if (content === undefined || content === '' || content === RELEASED) return
  const [host = '', space = '', pid = '', start = ''] = (content.split('\n')[0] ?? '').split(' ')
  const here = await ownPlace()
  const isHere = host === here.host && space === here.space
  if (isHere ? (await startOf(Number(pid))) !== start : await isCold(path)) return
  const who = isHere ? `process ${pid}` : `process ${pid} on ${host}`
  throw new HostError(`${folder} is in use by ${who}; only one process may serve it`)
}

/** Compared on the file system's own clock: hosts need not agree on the time. */
async function isCold(path: string): Promise<boolean> {
  const probe = `${path}.probe-${randomBytes(8).toString('hex')}`
  await writeFile(probe, '', { mode: FILE_MODE })
  try {
    const [now, then] = await Promise.all([stat(probe), stat(path).catch(unlessMissing)])
    return then === undefined || now.mtimeMs - then.mtimeMs > LOCK_STALE
  } finally {
    await unlink(probe).catch(unlessMissing)
  }
}

async function ownIdentity(): Promise<string> {
  const { host, space } = await ownPlace()
  return `${host} ${space} ${process.pid} ${await startOf(process.pid)}`
}

/** Where process ids mean what they mean here: this host since it started, and this container. */
async function ownPlace(): Promise<{ readonly host: string; readonly space: string }> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  const space = await stat('/proc/self/ns/pid').catch(() => undefined)
  return { host: hostname().replaceAll(/\s/g, '_'), space: `${boot.trim() || 'boot'}/${space?.ino ?? 0}` }
}

/**
 * When a process started, in the system's words, so that a process id that was given again is told apart; `undefined`
 * for one that does not live. Where the system does not tell, living is all that can be known.
 */
async function startOf(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The command in parentheses may hold anything; field 22 is counted from after it (proc(5)).
  const fields = status?.slice(status.lastIndexOf(')') + 2).split(' ')
  // A zombie is dead: nobody has collected it yet.
  if (fields?.[0] === 'Z' || fields?.[0] === 'X') return undefined
  const start = fields?.[19]
  if (start !== undefined) return start
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (reason) {
    return isCode(reason, 'EPERM') ? 'alive' : undefined
  }
}
