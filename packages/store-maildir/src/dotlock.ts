import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreFault } from '@mailwright/core'
import { type Disk, FILE_MODE, isCode, readText, unlessMissing } from './disk.js'
import type { MaildirLimits } from './limits.js'

/** Pause between two tries to get a lock. */
const RETRY = 50

/**
 * Changes a small file that other programs change as well, under the lock Dovecot takes for it: the new content is
 * written into `<path>.lock`, which then takes the file's place.
 *
 * @param edit gets the old content, `undefined` where there is none; answers the new, or `undefined` to leave it.
 * @throws {StoreFault} when the lock cannot be had in time.
 */
export async function editUnderLock(
  disk: Disk,
  path: string,
  limits: MaildirLimits,
  edit: (old: string | undefined) => string | undefined,
): Promise<void> {
  const lock = `${path}.lock`
  const file = await openLock(lock, limits)
  let isReplaced = false
  try {
    const content = edit(await readText(path))
    if (content === undefined) return
    await file.writeFile(content)
    await disk.sync(file)
    await rename(lock, path)
    isReplaced = true
    await disk.syncFolder(dirname(path))
  } finally {
    await file.close()
    if (!isReplaced) await unlink(lock).catch(unlessMissing)
  }
}

async function openLock(lock: string, limits: MaildirLimits): Promise<FileHandle> {
  const started = performance.now()
  for (;;) {
    try {
      return await open(lock, 'wx', FILE_MODE)
    } catch (reason) {
      if (!isCode(reason, 'EEXIST')) throw reason
    }
    // The lock's age is told by the file system, so real time it is, whatever clock the host gave.
    const held = await stat(lock).catch(unlessMissing)
    if (held !== undefined && Date.now() - held.mtimeMs > limits.dotlockStale) await unlink(lock).catch(unlessMissing)
    else if (performance.now() - started > limits.dotlockWait) throw new StoreFault(`another program holds ${lock}`)
    else await sleep(RETRY)
  }
}
