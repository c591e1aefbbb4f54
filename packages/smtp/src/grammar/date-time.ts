import type { UnixMillis } from '@mailwright/core'

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 *     date-time   = full-date "T" full-time
 *     full-date   = 4DIGIT "-" 2DIGIT "-" 2DIGIT
 *     full-time   = 2DIGIT ":" 2DIGIT ":" 2DIGIT [ "." 1*DIGIT ] time-offset
 *     time-offset = "Z" / ( ("+" / "-") 2DIGIT ":" 2DIGIT )
 *
 * RFC 3339 §5.6; `undefined` for what is none, or is no day. A leap second counts as the second after it.
 */
export function parseDateTime(text: string): UnixMillis | undefined {
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const [zoneHour, zoneMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)]
  if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) return undefined
  const midnight = Date.UTC(year, month - 1, day)
  // Date.UTC rolls over: the 31st of April would be the 1st of May. It takes years below 100 for those of the last century.
  if (month < 1 || new Date(midnight).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined
  const offset = (match[8] === '-' ? -1 : 1) * (zoneHour * 60 + zoneMinute)
  const minutes = hour * 60 + minute - offset
  return midnight + minutes * 60_000 + second * 1_000 + Math.floor(Number(`0${match[7] ?? ''}`) * 1_000)
}

/** A time in UTC, in full seconds: `2026-08-03T00:00:00Z`. */
export function writeDateTime(at: UnixMillis): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
