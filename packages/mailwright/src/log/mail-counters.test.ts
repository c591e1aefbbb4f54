import { expect, test } from 'vitest'
import { SILENT } from './logger.js'
import { MailCounters } from './mail-counters.js'

test('a message is received once, tried often, and its octets count for every copy', () => {
  const counters = new MailCounters(SILENT)
  const log = counters.logger
  log.info({ id: 'A' }, 'accepted')
  log.info({ id: 'A', octets: 100 }, 'claimed')
  log.info({ id: 'A', to: 'a', status: 'sent' }, 'delivery')
  log.info({ id: 'A', to: 'b', status: 'deferred' }, 'delivery')
  log.info({ id: 'A', octets: 100 }, 'claimed')
  log.info({ id: 'A', to: 'b', status: 'deferred' }, 'delivery')
  log.info({ id: 'A', octets: 100 }, 'claimed')
  log.info({ id: 'A', to: 'b', status: 'bounced' }, 'delivery')
  log.info({ id: 'A' }, 'removed')
  // Our own report is not received from anybody.
  log.info({ id: 'B', octets: 900 }, 'claimed')
  log.info({ id: 'B', to: 'me', status: 'sent' }, 'delivery')
  log.warn({ verb: 'RCPT' }, 'refused')
  log.info({ verb: 'RCPT' }, 'refusalWarned')
  log.info({ verb: 'RCPT' }, 'holdRuled')
  log.info({ verb: 'RCPT' }, 'discardRuled')
  expect(counters.counts).toEqual({
    received: 1,
    delivered: 2,
    deferred: 1,
    deferrals: 2,
    bounced: 1,
    rejected: 1,
    rejectWarnings: 1,
    held: 1,
    discarded: 1,
    octetsReceived: 100,
    octetsDelivered: 1_000,
  })
})

test('every event goes on, at its level', () => {
  const passed: string[] = []
  const note =
    (level: string) =>
    (_: unknown, message: string): void =>
      void passed.push(`${level} ${message}`)
  const { logger } = new MailCounters({ debug: note('d'), info: note('i'), warn: note('w'), error: note('e') })
  logger.debug({}, 'one')
  logger.info({}, 'two')
  logger.warn({}, 'three')
  logger.error({}, 'four')
  expect(passed).toEqual(['d one', 'i two', 'w three', 'e four'])
})
