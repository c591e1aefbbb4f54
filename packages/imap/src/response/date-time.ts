import type { UnixMillis } from '@mailwright/core'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** 9999-12-31T23:59:59Z: `date-year` has four digits. */
const LAST: UnixMillis = 253_402_300_799_000
/** 0000-01-01T00:00:00Z. */
const FIRST: UnixMillis = -62_167_219_200_000

/**
 *     date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
 *
 * RFC 3501 §9. The day has two digits, which the grammar allows beside a space and one, and Dovecot writes. In UTC; seconds are cut, not rounded. What four digits cannot say becomes the nearest date they can.
 */
export function writeDateTime(when: UnixMillis): string {
  const date = new Date(Math.min(Math.max(when, FIRST), LAST))
  const day = twoDigits(date.getUTCDate())
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(':')
  return `"${day}-${month}-${year} ${time} +0000"`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
