import { mkdirSync, openSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { systemClock } from '@mailwright/core/node'
import { destination, pino } from 'pino'
import { SetupError } from '../setup-error.js'
import { type Logger, SILENT } from './logger.js'
import type { Severity } from './postfix/line.js'
import { postfixMaillog } from './postfix/maillog.js'
import { openSyslog, type SyslogAddress } from './syslog.js'

/** A log that is open, and its end. */
export interface LogOutput {
  readonly logger: Logger
  /** Where the lines go: a path, `standard output`, or syslog's address. */
  readonly place: string
  /** Resolves when everything is written. */
  close(): Promise<void>
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** What the log looks like, and where it goes. */
export interface LogOptions {
  /** Default `info`. */
  readonly level?: LogLevel
  /** Appended to, its folder made. Default standard output. */
  readonly file?: string
  /** Default `json`: one object a line. `postfix`: the lines of a maillog, for pflogsumm, fail2ban and people who know them. */
  readonly dialect?: 'json' | 'postfix'
  /** In the Postfix dialect: what stands before the daemon's name. Default `postfix`. */
  readonly syslogName?: string
  /** In the Postfix dialect. Default `traditional`. */
  readonly timestamps?: 'traditional' | 'rfc3339'
  /** In the Postfix dialect: a syslog daemon takes the lines, instead of a file. */
  readonly syslog?: SyslogAddress
}

/**
 * Opens a log.
 *
 * @throws {SetupError} when the file cannot be opened.
 */
export async function openLog(options: LogOptions): Promise<LogOutput> {
  const { level = 'info', dialect = 'json', syslog } = options
  if (dialect === 'json') return jsonLog(level, openOutput(options))
  return syslog === undefined ? maillog(options, level, openOutput(options)) : syslogLog(options, level, syslog)
}

/** One JSON object a line, by pino. */
function jsonLog(level: LogLevel, { output, ...rest }: Output): LogOutput {
  const timestamp = (): string => `,"time":"${new Date().toISOString()}"`
  return { logger: pino({ level, base: null, timestamp }, output), ...rest }
}

function maillog(options: LogOptions, level: LogLevel, { output, ...rest }: Output): LogOutput {
  return { logger: maillogger(options, level, (line) => void output.write(`${line}\n`)), ...rest }
}

function syslogLog(options: LogOptions, level: LogLevel, address: SyslogAddress): LogOutput {
  const syslog = openSyslog(address)
  const logger = maillogger(options, level, (line, severity) => syslog.send(line, severity))
  return { logger, place: `syslog at ${address.host} port ${address.port}`, close: () => syslog.close() }
}

const SEVERITIES: { readonly [level in Exclude<LogLevel, 'silent'>]: Severity } = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
}

function maillogger(
  { syslogName, timestamps }: LogOptions,
  level: LogLevel,
  write: (line: string, severity: Severity) => void,
): Logger {
  if (level === 'silent') return SILENT
  return postfixMaillog({
    clock: systemClock,
    // As syslog names a machine: the first part of its name.
    hostname: hostname().split('.')[0] ?? 'localhost',
    pid: process.pid,
    ...(syslogName === undefined ? {} : { syslogName }),
    ...(timestamps === undefined ? {} : { timestamps }),
    level: SEVERITIES[level],
    write,
  })
}

interface Output extends Pick<LogOutput, 'place' | 'close'> {
  readonly output: ReturnType<typeof destination>
}

function openOutput({ file }: LogOptions): Output {
  const output = destination({ dest: file === undefined ? 1 : openFile(file), sync: false })
  // A full disk must not end the server: what cannot be logged is lost.
  output.on('error', () => {})
  return {
    output,
    place: file ?? 'standard output',
    close: () =>
      new Promise((resolve) => {
        output.once('close', resolve)
        output.end()
      }),
  }
}

/** Opens for appending, its folder made. */
function openFile(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, 'a')
  } catch (cause) {
    throw new SetupError(`log.file: ${file} cannot be written`, { cause })
  }
}
