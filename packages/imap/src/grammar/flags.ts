import { ANSWERED, DELETED, DRAFT, FLAGGED, type Flags, SEEN } from '@mailwright/core'
import type { Cursor } from './cursor.js'
import { atom } from './strings.js'

/** Bits of the system flags by upper-case name, without the backslash (RFC 3501 §2.3.2). */
const SYSTEM_FLAGS: ReadonlyMap<string, number> = new Map([
  ['SEEN', SEEN],
  ['ANSWERED', ANSWERED],
  ['FLAGGED', FLAGGED],
  ['DELETED', DELETED],
  ['DRAFT', DRAFT],
])

/**
 *     flag-list = "(" [flag *(SP flag)] ")"
 *
 * RFC 3501 §9.
 */
export function flagList(c: Cursor): Flags {
  return gather(c, c.listOrEmpty(flag))
}

/**
 *     flag-list / (flag *(SP flag))
 *
 * `store-att-flags` of RFC 3501 §9.
 */
export function storedFlags(c: Cursor): Flags {
  if (c.peek === '(') return flagList(c)
  const flags: string[] = []
  do flags.push(flag(c))
  while (c.skip(' '))
  return gather(c, flags)
}

/**
 *     flag-keyword = atom
 *
 * RFC 3501 §9.
 */
export function keyword(c: Cursor): string {
  const name = atom(c, 'keyword')
  if (name.length > c.limits.keyword) c.no('LIMIT', 'Keyword too long')
  return name
}

/**
 *     flag = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword / flag-extension
 *
 * RFC 3501 §9. No flag-extension is defined, and `\Recent` is no flag a client may set (§2.3.2): both are refused.
 * System flags come upper-case behind their backslash.
 */
function flag(c: Cursor): string {
  if (!c.skip('\\')) return keyword(c)
  const name = atom(c, 'flag')
  if (!SYSTEM_FLAGS.has(name.toUpperCase())) c.bad(`Invalid system flag \\${name}`)
  return `\\${name.toUpperCase()}`
}

/** Keywords compare without case and keep their first spelling (RFC 9051 §2.3.2). */
function gather(c: Cursor, flags: readonly string[]): Flags {
  if (flags.length > c.limits.flags) c.no('LIMIT', 'Too many flags')
  let system = 0
  const keywords = new Map<string, string>()
  for (const name of flags) {
    if (name.startsWith('\\')) system |= SYSTEM_FLAGS.get(name.slice(1)) ?? 0
    else if (!keywords.has(name.toLowerCase())) keywords.set(name.toLowerCase(), name)
  }
  return { system, keywords: [...keywords.values()] }
}
