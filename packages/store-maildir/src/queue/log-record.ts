import { createHash } from 'node:crypto'
import type { Octets, QueueId } from '@mailwright/core'

/** What stands in the log of a queue. */
export type LogRecord =
  /** A message came. `start`: where its file begins, which is `octets` long. */
  | { readonly kind: 'put'; readonly id: QueueId; readonly start: Octets; readonly octets: Octets }
  /** The log need not know of these any more. */
  | { readonly kind: 'done'; readonly ids: readonly QueueId[] }

const LINE_END = Buffer.from('\n')
const FIRST_LINE = /^((put|done) ([A-Za-z0-9,]+)(?: (\d{1,9}))?) ([0-9a-f]{32})$/

/**
 *     put  = "put" SP id SP octets SP sum LF *OCTET LF
 *     done = "done" SP id *("," id) SP sum LF
 *
 * `octets` are a message as its own file would hold it: envelope, line feed, message. `sum` is half of SHA-256 over what else the record says: a
 * record that a crash has torn is none.
 *
 * @returns the record, and where in it the message's file begins.
 */
export function writePut(
  id: QueueId,
  file: readonly Uint8Array[],
): { readonly record: Buffer; readonly start: Octets } {
  const octets = file.reduce((sum, piece) => sum + piece.length, 0)
  const said = `put ${id} ${octets}`
  const first = Buffer.from(`${said} ${sumOf(said, file)}\n`, 'latin1')
  return { record: Buffer.concat([first, ...file, LINE_END]), start: first.length }
}

export function writeDone(ids: readonly QueueId[]): Buffer {
  const said = `done ${ids.join()}`
  return Buffer.from(`${said} ${sumOf(said, [])}\n`, 'latin1')
}

/**
 * The records of one file of the log, as far as they are whole. What follows the first that is not is not looked at: whoever sends mail chooses
 * octets, and could have written what looks like a record.
 *
 * @returns where the last whole one ends.
 */
export function* readRecords(log: Buffer): Generator<LogRecord, Octets> {
  for (let at = 0; ; ) {
    const end = log.indexOf(10, at)
    if (end < 0) return at
    const [, said = '', kind, what = '', length, sum] = FIRST_LINE.exec(log.toString('latin1', at, end)) ?? []
    if (kind === 'done' && length === undefined && sum === sumOf(said, [])) {
      yield { kind, ids: what.split(',') as QueueId[] }
      at = end + 1
      continue
    }
    const start = end + 1
    const octets = Number(length)
    if (kind !== 'put' || length === undefined || log[start + octets] !== 10) return at
    if (sum !== sumOf(said, [log.subarray(start, start + octets)])) return at
    yield { kind, id: what as QueueId, start, octets }
    at = start + octets + 1
  }
}

function sumOf(said: string, file: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(said)
  for (const piece of file) hash.update(piece)
  return hash.digest('hex').slice(0, 32)
}
