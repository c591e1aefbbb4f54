import type { EngineEvent } from '@mailwright/core'
import type { Logger } from './logger.js'

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
  const { name, ...fields } = event
  const all = { ...context, ...fields }
  if (ERRORS.has(name)) logger.error(all, name)
  else if (WARNINGS.has(name)) logger.warn(all, name)
  else if (DETAILS.has(name)) logger.debug(all, name)
  else logger.info(all, name)
}
