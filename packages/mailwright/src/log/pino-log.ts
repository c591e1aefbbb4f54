import { mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { destination, pino } from 'pino'
import { SetupError } from '../setup-error.js'
import type { Logger } from './logger.js'

/** A logger that writes one JSON object a line, and its end. */
export interface LogOutput {
  readonly logger: Logger
  /** Where the lines go: a path, or `standard output`. */
  readonly place: string
  /** Resolves when everything is written. */
  close(): Promise<void>
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * Writes the log by pino, to a file or to standard output.
 *
 * @throws {SetupError} when the file cannot be opened.
 */
export async function openLog(options: { readonly level?: LogLevel; readonly file?: string }): Promise<LogOutput> {
  const { level = 'info', file } = options
  const output = destination({ dest: file === undefined ? 1 : openFile(file), sync: false })
  // A full disk must not end the server: what cannot be logged is lost.
  output.on('error', () => {})
  const logger = pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, output)
  return {
    logger,
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
