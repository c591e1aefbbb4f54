import type { Clock, UnixMillis } from '@mailwright/core'
import { asctime, localZone, timestamp3339 } from '../../time/wall-clock.js'
import type { LogFields, Logger } from '../logger.js'
import { PostfixDialect } from './dialect.js'
import type { MaillogLine, Severity } from './line.js'

/** How a maillog looks. */
export interface MaillogOptions {
  readonly clock: Pick<Clock, 'date'>
  /** As syslog names this machine: without its domain, or with. */
  readonly hostname: string
  readonly pid: number
  /** What stands before the daemon's name. Default `postfix`. */
  readonly syslogName?: string
  /** Default `traditional`: `Apr 26 12:11:46`. `rfc3339` names year and zone. */
  readonly timestamps?: 'traditional' | 'rfc3339'
  /** The least that is written. Default `info`. */
  readonly level?: Severity
  /** Takes a line without its end. */
  readonly write: (line: string, severity: Severity) => void
}

const RANKS: { readonly [severity in Severity]: number } = { debug: 0, info: 1, warning: 2, error: 3 }

/** A logger that writes what Postfix's daemons would have sent to syslog: `stamp host postfix/smtpd[pid]: text`. */
export function postfixMaillog(options: MaillogOptions): Logger {
  const { clock, hostname, pid, syslogName = 'postfix', timestamps = 'traditional', level = 'info', write } = options
  const dialect = new PostfixDialect()
  const stamp = (at: UnixMillis): string =>
    timestamps === 'rfc3339' ? timestamp3339(at, localZone(at)) : asctime(at, localZone(at)).slice('Sat '.length)
  const log =
    (severity: Severity) =>
    (fields: LogFields, message: string): void => {
      // Events of little weight are still looked at: the names of peers are learnt from them.
      for (const line of dialect.lines(severity, fields, message)) {
        if (RANKS[line.severity] < RANKS[level]) continue
        write(`${stamp(clock.date())} ${hostname} ${tagged(line, syslogName, pid)}`, line.severity)
      }
    }
  return { debug: log('debug'), info: log('info'), warn: log('warning'), error: log('error') }
}

function tagged({ daemon, text }: MaillogLine, syslogName: string, pid: number): string {
  return `${syslogName}/${daemon}[${pid}]: ${text}`
}
