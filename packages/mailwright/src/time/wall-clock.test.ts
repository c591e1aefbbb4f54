import { describe, expect, test } from 'vitest'
import { asctime, localZone, timestamp3339 } from './wall-clock.js'

const at = Date.UTC(2014, 3, 6, 22, 10, 50, 7)

describe('wall clocks', () => {
  test('asctime in its zone', () => {
    expect(asctime(at, { offsetMinutes: 0 })).toBe('Sun Apr  6 22:10:50')
    expect(asctime(at, { offsetMinutes: 120, name: 'CEST' })).toBe('Mon Apr  7 00:10:50')
  })

  test('RFC 3339', () => {
    expect(timestamp3339(at, { offsetMinutes: 0 })).toBe('2014-04-06T22:10:50.007000+00:00')
    expect(timestamp3339(at, { offsetMinutes: -210 })).toBe('2014-04-06T18:40:50.007000-03:30')
  })

  test('the zone of this machine is the one that Date has', () => {
    expect(localZone(at).offsetMinutes).toBe(-new Date(at).getTimezoneOffset())
  })
})
