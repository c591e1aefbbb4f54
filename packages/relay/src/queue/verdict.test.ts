import {
  newRecipient,
  type QueuedMessage,
  type QueueEnvelope,
  type QueueId,
  type RecipientEnvelope,
} from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import type { DeliveryResult } from '../delivery/agent.js'
import { QUEUE_RUNNER_LIMITS } from './limits.js'
import { nextAttempt, verdictOn } from './verdict.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

function message(envelope: Partial<QueueEnvelope> = {}, recipient: Partial<RecipientEnvelope> = {}): QueuedMessage {
  return {
    id: 'A' as QueueId,
    envelope: { reversePath: 'me@d', ...envelope },
    recipients: [newRecipient({ address: 'a@x', ...recipient })],
    arrived: 0,
    octets: 1,
    isHeld: false,
    isActive: true,
  }
}

const SENT: DeliveryResult = {
  kind: 'delivered',
  position: 0,
  relay: 'mx',
  status: '2.0.0',
  text: 'Ok',
  reports: 'relayed',
}
const NO: DeliveryResult = { kind: 'failed', position: 0, relay: 'mx', status: '5.1.1', text: 'no' }
const LATER: DeliveryResult = { kind: 'deferred', position: 0, relay: 'mx', status: '4.2.1', text: 'later' }

/** What is reported, and what the queue keeps. */
function verdict(queued: QueuedMessage, result: DeliveryResult, now = 0, delayWarning = 0): string {
  const { report, outcome, status } = verdictOn(queued, result, now, { ...QUEUE_RUNNER_LIMITS, delayWarning })
  return `${status}, ${outcome.kind} ${outcome.status}, ${report ?? 'nothing'} reported`
}

describe('[J4] [B14] what an attempt comes to', () => {
  test.each<[string, QueuedMessage, DeliveryResult, string]>([
    ['success is not reported unasked', message(), SENT, 'sent, delivered 2.0.0, nothing reported'],
    ['success, asked for', message({}, { notify: ['SUCCESS'] }), SENT, 'sent, delivered 2.0.0, relayed reported'],
    [
      'success that the next hop reports',
      message({}, { notify: ['SUCCESS'] }),
      { ...SENT, reports: 'passedOn' },
      'sent, delivered 2.0.0, nothing reported',
    ],
    ['failure', message(), NO, 'bounced, failed 5.1.1, failed reported'],
    [
      'failure, where only success was asked for',
      message({}, { notify: ['SUCCESS'] }),
      NO,
      'bounced, failed 5.1.1, nothing reported',
    ],
    ['failure, never to be told', message({}, { notify: ['NEVER'] }), NO, 'bounced, failed 5.1.1, nothing reported'],
    [
      'failure of a report, for the postmaster',
      message({ reversePath: '' }),
      NO,
      'bounced, failed 5.1.1, failed reported',
    ],
    ['deferral', message(), LATER, 'deferred, deferred 4.2.1, nothing reported'],
  ])('%s', (_, queued, result, expected) => {
    expect(verdict(queued, result)).toBe(expected)
  })

  test('after five days a deferral is a failure; of a report nobody hears', () => {
    expect(verdict(message(), LATER, 5 * DAY - 1)).toBe('deferred, deferred 4.2.1, nothing reported')
    expect(verdict(message(), LATER, 5 * DAY)).toBe('bounced, failed 4.2.1, failed reported')
    expect(verdict(message({ reversePath: '' }), LATER, 5 * DAY)).toBe('bounced, failed 4.2.1, failed reported')
  })

  test('a delay is told once, to who wants to know', () => {
    const queued = message()
    expect(verdict(queued, LATER, 4 * HOUR - 1, 4 * HOUR)).toBe('deferred, deferred 4.2.1, nothing reported')
    expect(verdict(queued, LATER, 4 * HOUR, 4 * HOUR)).toBe('deferred, deferred 4.2.1, delayed reported')
    const told = { ...queued, recipients: queued.recipients.map((each) => ({ ...each, isDelayReported: true })) }
    expect(verdict(told, LATER, 5 * HOUR, 4 * HOUR)).toBe('deferred, deferred 4.2.1, nothing reported')
    expect(verdict(message({}, { notify: ['FAILURE'] }), LATER, 4 * HOUR, 4 * HOUR)).toBe(
      'deferred, deferred 4.2.1, nothing reported',
    )
  })

  test('deliver by (RFC 2852): return, or notify and go on; and a look at the very moment', () => {
    const by = (mode: 'R' | 'N'): QueuedMessage => message({ deliverBy: { at: HOUR, mode, isTraced: false } })
    expect(verdict(by('R'), LATER, HOUR)).toBe('bounced, failed 5.4.7, failed reported')
    expect(verdict(by('N'), LATER, HOUR)).toBe('deferred, deferred 4.2.1, delayed reported')
    const before = verdictOn(by('R'), LATER, HOUR - 10_000, QUEUE_RUNNER_LIMITS).outcome
    expect(before).toMatchObject({ kind: 'deferred', until: HOUR })
  })

  test('intervals double between five minutes and 4,000 seconds', () => {
    const waits: number[] = []
    for (let now = 0; waits.length < 6; ) {
      const next = nextAttempt(0, now, QUEUE_RUNNER_LIMITS)
      waits.push((next - now) / 1_000)
      now = next
    }
    expect(waits).toEqual([300, 300, 600, 1_200, 2_400, 4_000])
  })
})
