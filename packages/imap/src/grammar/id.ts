import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { isNil, nstring, string, text } from './strings.js'

/** RFC 2971 §3.3: more pairs, longer names and longer values must not be sent. */
const MAX_PAIRS = 30
const MAX_NAME = 30
const MAX_VALUE = 1_024

/**
 *     id             = "ID" SP id-params-list
 *     id-params-list = "(" [string SP nstring *(SP string SP nstring)] ")" / nil
 *
 * RFC 2971 §4. `fields` is `null` for `NIL`.
 */
export function id(c: Cursor): ImapCommand {
  if (isNil(c)) return { name: 'ID', fields: null }
  const fields = c.listOrEmpty(pair)
  if (fields.length > MAX_PAIRS) c.bad('Too many ID fields')
  return { name: 'ID', fields }
}

function pair(c: Cursor): readonly [string, string | null] {
  const name = string(c)
  c.sp()
  const value = nstring(c)
  if (name.length > MAX_NAME || (value?.length ?? 0) > MAX_VALUE) c.bad('ID field too long')
  return [text(name), value === null ? null : text(value)]
}
