import type { UnixMillis } from '@mailwright/core'
import { withoutComments } from './lexer.js'

/** A date-time of a header field. */
export interface SentDate {
  readonly time: UnixMillis
  /** Minutes east of Universal Time; 0 when the field's zone is unknown. `time + zone * 60000` is the date as its writer saw it. */
  readonly zone: number
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/**
 * Zones of `obs-zone`, in hours. Military letters are not here: RFC 822 gave them with the wrong sign, so like every unknown
 * zone they count as -0000. RFC 5322 §4.3.
 */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['EST', -5],
  ['EDT', -4],
  ['CST', -6],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
])

/** `[ day-of-week "," ] day month year`, white space optional as in the obsolete forms. RFC 5322 §3.3, §4.3. */
const DATE = /^ ?(?:[A-Za-z]+ ?,? ?)?(\d{1,2}) ?-? ?([A-Za-z]{3})[A-Za-z]* ?-? ?(\d{2,4})(?!\d) ?/
/** `hour ":" minute [ ":" second ] zone`. */
const TIME = /^(\d{1,2}) ?: ?(\d{2})(?: ?: ?(\d{2}))?(?!\d) ?([+-]\d{4}(?!\d)|[A-Za-z]+)?/

/** Longest text looked at, white space collapsed. A date is 31 characters; folding and comments are gone by then. */
const DATE_CHARACTERS = 200

/**
 * Reads a date-time, also in the obsolete forms.
 *
 *     date-time = [ day-of-week "," ] date time [CFWS]
 *
 * RFC 5322 §3.3, §4.3. The day of the week is not checked. An unknown or impossible zone counts as Universal Time and an impossible
 * time as 00:00:00 of it (RFC 5256 §2.2).
 *
 * @returns `null` without a valid date from 1900 to 9999.
 */
export function parseDate(text: string): SentDate | null {
  const plain = withoutComments(text)
    .replace(/[ \t\r\n]+/g, ' ')
    .slice(0, DATE_CHARACTERS)
  const date = DATE.exec(plain)
  if (date === null) return null
  const [whole, day = '', month = '', year = ''] = date
  const fullYear = yearOf(year)
  const monthIndex = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase())
  const dayOfMonth = Number(day)
  if (fullYear < 1900 || monthIndex < 0 || dayOfMonth < 1 || dayOfMonth > daysIn(fullYear, monthIndex)) return null
  const midnight = Date.UTC(fullYear, monthIndex, dayOfMonth)
  const time = TIME.exec(plain.slice(whole.length))
  if (time === null) return { time: midnight, zone: 0 }
  const [, hour = '', minute = '', second = '0', zone = ''] = time
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)]
  // 60 is the leap second, and the same instant as the next second's 00.
  if (hours > 23 || minutes > 59 || seconds > 60) return { time: midnight, zone: 0 }
  const offset = zoneOf(zone)
  return { time: midnight + ((hours * 60 + minutes - offset) * 60 + seconds) * 1000, zone: offset }
}

/** `obs-year`: 00 to 49 are of 2000, 50 to 999 of 1900. RFC 5322 §4.3. */
function yearOf(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return digits.length === 3 ? 1900 + year : year
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
}

/** In minutes; 0 when unknown. */
function zoneOf(zone: string): number {
  const numeric = /^([+-])(\d\d)([0-5]\d)$/.exec(zone)
  if (numeric === null) return (ZONES.get(zone.toUpperCase()) ?? 0) * 60
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
  return numeric[1] === '-' ? -minutes : minutes
}

/**
 * Writes a date-time as RFC 5322 §3.3 has it: `Fri, 21 Nov 1997 09:55:06 -0600`.
 *
 * @param zone minutes east of Universal Time, -5999 to 5999.
 * @throws {RangeError} for a time outside of the years 1900 to 9999, or such a zone.
 */
export function writeDate(time: UnixMillis, zone = 0): string {
  if (!Number.isInteger(zone) || Math.abs(zone) > 5999) throw new RangeError(`not a zone: ${zone}`)
  const local = new Date(time + zone * 60_000)
  const year = local.getUTCFullYear()
  if (!(year >= 1900 && year <= 9999)) throw new RangeError(`no date of RFC 5322: ${time}`)
  const date = `${DAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${year}`
  const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(twoDigits).join(':')
  const offset = Math.abs(zone)
  return `${date} ${clock} ${zone < 0 ? '-' : '+'}${twoDigits(Math.floor(offset / 60))}${twoDigits(offset % 60)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
