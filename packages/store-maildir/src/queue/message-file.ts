import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import {
  type Body,
  type BodyHandle,
  HostError,
  type OctetRange,
  type Octets,
  type QueueEnvelope,
  type QueueId,
  type RecipientEnvelope,
  StoreFault,
  type UnixMillis,
} from '@mailwright/core'
import { untilAborted } from '../abortable.js'
import { type Disk, FILE_MODE, READ, unlessMissing } from '../disk.js'
import { RawFile } from '../raw-file.js'

/** The first line of a message's file, as JSON; the message follows, in wire form. It never changes. */
export interface MessageHead {
  readonly version: 1
  readonly envelope: QueueEnvelope
  readonly recipients: readonly RecipientEnvelope[]
  readonly arrived: UnixMillis
  readonly notBefore: UnixMillis
  readonly isHeld: boolean
}

/** A message's file as it was found. */
export interface FoundMessage {
  readonly head: MessageHead
  readonly headOctets: Octets
  readonly octets: Octets
}

/** Octets of a first line. Default 4 MiB: ten thousand recipients with all that can be said of them. A longer one is a damaged file. */
const HEAD_OCTETS: Octets = 4_194_304
const CHUNK = 65_536

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** Ids become names of files: letters and digits only. @throws {HostError} */
export function checkId(id: QueueId): void {
  if (!/^[A-Za-z0-9]{1,64}$/.test(id)) throw new HostError(`not the id of a queued message: ${id}`)
}

/**
 * Writes head and body into a new file, durable but for its name.
 *
 * @returns octets of the head and of the message.
 */
export async function writeMessage(
  disk: Disk,
  path: string,
  head: MessageHead,
  body: Body,
  signal: AbortSignal,
): Promise<{ readonly headOctets: Octets; readonly octets: Octets }> {
  const first = Buffer.from(`${JSON.stringify(head)}\n`)
  if (first.length > HEAD_OCTETS) throw new HostError(`${first.length} octets of envelope`)
  const file = await RawFile.open(path, CREATE, FILE_MODE)
  try {
    // Small messages go out in one write, with their head.
    let waiting: Buffer[] = [first]
    let waitingOctets = first.length
    let octets = 0
    for await (const chunk of untilAborted(body, signal)) {
      signal.throwIfAborted()
      octets += chunk.length
      // A copy: the chunk is its maker's again when the next is asked for.
      waiting.push(Buffer.from(chunk))
      waitingOctets += chunk.length
      if (waitingOctets < CHUNK) continue
      await file.write(waiting)
      waiting = []
      waitingOctets = 0
    }
    await file.write(waiting)
    await disk.sync(file)
    return { headOctets: first.length, octets }
  } finally {
    await file.close()
  }
}

/** @returns `null` for a file that is none of ours, or damaged; `undefined` for one that is not there. */
export async function findMessage(path: string): Promise<FoundMessage | null | undefined> {
  const file = await open(path, READ).catch(unlessMissing)
  if (file === undefined) return undefined
  try {
    const facts = await file.stat()
    if (!facts.isFile()) return null
    const line = await readLine(file)
    const head = line === null ? undefined : parseHead(line.toString('utf8'))
    if (line === null || head === undefined) return null
    const headOctets = line.length + 1
    return { head, headOctets, octets: facts.size - headOctets }
  } finally {
    await file.close()
  }
}

async function readLine(file: FileHandle): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  for (let at = 0; at < HEAD_OCTETS; ) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(at === 0 ? 4_096 : CHUNK), position: at })
    if (bytesRead === 0) return null
    const chunk = buffer.subarray(0, bytesRead)
    const end = chunk.indexOf(10)
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end))
    if (end >= 0) return Buffer.concat(chunks)
    at += bytesRead
  }
  return null
}

/** Only its shape is looked at: nobody but us writes in this folder. */
function parseHead(line: string): MessageHead | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) return undefined
    if (!('recipients' in value) || !Array.isArray(value.recipients) || !('envelope' in value)) return undefined
    return value as MessageHead
  } catch {
    return undefined
  }
}

/** The octets behind the head. Holds nothing open. */
export function messageBody(path: string, headOctets: Octets, octets: Octets): BodyHandle {
  return {
    octets,
    async *read(range: OctetRange = { start: 0, end: octets }, signal?: AbortSignal) {
      signal?.throwIfAborted()
      if (!(range.start >= 0 && range.start <= range.end && range.end <= octets)) {
        throw new HostError(`octets ${range.start} to ${range.end} of a message of ${octets}`)
      }
      const file = await RawFile.open(path, READ).catch(unlessMissing)
      if (file === undefined) throw new StoreFault('the message has left the queue')
      try {
        for (let at = range.start; at < range.end; ) {
          const length = Math.min(CHUNK, range.end - at)
          const buffer = Buffer.allocUnsafeSlow(length)
          const bytesRead = await file.read(buffer, headOctets + at)
          if (bytesRead === 0) throw new StoreFault('a queued message is shorter than it was')
          at += bytesRead
          yield buffer.subarray(0, bytesRead)
          signal?.throwIfAborted()
        }
      } finally {
        await file.close()
      }
    },
  }
}
