import type { ModSeq } from '@mailwright/core'
import type { CapabilityName } from '../capability-table.js'
import type { CommandOf, FetchItem, ImapCommand, Numbering, PartialRange } from '../command.js'
import type { Cursor } from './cursor.js'
import { modSequenceValzer } from './mod-sequence.js'
import { partialRange } from './partial-range.js'
import { preview } from './preview.js'
import { partial, section, sectionBinary } from './section.js'
import { sequenceSet } from './sequence-set.js'
import { atom } from './strings.js'

const NAME = /[A-Z0-9.]+/iy

type PlainName = Exclude<FetchItem['item'], 'BODY[]' | 'BINARY[]' | 'BINARY.SIZE[]' | 'PREVIEW'>

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
      'MODSEQ',
      'SAVEDATE',
      'EMAILID',
      'THREADID',
    ] as const
  ).map((name) => [name, name]),
)

/** Items that an extension brings, and which. */
const EXTENSIONS: ReadonlyMap<string, CapabilityName> = new Map<string, CapabilityName>([
  ['MODSEQ', 'CONDSTORE'],
  ['SAVEDATE', 'SAVEDATE'],
  ['EMAILID', 'OBJECTID'],
  ['THREADID', 'OBJECTID'],
])

/** Items that IMAP4rev2 no longer has (RFC 9051 §E). */
const ONLY_REV1: ReadonlySet<string> = new Set(['RFC822', 'RFC822.HEADER', 'RFC822.TEXT'])

/** RFC 3501 §6.4.5: a macro stands alone, not among other items. */
const MACROS: ReadonlyMap<string, readonly PlainName[]> = new Map([
  ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
  ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
  ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
])

/**
 *     fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
 *             [fetch-modifiers]
 *
 * RFC 3501 §9, RFC 4466 §3.
 */
export function fetch(c: Cursor, numbering: Numbering): ImapCommand {
  const set = sequenceSet(c)
  c.sp()
  const items = c.peek === '(' ? distinct(c, c.list(fetchAtt)) : macroOrAtt(c)
  return { name: 'FETCH', numbering, set, items, ...fetchModifiers(c, numbering) }
}

function macroOrAtt(c: Cursor): readonly FetchItem[] {
  const name = attName(c)
  const macro = MACROS.get(name)
  return macro === undefined ? [namedAtt(c, name)] : macro.map((item) => ({ item }))
}

type FetchModifier = { readonly changedSince: ModSeq } | { readonly partial: PartialRange } | 'VANISHED'

/**
 *     fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"
 *     fetch-modifier  =/ "CHANGEDSINCE" SP mod-sequence-value / "VANISHED" / "PARTIAL" SP partial-range
 *
 * RFC 4466 §3, RFC 7162 §7, RFC 9394 §4. VANISHED stands with CHANGEDSINCE, after ENABLE QRESYNC, and as PARTIAL only in UID FETCH
 * (RFC 7162 §3.2.6, RFC 9394 §3.3).
 */
function fetchModifiers(c: Cursor, numbering: Numbering): Pick<CommandOf<'FETCH'>, 'changedSince' | 'partial'> {
  const modifiers = c.skip(' ') ? c.list(fetchModifier) : []
  const since = modifiers.flatMap((each) =>
    typeof each === 'object' && 'changedSince' in each ? [each.changedSince] : [],
  )
  const partials = modifiers.flatMap((each) => (typeof each === 'object' && 'partial' in each ? [each.partial] : []))
  const tellsVanished = modifiers.includes('VANISHED')
  const [modSeq] = since
  const [partial] = partials
  if (since.length > 1 || partials.length > 1) c.bad('A modifier was given twice')
  if (tellsVanished && (modSeq === undefined || numbering === 'seq' || !c.isEnabled('QRESYNC'))) {
    c.bad('VANISHED needs UID FETCH, CHANGEDSINCE and ENABLE QRESYNC')
  }
  if (partial !== undefined && numbering === 'seq') c.bad('PARTIAL needs UID FETCH')
  return { changedSince: modSeq === undefined ? null : { modSeq, tellsVanished }, partial: partial ?? null }
}

function fetchModifier(c: Cursor): FetchModifier {
  const word = atom(c, 'fetch modifier').toUpperCase()
  switch (word) {
    case 'CHANGEDSINCE':
      if (!c.offers('CONDSTORE')) return c.bad(`Unknown fetch modifier ${word}`)
      c.sp()
      // 0 is none, but Thunderbird 153 means "from the beginning" by it, and Dovecot takes it so (transcript rfc7162/3.1.4-fetch-modseq).
      return { changedSince: modSequenceValzer(c) }
    case 'VANISHED':
      return word
    case 'PARTIAL':
      if (!c.offers('PARTIAL')) return c.bad(`Unknown fetch modifier ${word}`)
      c.sp()
      return { partial: partialRange(c) }
    default:
      return c.bad(`Unknown fetch modifier ${word}`)
  }
}

/**
 *     fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"] /
 *                 "BODY" ["STRUCTURE"] / "UID" / "BODY" section ["<" number "." nz-number ">"] /
 *                 "BODY.PEEK" section ["<" number "." nz-number ">"] /
 *                 "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary
 *
 * RFC 3501 §9, RFC 3516 §7.
 */
export function fetchAtt(c: Cursor): FetchItem {
  return namedAtt(c, attName(c))
}

function attName(c: Cursor): string {
  return c.match(NAME)?.toUpperCase() ?? c.bad('Invalid fetch item')
}

function namedAtt(c: Cursor, name: string): FetchItem {
  const isGone = ONLY_REV1.has(name) && c.isEnabled('IMAP4rev2')
  if (isGone || !c.offers(EXTENSIONS.get(name))) c.bad(`Unknown fetch item ${name}`)
  const isPeek = name === 'BODY.PEEK'
  if (isPeek || (name === 'BODY' && c.peek === '[')) {
    const labelled = section(c)
    const range = partial(c)
    const label = range === null ? labelled.label : `${labelled.label}<${range.start}>`
    return { item: 'BODY[]', section: labelled.section, partial: range, isPeek, label }
  }
  if (name.startsWith('BINARY') && !c.offers('BINARY')) return c.bad(`Unknown fetch item ${name}`)
  if (name === 'BINARY.SIZE') return { item: 'BINARY.SIZE[]', ...sectionBinary(c) }
  if (name === 'BINARY' || name === 'BINARY.PEEK') {
    const { part, label } = sectionBinary(c)
    const range = partial(c)
    const repeated = range === null ? label : `${label}<${range.start}>`
    return { item: 'BINARY[]', part, partial: range, isPeek: name === 'BINARY.PEEK', label: repeated }
  }
  if (name === 'PREVIEW' || name === 'SNIPPET') return preview(c, name)
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
    case 'PREVIEW':
      return `${item.name} ${item.form}`
    default:
      return item.item
  }
}
