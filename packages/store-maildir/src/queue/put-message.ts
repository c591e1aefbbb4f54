import { mkdir, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Body, HostError, type MailQueue, type Octets, type QueueId } from '@mailwright/core'
import { untilAborted } from '../abortable.js'
import { type Disk, FOLDER_MODE, unlessMissing } from '../disk.js'
import { checkId, type MessageHead, writeHead, writeMessage } from './message-file.js'

type Enqueued = Parameters<MailQueue['enqueue']>[0]

/** The folders of a queue. */
export interface QueueFolders {
  readonly tmp: string
  readonly messages: string
  readonly log: string
}

export function queueFolders(root: string): QueueFolders {
  return { tmp: join(root, 'tmp'), messages: join(root, 'messages'), log: join(root, 'log') }
}

/** Makes what is not there, durable with its names: what is promised later lies below. */
export async function makeFolders(disk: Disk, root: string): Promise<void> {
  for (const folder of Object.values(queueFolders(root))) {
    const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
    if (first === undefined) continue
    for (let above = dirname(resolve(folder)); ; above = dirname(above)) {
      await disk.syncFolder(above)
      if (above === dirname(resolve(first))) break
    }
  }
}

/** What is written down of a message before its octets. @throws {HostError} */
export function headOf({ id, envelope, recipients, arrived, notBefore = arrived, hold }: Enqueued): MessageHead {
  checkId(id)
  if (recipients.length === 0) throw new HostError('a message without recipients')
  return { version: 1, envelope, recipients, arrived, notBefore, isHeld: hold === 'held' }
}

/**
 * Writes a message into a file of its own and gives it its name; the folder's entry is the caller's to sync. When it rejects nothing remains.
 *
 * @param give moves a file to its name; fails where the name is taken, unless the caller knows that it is not.
 */
export async function putMessage(
  disk: Disk,
  folders: QueueFolders,
  args: Enqueued,
  give: (from: string, to: string) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly octets: Octets }> {
  const first = writeHead(headOf(args))
  return { octets: await putFile(disk, folders, args.id, first, untilAborted(args.body, signal), give, signal) }
}

/** The same with the first line written. @returns octets of the body. */
export async function putFile(
  disk: Disk,
  { tmp, messages }: QueueFolders,
  id: QueueId,
  first: Buffer,
  body: Body,
  give: (from: string, to: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Octets> {
  const scratch = join(tmp, id)
  try {
    const octets = await writeMessage(disk, scratch, first, body)
    signal.throwIfAborted()
    await give(scratch, join(messages, id))
    return octets
  } catch (reason) {
    await unlink(scratch).catch(unlessMissing)
    throw reason
  }
}
