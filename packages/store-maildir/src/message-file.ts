import type { BigIntStats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type BodyHandle, type OctetRange, type Octets, StoreFault } from '@mailwright/core'
import { READ } from './disk.js'
import { DiskToWire, WireLength } from './line-ends.js'
import type { LineIndexes } from './line-index.js'

/** An opened message; whoever got it closes it. */
export interface OpenedMessage {
  readonly file: FileHandle
  readonly facts: BigIntStats
  /** The file holds the wire form itself; nothing is converted. */
  readonly isRaw: boolean
}

/**
 * Opens a file that should be a message. A link is not followed, and what is not a regular file is refused: whoever can
 * write into a Maildir must not make us read something else.
 *
 * @throws {StoreFault} for what is no regular file; otherwise what the system says (`ENOENT` after a rename).
 */
export async function openMessage(path: string, isRaw: boolean): Promise<OpenedMessage> {
  const file = await open(path, READ)
  try {
    const facts = await file.stat({ bigint: true })
    if (!facts.isFile()) throw new StoreFault(`not a regular file: ${path}`)
    return { file, facts, isRaw }
  } catch (reason) {
    await file.close()
    throw reason
  }
}

/**
 * A body that opens its file anew for each reading.
 *
 * @param octets Length in wire form, as counted. A file that then turns out shorter is a fault, not a short answer.
 */
export function messageBody(
  octets: Octets,
  find: () => Promise<OpenedMessage>,
  indexes: LineIndexes,
  chunk: Octets,
): BodyHandle {
  return {
    octets,
    async *read(range: OctetRange = { start: 0, end: octets }, signal?: AbortSignal) {
      const end = Math.min(range.end, octets)
      if (end <= range.start) return
      signal?.throwIfAborted()
      const opened = await find()
      try {
        yield* opened.isRaw
          ? readRaw(opened.file, range.start, end, chunk, signal)
          : readConverted(opened, indexes, range.start, end, chunk, signal)
      } finally {
        await opened.file.close()
      }
    },
  }
}

async function* readRaw(file: FileHandle, start: Octets, end: Octets, chunk: Octets, signal?: AbortSignal) {
  let at = start
  while (at < end) {
    const octets = await readAt(file, at, Math.min(chunk, end - at))
    signal?.throwIfAborted()
    at += octets.length
    yield octets
  }
}

async function* readConverted(
  { file, facts }: OpenedMessage,
  indexes: LineIndexes,
  start: Octets,
  end: Octets,
  chunk: Octets,
  signal?: AbortSignal,
) {
  const index = indexes.of(facts)
  const from = index.before(start)
  const converter = new DiskToWire(from.after)
  let { disk, wire } = from
  while (wire < end) {
    // The wire form is never shorter than the file, so no octet past the range is read.
    const octets = await readAt(file, disk, Math.min(chunk, end - wire))
    signal?.throwIfAborted()
    const converted = converter.push(octets)
    const first = Math.max(0, start - wire)
    const last = Math.min(converted.length, end - wire)
    disk += octets.length
    wire += converted.length
    index.passed({ disk, wire, after: converter.after })
    if (last > first) yield converted.subarray(first, last)
  }
}

/** The next octets, as an array of their own. @throws {StoreFault} at the end of the file. */
async function readAt(file: FileHandle, position: Octets, length: Octets): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position)
  if (bytesRead === 0) throw new StoreFault('the message file is shorter than it was')
  return buffer.subarray(0, bytesRead)
}

/** Reads a message whole to learn its length in wire form. */
export async function measure({ file, facts, isRaw }: OpenedMessage, chunk: Octets): Promise<Octets> {
  const size = Number(facts.size)
  if (isRaw) return size
  const length = new WireLength()
  const buffer = Buffer.allocUnsafe(chunk)
  let at = 0
  while (at < size) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(chunk, size - at), at)
    if (bytesRead === 0) throw new StoreFault('the message file is shorter than it was')
    length.push(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  return length.octets
}
