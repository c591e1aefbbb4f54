import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf, withFileLock } from './file-lock.js'

/** What to do with a file: its new octets as latin1 text (`null`: leave it), and the answer to give. */
export interface Rewrite<T> {
  readonly text: string | null
  readonly answer: T
}

/**
 * Replaces a file's content as a whole: readers see the old or the new one, and after this resolves the new one survives
 * a crash. One writer at a time, between processes too. A file that does not exist is taken for empty and made.
 *
 * Text is latin1, one character an octet, so that what `edit` does not touch stays as it was, whatever it is. The file keeps
 * its owner, and whether its group may read; otherwise it is its owner's alone (0600). A symbolic link stays one.
 *
 * @throws {FileLocked} when another writer holds it too long. System errors are thrown as they are, and change nothing.
 */
export async function rewriteFile<T>(path: string, edit: (text: string) => Rewrite<T>): Promise<T> {
  const target = await resolved(path)
  return await withFileLock(target, async () => {
    const before = await read(target)
    const { text, answer } = edit(before)
    if (text !== null) await replace(target, text)
    return answer
  })
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path
    throw error
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  }
}

async function replace(path: string, text: string): Promise<void> {
  // The lock makes the name ours: what stands there is left of a crash, and holds hashes nobody should keep.
  const temporary = `${path}.new`
  await removeIfThere(temporary)
  const file = await open(temporary, 'wx', 0o600)
  try {
    try {
      await file.writeFile(text, 'latin1')
      await keepOwner(path, file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await removeIfThere(temporary)
    throw error
  }
  // Without this the rename itself may be lost in a crash.
  const directory = await open(dirname(path), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** A mail server that reads the file as its owner or group must still be able to, when root has changed a password. */
async function keepOwner(path: string, file: Awaited<ReturnType<typeof open>>): Promise<void> {
  let old: Awaited<ReturnType<typeof stat>>
  try {
    old = await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const own = await file.stat()
  if (own.uid !== old.uid || own.gid !== old.gid) await file.chown(old.uid, old.gid)
  await file.chmod(0o600 | (old.mode & 0o040))
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
