import type { UnixMillis } from '@mailwright/core'
import type { Cursor } from './cursor.js'

const DATE_TEXT = /(\d{1,2})-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(\d{4})/iy
const DATE_TIME =
  /"( \d|\d\d)-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"/iy

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const DAY_MILLIS = 86_400_000

/**
 *     date      = date-text / DQUOTE date-text DQUOTE
 *     date-text = date-day "-" date-month "-" date-year
 *     date-day  = 1*2DIGIT
 *     date-year = 4DIGIT
 *
 * RFC 3501 §9.
 *
 * @returns days since 1970-01-01.
 */
export function date(c: Cursor): number {
  const isQuoted = c.skip('"')
  const [day, month, year] = c.groups(DATE_TEXT) ?? c.bad('Invalid date')
  if (isQuoted) c.expect('"')
  return dayNumber(c, Number(year), month ?? '', Number(day))
}

/**
 *     date-time      = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
 *     date-day-fixed = (SP DIGIT) / 2DIGIT
 *     time           = 2DIGIT ":" 2DIGIT ":" 2DIGIT
 *     zone           = ("+" / "-") 4DIGIT
 *
 * RFC 3501 §9. A leap second counts as the first of the next minute. The zone is not kept.
 */
export function dateTime(c: Cursor): UnixMillis {
  const fields = c.groups(DATE_TIME) ?? c.bad('Invalid date and time')
  const [dayText, month = '', yearText, ...rest] = fields
  const day = dayNumber(c, Number(yearText), month, Number(dayText))
  const [hourText, minuteText, secondText, sign, zoneHourText, zoneMinuteText] = rest
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)]
  const [zoneHour, zoneMinute] = [Number(zoneHourText), Number(zoneMinuteText)]
  if (hour > 23 || minute > 59 || second > 60) c.bad('Invalid time')
  if (zoneHour > 23 || zoneMinute > 59) c.bad('Invalid zone')
  const offset = (zoneHour * 60 + zoneMinute) * (sign === '-' ? -1 : 1)
  return day * DAY_MILLIS + ((hour * 60 + minute - offset) * 60 + second) * 1000
}

function dayNumber(c: Cursor, year: number, monthName: string, day: number): number {
  const month = MONTHS.indexOf(monthName.toLowerCase())
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 1 && isLeap ? 29 : (MONTH_DAYS[month] ?? 0)
  if (day < 1 || day > days) c.bad('No such day')
  return civilDay(year, month, day)
}

/** Days from 1970-01-01 in the Gregorian calendar, also before it; `Date.UTC` takes years below 100 for others. */
function civilDay(year: number, month: number, day: number): number {
  const shifted = new Date(0)
  shifted.setUTCFullYear(year, month, day)
  return shifted.getTime() / DAY_MILLIS
}
