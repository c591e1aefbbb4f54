import type { FetchItem, ImapCommand, Numbering } from '../command.js'
import type { Cursor } from './cursor.js'
import { partial, section, sectionBinary } from './section.js'
import { sequenceSet } from './sequence-set.js'

const NAME = /[A-Z0-9.]+/iy

type PlainName = Exclude<FetchItem['item'], 'BODY[]' | 'BINARY[]' | 'BINARY.SIZE[]'>

/** `fetch-att` without arguments. RFC 3501 §9. */
const PLAIN: ReadonlyMap<string, PlainName> = new Map(
  (
    [
      'ENVELOPE',
      'FLAGS',
      'INTERNALDATE',
      'RFC822',
      'RFC822.HEADER',
      'RFC822.SIZE',
      'RFC822.TEXT',
      'BODY',
      'BODYSTRUCTURE',
      'UID',
    ] as const
  ).map((name) => [name, name]),
)

/** RFC 3501 §6.4.5: a macro stands alone, not among other items. */
const MACROS: ReadonlyMap<string, readonly PlainName[]> = new Map([
  ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
  ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
  ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
])

/**
 *     fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
 *
 * RFC 3501 §9.
 */
export function fetch(c: Cursor, numbering: Numbering): ImapCommand {
  const set = sequenceSet(c)
  c.sp()
  if (c.peek === '(') return { name: 'FETCH', numbering, set, items: distinct(c, c.list(fetchAtt)) }
  const name = attName(c)
  const macro = MACROS.get(name)
  const items = macro === undefined ? [namedAtt(c, name)] : macro.map((item) => ({ item }))
  return { name: 'FETCH', numbering, set, items }
}

/**
 *     fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"] /
 *                 "BODY" ["STRUCTURE"] / "UID" / "BODY" section ["<" number "." nz-number ">"] /
 *                 "BODY.PEEK" section ["<" number "." nz-number ">"] /
 *                 "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary
 *
 * RFC 3501 §9, RFC 3516 §7.
 */
function fetchAtt(c: Cursor): FetchItem {
  return namedAtt(c, attName(c))
}

function attName(c: Cursor): string {
  return c.match(NAME)?.toUpperCase() ?? c.bad('Invalid fetch item')
}

function namedAtt(c: Cursor, name: string): FetchItem {
  const isPeek = name === 'BODY.PEEK'
  if (isPeek || (name === 'BODY' && c.peek === '[')) {
    const labelled = section(c)
    const range = partial(c)
    const label = range === null ? labelled.label : `${labelled.label}<${range.start}>`
    return { item: 'BODY[]', section: labelled.section, partial: range, isPeek, label }
  }
  if (name === 'BINARY.SIZE') return { item: 'BINARY.SIZE[]', ...sectionBinary(c) }
  if (name === 'BINARY' || name === 'BINARY.PEEK') {
    const { part, label } = sectionBinary(c)
    const range = partial(c)
    const repeated = range === null ? label : `${label}<${range.start}>`
    return { item: 'BINARY[]', part, partial: range, isPeek: name === 'BINARY.PEEK', label: repeated }
  }
  const item = PLAIN.get(name)
  return item === undefined ? c.bad(`Unknown fetch item ${name}`) : { item }
}

/** An item asked for twice is answered once. */
function distinct(c: Cursor, items: readonly FetchItem[]): FetchItem[] {
  const seen = new Map<string, FetchItem>()
  for (const item of items) {
    const key = keyOf(item)
    if (!seen.has(key)) seen.set(key, item)
  }
  if (seen.size > c.limits.fetchItems) c.no('LIMIT', 'Too many fetch items')
  return [...seen.values()]
}

function keyOf(item: FetchItem): string {
  switch (item.item) {
    case 'BODY[]':
    case 'BINARY[]':
      return `${item.item}${item.isPeek}${item.label}.${item.partial?.count}`
    case 'BINARY.SIZE[]':
      return `${item.item}${item.label}`
    default:
      return item.item
  }
}
