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
import { type Disk, FILE_MODE, READ, unlessMissing } from '../disk.js'
import { RawFile } from '../raw-file.js'
import { HEAD_OCTETS } from './limits.js'
import type { Source } from './message-log.js'

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

const CHUNK = 65_536

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** Ids become names of files: letters and digits only. @throws {HostError} */
export function checkId(id: QueueId): void {
  if (!/^[A-Za-z0-9]{1,64}$/.test(id)) throw new HostError(`not the id of a queued message: ${id}`)
}

/** The first line, with its line feed. @throws {HostError} */
export function writeHead(head: MessageHead): Buffer {
  const line = Buffer.from(`${JSON.stringify(head)}\n`)
  if (line.length > HEAD_OCTETS) throw new HostError(`${line.length} octets of envelope`)
  return line
}

/**
 * Writes a message's file, durable but for its name.
 *
 * @param body its chunks may be reused when the next is asked for.
 * @returns octets of the body.
 */
export async function writeMessage(disk: Disk, path: string, first: Buffer, body: Body): Promise<Octets> {
  const file = await RawFile.open(path, CREATE, FILE_MODE)
  try {
    // Small messages go out in one write, with their head.
    let waiting: Buffer[] = [first]
    let waitingOctets = first.length
    let octets = 0
    for await (const chunk of body) {
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
    return octets
  } finally {
    await file.close()
  }
}

/**
 * The beginning of a body, and whether that is all.
 *
 * @returns `rest`: what follows `chunks`, which are copies; `null` where nothing does.
 */
export async function beginningOf(
  body: Body,
  most: Octets,
): Promise<{ readonly chunks: readonly Buffer[]; readonly octets: Octets; readonly rest: Body | null }> {
  const iterator = body[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  for (let octets = 0; ; ) {
    const next = await iterator.next()
    if (next.done === true) return { chunks, octets, rest: null }
    chunks.push(Buffer.from(next.value))
    octets += next.value.length
    if (octets > most) return { chunks, octets, rest: { [Symbol.asyncIterator]: () => iterator } }
  }
}

/** A message's file that is in memory. @returns `null` for one that is damaged. */
export function parseMessage(content: Buffer): FoundMessage | null {
  const end = content.indexOf(10)
  const head = end < 0 ? undefined : parseHead(content.toString('utf8', 0, end))
  return head === undefined ? null : { head, headOctets: end + 1, octets: content.length - end - 1 }
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

/** The octets behind the head. Holds nothing open. @param find where the message's file is now; `undefined`: nowhere. */
export function messageBody(headOctets: Octets, octets: Octets, find: () => Source | undefined): BodyHandle {
  return {
    octets,
    async *read(range: OctetRange = { start: 0, end: octets }, signal?: AbortSignal) {
      signal?.throwIfAborted()
      if (!(range.start >= 0 && range.start <= range.end && range.end <= octets)) {
        throw new HostError(`octets ${range.start} to ${range.end} of a message of ${octets}`)
      }
      const source = await opened(find)
      if (source.kind === 'memory') {
        if (range.end > range.start) yield source.content.subarray(headOctets + range.start, headOctets + range.end)
        return
      }
      const { file, start } = source
      try {
        for (let at = range.start; at < range.end; ) {
          const length = Math.min(CHUNK, range.end - at)
          const buffer = Buffer.allocUnsafeSlow(length)
          const bytesRead = await file.read(buffer, start + headOctets + at)
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

/** While a file is opened, the message may get one of its own: once. */
async function opened(
  find: () => Source | undefined,
): Promise<
  | Extract<Source, { readonly kind: 'memory' }>
  | { readonly kind: 'open'; readonly file: RawFile; readonly start: Octets }
> {
  for (let tries = 2; tries > 0; tries--) {
    const source = find()
    if (source === undefined) break
    if (source.kind === 'memory') return source
    const file = await RawFile.open(source.path, READ).catch(unlessMissing)
    if (file !== undefined) return { kind: 'open', file, start: source.start }
  }
  throw new StoreFault('the message has left the queue')
}
