import type { LogFields } from '../logger.js'

/** Syslog's words for how bad a line is; programs that read maillogs look for the prefix, not for the number. */
export type Severity = 'debug' | 'info' | 'warning' | 'error'

/** One line of a maillog, before the stamp. */
export interface MaillogLine {
  /** The Postfix daemon that would say so: `smtpd`, `cleanup`, `qmgr`, `local`, `smtp`, … */
  readonly daemon: string
  readonly severity: Severity
  readonly text: string
}

/** Whoever wrote it, it stays within its line. Addresses may be UTF-8. */
export function oneLine(value: unknown): string {
  return String(value).replace(/\p{Cc}/gu, '?')
}

/** A field as text; empty where it is absent. */
export function field(fields: LogFields, name: string): string {
  const value = fields[name]
  return value === undefined || value === null ? '' : oneLine(value)
}

/** `<address>` as logs have it: quotes and brackets of the peer's making cannot end it. */
export function bracketed(fields: LogFields, name: string): string {
  return `<${field(fields, name).replace(/[<>]/g, '?')}>`
}

/** Seconds as Postfix's `delay=` has them: two significant digits, no zeros behind. */
export function seconds(millis: unknown): string {
  const value = typeof millis === 'number' && millis > 0 ? millis / 1_000 : 0
  if (value >= 10) return String(Math.round(value))
  // Below a hundredth it counts as nothing (`delay_logging_resolution_limit`).
  return String(Number(value.toPrecision(2)) >= 0.01 ? Number(Number(value.toPrecision(2)).toFixed(2)) : 0)
}
