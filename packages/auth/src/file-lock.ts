import { open, readFile, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { FileLocked } from './errors.js'
import { FILE_LOCK_LIMITS, type FileLockLimits } from './limits.js'

/**
 * Runs `work` while this process alone holds `<path>.lock`, so that no two writers of a file lose each other's change.
 *
 * The lock is a file made with O_EXCL that names its holder: it works between processes and machines. One left by a
 * process that is gone is taken over; one of another machine, once it is old.
 *
 * @throws {FileLocked} when it cannot be had in time.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  limits: Partial<FileLockLimits> = {},
): Promise<T> {
  const lock = `${path}.lock`
  const bounds: FileLockLimits = { ...FILE_LOCK_LIMITS, ...limits }
  for (let waited = 0; !(await create(lock)); waited += bounds.retry) {
    if (await breakStale(lock, bounds)) continue
    if (waited >= bounds.wait) {
      throw new FileLocked(`${lock} is held by ${await holder(lock)}; if it is not, delete it and ${lock}.break`)
    }
    await pause(bounds.retry)
  }
  try {
    return await work()
  } finally {
    await remove(lock)
  }
}

/** True: it did not exist, and is ours now. */
async function create(lock: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(lock, 'wx', 0o600)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  try {
    await file.writeFile(`${process.pid} ${hostname()}\n`)
    return true
  } catch (error) {
    await remove(lock)
    throw error
  } finally {
    await file.close()
  }
}

/**
 * Removes a lock whose holder is gone; true when one was removed.
 *
 * Only one process may judge and remove, or a slow one would remove the lock that a quick one has just made; so breaking
 * has its own lock. Should a process die within these few lines, people are told which file to delete.
 */
async function breakStale(lock: string, bounds: FileLockLimits): Promise<boolean> {
  if (!(await isStale(lock, bounds))) return false
  const breaking = `${lock}.break`
  if (!(await create(breaking))) return false
  try {
    if (!(await isStale(lock, bounds))) return false
    await remove(lock)
    return true
  } finally {
    await remove(breaking)
  }
}

async function isStale(lock: string, bounds: FileLockLimits): Promise<boolean> {
  try {
    // Age and holder of the same lock, even if another takes its place meanwhile.
    const file = await open(lock, 'r')
    try {
      const { mtimeMs } = await file.stat()
      const [pid = '', host = ''] = (await file.readFile('utf8')).trim().split(' ')
      const age = Date.now() - mtimeMs
      if (host === hostname() && /^\d+$/.test(pid)) return age > bounds.abandoned && !isAlive(Number(pid))
      return age > bounds.stale
    } finally {
      await file.close()
    }
  } catch (error) {
    // Gone meanwhile: the next attempt to create it will tell.
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

async function holder(lock: string): Promise<string> {
  try {
    const [pid = '?', host = '?'] = (await readFile(lock, 'utf8')).trim().split(' ')
    return `process ${pid} on ${host}`
  } catch {
    return 'somebody else'
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** The `code` of a system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
