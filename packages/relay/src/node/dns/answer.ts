import type { Millis } from '@mailwright/core'
import type { Answer } from 'dns-packet'
import type { DnsLimits } from './limits.js'
import { CODE, type DnsQuestion, type DnsReply, type RecordType } from './message.js'

/** What is remembered of a question. */
export type Remembered =
  | { readonly kind: 'found'; readonly records: readonly Answer[]; readonly isAuthentic: boolean }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'tryAgain'; readonly reason: string }

/** What a reply comes to, and how long it holds; or the name at which to go on, where a server leaves that to us. */
export type Reading =
  | { readonly kind: 'answer'; readonly answer: Remembered; readonly age: Millis }
  | { readonly kind: 'alias'; readonly name: string; readonly isAuthentic: boolean; readonly age: Millis }

/** The resolver's words for what will pass (`h_errno` TRY_AGAIN), as Postfix logs them. */
export const TRY_AGAIN: Remembered = { kind: 'tryAgain', reason: 'Host not found, try again' }

/**
 * Reads a reply of a server: the records at the end of the chain of aliases that begins with the question's name (RFC 1034 §3.6.2); anything else in it was not
 * asked for.
 */
export function readReply(question: DnsQuestion, reply: DnsReply, limits: DnsLimits): Reading {
  let name = question.name.toLowerCase()
  let age = limits.cacheAge
  for (let aliases = 0; aliases <= limits.aliases; aliases++) {
    const records = reply.answers.filter((record) => isOf(record, name, question.type))
    if (records.length > 0) {
      const kept = records.slice(0, limits.records)
      const { isAuthentic } = reply
      return { kind: 'answer', answer: { kind: 'found', records: kept, isAuthentic }, age: Math.min(age, ageOf(kept)) }
    }
    const alias = reply.answers.find((record) => isOf(record, name, 'CNAME'))
    if (alias?.type !== 'CNAME') {
      const none: Reading = { kind: 'answer', answer: { kind: 'notFound' }, age: negativeAge(reply, age, limits) }
      if (aliases === 0 || reply.code === CODE.noSuchName) return none
      const isKnown = reply.authorities.some(({ type }) => type === 'SOA')
      return isKnown ? none : { kind: 'alias', name, isAuthentic: reply.isAuthentic, age }
    }
    age = Math.min(age, ageOf([alias]))
    name = alias.data.toLowerCase()
  }
  return { kind: 'answer', answer: TRY_AGAIN, age: limits.failureAge }
}

/** As long as the SOA record says (RFC 2308 §5); without one nobody said that it may be remembered. */
function negativeAge({ authorities }: DnsReply, age: Millis, { negativeAge: most }: DnsLimits): Millis {
  const soa = authorities.find(({ type }) => type === 'SOA')
  if (soa?.type !== 'SOA') return 0
  return Math.min(age, most, 1_000 * Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0))
}

function isOf(record: Answer, name: string, type: RecordType | 'CNAME'): boolean {
  return record.type === type && record.name.toLowerCase() === name
}

/** The TTL is a number of 31 bits; a greater one is 0 (RFC 2181 §8). */
function ageOf(records: readonly Answer[]): Millis {
  const ttls = records.map((record) => ('ttl' in record ? (record.ttl ?? 0) : 0))
  return 1_000 * Math.min(...ttls.map((ttl) => (ttl > 0x7fffffff ? 0 : ttl)))
}
