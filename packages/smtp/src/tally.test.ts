import { describe, expect, test } from 'vitest'
import { VERBS } from './command-table.js'
import { SMTP_LIMITS } from './limits.js'
import { Tally } from './tally.js'

describe('the tally', () => {
  test('counts commands in Postfix’s words', () => {
    const tally = new Tally()
    for (const verb of ['EHLO', 'MAIL', 'RCPT', 'DATA', 'QUIT'] as const) {
      tally.began(verb)
      tally.succeeded(verb)
    }
    expect(tally.summary(VERBS)).toBe('ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5')
  })

  test('shows what failed behind a slash, and unknown commands last', () => {
    const tally = new Tally()
    tally.began('unknown')
    tally.began('RCPT')
    tally.began('RCPT')
    tally.succeeded('RCPT')
    expect(tally.summary(VERBS)).toBe('rcpt=1/2 unknown=0/1 commands=1/3')
  })

  test('a session without commands', () => {
    expect(new Tally().summary(VERBS)).toBe('commands=0/0')
  })

  test('slows from the tenth error and ends at the twentieth', () => {
    const tally = new Tally()
    for (let error = 0; error < 10; error++) {
      expect(tally.isSlowed(SMTP_LIMITS)).toBe(false)
      tally.erred()
    }
    expect(tally.isSlowed(SMTP_LIMITS)).toBe(true)
    for (let error = 10; error < 20; error++) {
      expect(tally.exhaustion(SMTP_LIMITS)).toBeNull()
      tally.erred()
    }
    expect(tally.exhaustion(SMTP_LIMITS)).toBe('too many errors')
  })

  test('a message forgives errors and junk, but no failed logins', () => {
    const tally = new Tally()
    for (let count = 0; count < 120; count++) tally.movedNothing(SMTP_LIMITS)
    expect(tally.exhaustion(SMTP_LIMITS)).toBe('too many errors')
    tally.forgive()
    expect(tally.exhaustion(SMTP_LIMITS)).toBeNull()
    for (let count = 0; count < 3; count++) tally.failedLogin()
    tally.forgive()
    expect(tally.exhaustion(SMTP_LIMITS)).toBe('too many failed logins')
  })
})
