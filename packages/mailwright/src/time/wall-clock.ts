import type { UnixMillis } from '@mailwright/core'
import { mailDate, type Zone } from '@mailwright/smtp'

/** The zone of this machine at a moment, named as `date` names it. */
export function localZone(at: UnixMillis): Zone {
  const date = new Date(at)
  const name = /\((\w+)\)/.exec(date.toTimeString())?.[1]
  return { offsetMinutes: -date.getTimezoneOffset(), ...(name === undefined ? {} : { name }) }
}

/** As C's asctime writes a moment, without its year: `Sat Apr 26 12:10:50`, a one-digit day behind two blanks. */
export function asctime(at: UnixMillis, zone: Zone): string {
  // `Sat, 26 Apr 2014 12:10:50 +0200`
  const date = mailDate(at, zone)
  return `${date.slice(0, 3)} ${date.slice(8, 11)} ${date.slice(5, 7)} ${date.slice(17, 25)}`
}

/** RFC 3339 with microseconds and the zone, as syslog daemons write it: `2014-04-26T12:10:50.000000+02:00`. */
export function timestamp3339(at: UnixMillis, { offsetMinutes }: Zone): string {
  const wall = new Date(at + offsetMinutes * 60_000).toISOString().slice(0, -1)
  const minutes = Math.abs(offsetMinutes)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${wall}000${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`
}
