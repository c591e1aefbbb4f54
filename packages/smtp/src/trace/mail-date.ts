import type { UnixMillis } from '@mailwright/core'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** A zone of the clock on the wall. */
export interface Zone {
  /** East of UTC; minutes. */
  readonly offsetMinutes: number
  /** For the comment, as in `CEST`; left out where there is none. */
  readonly name?: string
}

export const UTC: Zone = { offsetMinutes: 0, name: 'UTC' }

/**
 * A date as Postfix writes it: `Thu,  1 Jan 1970 00:00:00 +0000 (UTC)`, a one-digit day behind two blanks.
 *
 *     date-time = [ day-of-week "," ] date time [CFWS]
 *
 * RFC 5322 §3.3.
 *
 * @throws {RangeError} when `at` is no date.
 */
export function mailDate(at: UnixMillis, { offsetMinutes, name }: Zone = UTC): string {
  const wall = new Date(at + offsetMinutes * 60_000)
  if (Number.isNaN(wall.getTime())) throw new RangeError(`not a date: ${at}`)
  const day = String(wall.getUTCDate()).padStart(2)
  const time = wall.toISOString().slice(11, 19)
  const minutes = Math.abs(offsetMinutes)
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}`
  const comment = name === undefined ? '' : ` (${name.replace(/[^A-Za-z0-9+-]/g, '')})`
  return `${DAYS[wall.getUTCDay()]}, ${day} ${MONTHS[wall.getUTCMonth()]} ${wall.getUTCFullYear()} ${time} ${zone}${comment}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
