import { fromLatin1, type QueueId } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRecords, writeDone, writePut } from './log-record.js'

interface Written {
  readonly bytes: Buffer
  readonly says: string
}

function put(id: string, ...file: readonly string[]): Written {
  const { record } = writePut(id as QueueId, file.map(fromLatin1))
  return { bytes: record, says: `put ${id} ${file.join('')}` }
}

function done(...ids: readonly string[]): Written {
  return { bytes: writeDone(ids as QueueId[]), says: `done ${ids.join()}` }
}

/** What a log says, and where its last whole record ends. */
function read(log: Buffer): { readonly says: readonly string[]; readonly length: number } {
  const says: string[] = []
  const records = readRecords(log)
  for (let next = records.next(); ; next = records.next()) {
    if (next.done === true) return { says, length: next.value }
    const record = next.value
    if (record.kind === 'done') says.push(`done ${record.ids.join()}`)
    else says.push(`put ${record.id} ${log.toString('latin1', record.start, record.start + record.octets)}`)
  }
}

const LOG = [put('A', '{"head"}\n', 'Subject: x\r\n\r\n'), put('B1', '\n'), done('A'), put('C', ''), done('B1', 'C')]
const BYTES = Buffer.concat(LOG.map(({ bytes }) => bytes))

describe('records of the log', () => {
  test('are read as they were written', () => {
    expect(read(BYTES)).toEqual({ says: LOG.map(({ says }) => says), length: BYTES.length })
    expect(read(Buffer.alloc(0))).toEqual({ says: [], length: 0 })
  })

  test('a log that was cut anywhere says what its whole records say', () => {
    for (let cut = 0; cut <= BYTES.length; cut++) {
      const whole: string[] = []
      let length = 0
      for (const { bytes, says } of LOG) {
        if (length + bytes.length > cut) break
        length += bytes.length
        whole.push(says)
      }
      expect(read(BYTES.subarray(0, cut)), `${cut} octets`).toEqual({ says: whole, length })
    }
  })

  test('where an octet is not what it was, the log ends before that record', () => {
    fc.assert(
      fc.property(fc.nat(BYTES.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoilt = Buffer.from(BYTES)
        spoilt[at] = (spoilt[at] ?? 0) ^ change
        let length = 0
        const whole: string[] = []
        for (const { bytes, says } of LOG) {
          if (length + bytes.length > at) break
          length += bytes.length
          whole.push(says)
        }
        expect(read(spoilt)).toEqual({ says: whole, length })
      }),
    )
  })

  test('a message that looks like a record is none, neither within its own nor behind one that is torn', () => {
    const forged = put('X', 'forged').bytes.toString('latin1')
    expect(read(put('A', forged).bytes).says).toEqual([`put A ${forged}`])
    const torn = put('A', 'a', forged).bytes
    torn[torn.indexOf(10) + 1] = 'b'.charCodeAt(0)
    expect(read(torn)).toEqual({ says: [], length: 0 })
  })
})
