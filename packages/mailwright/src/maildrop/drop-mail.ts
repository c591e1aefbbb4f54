import { constants } from 'node:fs'
import { mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Body, type Clock, HostError, type Random } from '@mailwright/core'
import type { Drop } from './drop.js'
import { MAILDROP_LIMITS, type MaildropLimits } from './limits.js'

/** The folders of a maildrop. */
export function maildropFolders(root: string): { readonly tmp: string; readonly ready: string; readonly bad: string } {
  return { tmp: join(root, 'tmp'), ready: join(root, 'new'), bad: join(root, 'bad') }
}

/**
 * Makes the folders of a maildrop. They are for their owner alone; to let others send, who runs the site makes `tmp` and `new` writable for
 * them and not listable (`chmod 1733`).
 */
export async function makeMaildrop(root: string): Promise<void> {
  for (const folder of Object.values(maildropFolders(root))) await mkdir(folder, { recursive: true, mode: 0o700 })
}

/**
 * Puts a message into a maildrop: durable when it resolves; when it rejects nothing remains.
 *
 * @param args.body in wire form.
 * @throws {HostError} when sender and recipients are more than the first line may hold.
 */
export async function dropMail(args: {
  readonly root: string
  readonly drop: Drop
  readonly body: Body
  readonly clock: Clock
  readonly random: Random
  readonly limits?: MaildropLimits
}): Promise<void> {
  const { root, drop, body, clock, random, limits = MAILDROP_LIMITS } = args
  const { tmp, ready } = maildropFolders(root)
  const head = Buffer.from(`${JSON.stringify(drop)}\n`)
  if (head.length > limits.headOctets) throw new HostError('too many recipients')
  // Names sort by time. Nobody who may not list the folder can guess one.
  const name = `${String(clock.date()).padStart(15, '0')}.${Buffer.from(random.bytes(12)).toString('hex')}`
  // Where the server is another user's, it must be able to read what is dropped.
  const isOwn = (await stat(ready)).uid === process.geteuid?.()
  const path = join(tmp, name)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = await open(path, flags, isOwn ? 0o600 : 0o644)
  const final = join(ready, name)
  try {
    await writeAll(file, head)
    for await (const chunk of body) await writeAll(file, chunk)
    await file.sync()
    await rename(path, final)
    // Who may not list the folder cannot open it: then the file again, which takes its new name along on journalling file systems.
    if (!(await syncFolder(ready, isOwn))) await file.sync()
  } catch (error) {
    await unlink(path).catch(() => {})
    await unlink(final).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten
}

/** False: it could not be opened, which of one's own folder is a fault. */
async function syncFolder(folder: string, isOwn: boolean): Promise<boolean> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY).catch((error: unknown) => {
    if (isOwn) throw error
    return null
  })
  if (handle === null) return false
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  return true
}
