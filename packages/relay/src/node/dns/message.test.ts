import type { Random } from '@mailwright/core'
import { type Answer, encode } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readReply } from './answer.js'
import { DNS_LIMITS } from './limits.js'
import { dnsQuery } from './message.js'

const random: Random = { bytes: (count) => new Uint8Array(count).fill(1) }
const QUESTION = { name: 'mail.example', type: 'MX' } as const
const query = dnsQuery(QUESTION, { datagramOctets: 1_232, edns: 'with' }, random)

/** A reply as an honest server would write it; its answers are ours to spoil. */
function reply(answers: readonly Answer[]): Buffer {
  const id = query.octets.readUInt16BE(0)
  return encode({
    type: 'response',
    id,
    questions: [{ type: 'MX', name: 'MAIL.EXAMPLE', class: 'IN' }],
    answers: [...answers],
  })
}

const HONEST = reply([
  { type: 'CNAME', name: 'mail.example', ttl: 60, data: 'other.example' },
  { type: 'MX', name: 'other.example', ttl: 60, data: { preference: 10, exchange: 'mx.example' } },
])

describe('what comes from the network', () => {
  test('an honest reply is read', () => {
    const read = query.accept(HONEST, 'udp')
    if (read === undefined) return expect.fail('not accepted')
    expect(readReply(QUESTION, read, DNS_LIMITS)).toMatchObject({
      kind: 'answer',
      answer: { kind: 'found' },
      age: 60_000,
    })
  })

  test('octets of any kind are a reply or none, and are never a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const read = query.accept(Buffer.from(octets), 'udp')
        if (read !== undefined) readReply(QUESTION, read, DNS_LIMITS)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a reply of which some octets were changed, cut or added is read, or is none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(HONEST.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(HONEST.length),
        fc.uint8Array({ maxLength: 40 }),
        (changes, end, tail) => {
          const spoilt = Buffer.from(HONEST)
          for (const [at, octet] of changes) spoilt[at] = octet
          for (const octets of [spoilt, spoilt.subarray(0, end), Buffer.concat([spoilt, tail])]) {
            const read = query.accept(octets, 'tcp')
            if (read === undefined) continue
            const { kind } = readReply(QUESTION, read, DNS_LIMITS)
            expect(['answer', 'alias']).toContain(kind)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('counts that promise more than there is, and names that point at themselves, end soon', () => {
    const header = Buffer.from(HONEST)
    for (const at of [4, 6, 8, 10]) header.writeUInt16BE(0xffff, at)
    const pointer = Buffer.concat([HONEST.subarray(0, 12), Buffer.from('c00c000f0001', 'hex')])
    const began = performance.now()
    for (let at = 0; at < 100; at++) {
      expect(query.accept(header, 'tcp')).toBeUndefined()
      expect(query.accept(pointer, 'tcp')).toBeUndefined()
    }
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  test('an answer holds no longer than we let it, however long its server says', () => {
    const days = reply([
      { type: 'MX', name: 'mail.example', ttl: 10_000_000, data: { preference: 1, exchange: 'mx.example' } },
    ])
    const read = query.accept(days, 'udp')
    if (read === undefined) return expect.fail('not accepted')
    expect(readReply(QUESTION, read, DNS_LIMITS)).toMatchObject({ age: DNS_LIMITS.cacheAge })
  })

  test('of more records than the limit the rest is dropped', () => {
    const many = Array.from(
      { length: 300 },
      (_, at): Answer => ({
        type: 'MX',
        name: 'mail.example',
        ttl: 60,
        data: { preference: at, exchange: 'mx.example' },
      }),
    )
    const read = query.accept(reply(many), 'tcp')
    if (read === undefined) return expect.fail('not accepted')
    const { answer } = { answer: null, ...readReply(QUESTION, read, DNS_LIMITS) }
    expect(answer).toMatchObject({ kind: 'found', records: { length: DNS_LIMITS.records } })
  })
})
