/**
 * Where the server tells what happens. pino's and most other loggers fit; nothing here writes anywhere by itself.
 *
 * `fields` are flat plain data and never hold a secret.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** Whether anybody hears of this level; pino's and winston's. Absent: of all. What nobody hears is not put together. */
  isLevelEnabled?(level: LoggedLevel): boolean
}

export type LoggedLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogFields = { readonly [name: string]: unknown }

/** Says nothing. */
export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, isLevelEnabled: () => false }

export function isHeard(logger: Logger, level: LoggedLevel): boolean {
  return logger.isLevelEnabled?.(level) ?? true
}
