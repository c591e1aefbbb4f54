import { type AnnotationChange, fromLatin1 } from '@mailwright/core'
import type { ImapCommand, MetadataOptions } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailboxOrServer } from './mailbox.js'
import { astring, atom, isNil, string } from './strings.js'

const ENTRY = /^\/(?:private|shared)(?:\/[^/\x00-\x1f\x7f-\xff*%]+)*$/
const VENDOR = /^\/[^/]+\/vendor(?:\/|$)/

/** How far below an entry DEPTH reaches. */
const DEPTHS: ReadonlyMap<string, MetadataOptions['depth']> = new Map<string, MetadataOptions['depth']>([
  ['0', 0],
  ['1', 1],
  ['INFINITY', 'infinity'],
])

/**
 *     getmetadata         = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
 *     getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"
 *     entries             = entry / "(" entry *(SP entry) ")"
 *
 * RFC 5464 §5. Options may also stand behind the mailbox, and entries without parentheses, as in the examples of §4.2.1 and §4.4.1.
 */
export function getMetadata(c: Cursor): ImapCommand {
  let options = c.peek === '(' ? metadataOptions(c) : null
  if (options !== null) c.sp()
  const mailbox = mailboxOrServer(c)
  c.sp()
  const entries: string[] = []
  if (c.skip('(')) {
    // An entry begins with a slash, quoted or not; an option with a letter.
    const first = atomOrEntry(c)
    if (first.startsWith('/')) {
      entries.push(first)
      while (c.skip(' ')) entries.push(entrySpecifier(c))
      c.expect(')')
    } else {
      if (options !== null) c.bad('GETMETADATA options given twice')
      options = restOfOptions(c, first)
      c.sp()
      entries.push(...entryList(c))
    }
  } else {
    entries.push(...entryList(c))
  }
  return { name: 'GETMETADATA', mailbox, entries: [...new Set(checked(c, entries))], ...(options ?? NO_OPTIONS) }
}

/**
 *     setmetadata  = "SETMETADATA" SP mailbox SP entry-values
 *     entry-values = "(" entry-value *(SP entry-value) ")"
 *     entry-value  = entry SP value
 *
 * RFC 5464 §5. Of an entry that is given twice the last value counts.
 */
export function setMetadata(c: Cursor): ImapCommand {
  const mailbox = mailboxOrServer(c)
  c.sp()
  const changes = new Map(c.list(entryValue).map((change) => [change.entry, change]))
  checked(c, [...changes.keys()])
  return { name: 'SETMETADATA', mailbox, changes: [...changes.values()] }
}

const NO_OPTIONS: MetadataOptions = { maxSize: null, depth: 0 }

function metadataOptions(c: Cursor): MetadataOptions {
  c.expect('(')
  return restOfOptions(c, atom(c, 'option').toUpperCase())
}

/** Options from the value of the first, whose label was read, to the parenthesis that closes them. */
function restOfOptions(c: Cursor, first: string): MetadataOptions {
  let options = NO_OPTIONS
  for (let label = first; ; label = atom(c, 'option').toUpperCase()) {
    c.sp()
    if (label === 'MAXSIZE') options = { ...options, maxSize: c.number() }
    else if (label === 'DEPTH') options = { ...options, depth: depth(c) }
    else c.bad(`Unknown GETMETADATA option ${label}`)
    if (!c.skip(' ')) break
  }
  c.expect(')')
  return options
}

/**
 *     scope-opt = "DEPTH" SP ("0" / "1" / "infinity")
 *
 * RFC 5464 §5.
 */
function depth(c: Cursor): MetadataOptions['depth'] {
  return DEPTHS.get(atom(c, 'DEPTH').toUpperCase()) ?? c.bad('DEPTH is 0, 1 or infinity')
}

function atomOrEntry(c: Cursor): string {
  const text = astring(c, 'entry')
  return text.startsWith('/') ? entryOf(c, text) : text.toUpperCase()
}

/**
 *     return-option =/ "METADATA" SP entries
 *
 * RFC 9590 §5: the entries of LIST's return option.
 */
export function metadataEntries(c: Cursor): readonly string[] {
  const entries = c.peek === '(' ? c.list(entrySpecifier) : [entrySpecifier(c)]
  return [...new Set(checked(c, entries))]
}

/** `entries` without an option list before them. */
function entryList(c: Cursor): string[] {
  if (c.peek === '(') return c.list(entrySpecifier)
  const entries: string[] = []
  do entries.push(entrySpecifier(c))
  while (c.skip(' '))
  return entries
}

/**
 *     entry = astring ; slash-separated path to entry, MUST NOT contain "*" or "%"
 *
 * RFC 5464 §5, for reading: also a level above entries, as DEPTH wants it. Lower-case, since entries compare without case (§3.2).
 */
function entrySpecifier(c: Cursor): string {
  return entryOf(c, astring(c, 'entry'))
}

function entryOf(c: Cursor, text: string): string {
  const entry = text.toLowerCase()
  return ENTRY.test(entry) ? entry : c.bad('Invalid entry name')
}

function entryValue(c: Cursor): AnnotationChange {
  const entry = entrySpecifier(c)
  // RFC 5464 §3.2: two components, four below vendor.
  const levels = entry.split('/').length - 1
  if (levels < (VENDOR.test(entry) ? 4 : 2)) c.bad('Entry name has too few components')
  c.sp()
  return { entry, value: value(c) }
}

/**
 *     value = nstring / literal8
 *
 * RFC 5464 §5.
 */
function value(c: Cursor): Uint8Array | null {
  if (isNil(c)) return null
  const literal = c.literal()
  if (literal === undefined) return fromLatin1(string(c))
  if (!literal.isBinary && literal.octets.includes(0)) c.bad('NUL in a literal')
  return literal.octets
}

/** Within the bounds of one command. */
function checked(c: Cursor, entries: readonly string[]): readonly string[] {
  if (entries.length > c.limits.entries) c.no('LIMIT', 'Too many entries')
  if (entries.some((entry) => entry.length > c.limits.entry)) c.no('LIMIT', 'Entry name too long')
  return entries
}
