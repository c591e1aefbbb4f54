import type { EngineEvent } from '@mailwright/core'
import { isHeard, type LoggedLevel, type Logger } from './logger.js'

/** Events that an operator must see: the server or an adapter is at fault. */
const ERRORS: ReadonlySet<string> = new Set([
  'engineFault',
  'adapterFault',
  'commandFault',
  'spliceFault',
  'queueFault',
  'deliveryFault',
  'reportFault',
])
/** Events that may be an attack or a broken client. */
const WARNINGS: ReadonlySet<string> = new Set(['loginFailed', 'writeTimeout', 'exhausted', 'tooManyRefusals'])
/** Events of the peer's making that say little each: a scanner makes thousands. */
const DETAILS: ReadonlySet<string> = new Set(['connectionLost', 'tlsFailed', 'mistake', 'hello', 'recipient', 'mail'])

/** Writes an engine's events as log lines: the event's name is the message, its fields the fields. */
export function logEvent(logger: Logger, context: { readonly [name: string]: unknown }, event: EngineEvent): void {
  const level = levelOf(event.name)
  if (!isHeard(logger, level)) return
  const { name, ...fields } = event
  logger[level]({ ...context, ...fields }, name)
}

function levelOf(name: string): LoggedLevel {
  if (DETAILS.has(name)) return 'debug'
  if (ERRORS.has(name)) return 'error'
  return WARNINGS.has(name) ? 'warn' : 'info'
}
