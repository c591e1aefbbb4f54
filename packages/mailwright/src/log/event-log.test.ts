import { expect, test } from 'vitest'
import { logEvent } from './event-log.js'
import type { LoggedLevel, Logger } from './logger.js'

/** Notes what is written; hears what is not below `level`, or, without one, does not say what it hears. */
function noting(heard?: readonly LoggedLevel[]) {
  const lines: string[] = []
  const note = (fields: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`)
  }
  const logger: Logger = { debug: note, info: note, warn: note, error: note }
  return { lines, logger: heard === undefined ? logger : { ...logger, isLevelEnabled: heard.includes.bind(heard) } }
}

test('an event is a line with its context, its name the message', () => {
  const { lines, logger } = noting()
  logEvent(logger, { session: '1' }, { name: 'connect', address: '192.0.2.1' })
  expect(lines).toEqual(['connect {"session":"1","address":"192.0.2.1"}'])
})

test('what nobody hears is not put together', () => {
  const { lines, logger } = noting(['warn', 'error'])
  const event = {
    name: 'mail',
    get from(): string {
      throw new Error('looked at')
    },
  }
  logEvent(logger, {}, event)
  logEvent(logger, {}, { name: 'loginFailed' })
  logEvent(logger, {}, { name: 'engineFault' })
  logEvent(logger, {}, { name: 'message' })
  expect(lines).toEqual(['loginFailed {}', 'engineFault {}'])
})
