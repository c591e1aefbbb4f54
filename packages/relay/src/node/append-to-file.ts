import { constants, type FileHandle, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '@mailwright/core'
import { FILE_LIMITS } from '../delivery/limits.js'

export interface FileAppend {
  readonly path: string
  /** An mbox entry. */
  readonly text: AsyncIterable<Uint8Array>
  /** Whose file it is; for a process of root's. */
  readonly as?: { readonly uid: number; readonly gid: number }
  readonly clock: Clock
}

export type AppendEnd =
  | { readonly kind: 'appended' }
  | { readonly kind: 'deferred' | 'failed'; readonly status: string; readonly text: string }

/**
 * Appends to a file under a lock beside it (`FILE.lock`), durable when it resolves; where it cannot be written whole, the file is as before. `/dev/null` takes
 * everything. Links are not followed, and only regular files are written.
 */
export async function appendToFile(append: FileAppend, signal: AbortSignal): Promise<AppendEnd> {
  const { path } = append
  if (path === '/dev/null') return { kind: 'appended' }
  if (path.endsWith('/')) return { kind: 'failed', status: '5.3.5', text: `${path} is a folder, and not a file` }
  const lock = await takeLock(append, signal)
  if (lock !== 'taken') return lock
  try {
    return await appendLocked(append)
  } catch (error) {
    return deferred(path, error)
  } finally {
    await rm(`${path}.lock`, { force: true })
  }
}

async function takeLock({ path, clock }: FileAppend, signal: AbortSignal): Promise<'taken' | AppendEnd> {
  const lock = `${path}.lock`
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    try {
      const handle = await open(lock, 'wx', 0o600)
      await handle.close()
      return 'taken'
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') return deferred(path, error)
      const held = await stat(lock).catch(() => undefined)
      if (held !== undefined && clock.date() - held.mtimeMs > FILE_LIMITS.staleLock) await rm(lock, { force: true })
      else if (attempt >= FILE_LIMITS.lockAttempts) {
        return { kind: 'deferred', status: '4.2.0', text: `cannot append to ${path}: it is locked` }
      } else await pause(clock, signal)
    }
  }
}

async function appendLocked({ path, text, as }: FileAppend): Promise<AppendEnd> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants
  const flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK
  let isNew = false
  const file = await open(path, flags).catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    isNew = true
    return await open(path, flags | O_CREAT | O_EXCL, 0o600)
  })
  try {
    if (isNew && as !== undefined) await file.chown(as.uid, as.gid)
    const { size, uid, isRegular } = await factsOf(file)
    if (!isRegular) return { kind: 'failed', status: '5.2.0', text: `${path} is not a regular file` }
    if (as !== undefined && uid !== as.uid) {
      return { kind: 'deferred', status: '4.2.0', text: `cannot append to ${path}: it belongs to somebody else` }
    }
    try {
      for await (const chunk of text) await file.writeFile(chunk)
      await file.sync()
    } catch (error) {
      await file.truncate(size)
      throw error
    }
  } finally {
    await file.close()
  }
  if (isNew) await syncFolder(dirname(path))
  return { kind: 'appended' }
}

async function factsOf(
  file: FileHandle,
): Promise<{ readonly size: number; readonly uid: number; readonly isRegular: boolean }> {
  const facts = await file.stat()
  return { size: facts.size, uid: facts.uid, isRegular: facts.isFile() }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const release = clock.after(FILE_LIMITS.lockDelay, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    const stop = (): void => {
      release()
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}

function deferred(path: string, error: unknown): AppendEnd {
  return { kind: 'deferred', status: '4.2.0', text: `cannot append to ${path}: ${codeOf(error)}` }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
