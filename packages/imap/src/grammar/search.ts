import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '@mailwright/core'
import type { ImapCommand, Numbering, SearchKey } from '../command.js'
import { charsetDecoder, SEARCH_CHARSETS } from '../search/charset.js'
import type { Cursor } from './cursor.js'
import { date } from './date.js'
import { keyword } from './flags.js'
import { sequenceSet } from './sequence-set.js'
import { astring } from './strings.js'

const KEY_NAME = /[A-Z]+/iy
const CHARSET = /CHARSET /iy

/** Octets of a string as text, in the command's charset. */
type Decode = (octets: string) => string | undefined

/** Reads a key's arguments, after its name. */
type KeyRule = (c: Cursor, decode: Decode) => SearchKey

/** `search-key` of RFC 3501 §9 by its first word; sets, lists, NOT and OR are read by {@link searchKeys}. */
const KEYS: ReadonlyMap<string, KeyRule> = new Map<string, KeyRule>([
  ['ALL', () => ({ key: 'all' })],
  ['ANSWERED', () => ({ key: 'flag', bit: ANSWERED, isSet: true })],
  ['BCC', envelopeField('bcc')],
  ['BEFORE', dateKey('internal', 'before')],
  ['BODY', (c, decode) => ({ key: 'body', text: searchText(c, decode) })],
  ['CC', envelopeField('cc')],
  ['DELETED', () => ({ key: 'flag', bit: DELETED, isSet: true })],
  ['DRAFT', () => ({ key: 'flag', bit: DRAFT, isSet: true })],
  ['FLAGGED', () => ({ key: 'flag', bit: FLAGGED, isSet: true })],
  ['FROM', envelopeField('from')],
  ['HEADER', headerKey],
  ['KEYWORD', (c) => ({ key: 'keyword', name: spKeyword(c), isSet: true })],
  ['LARGER', (c) => ({ key: 'larger', octets: spNumber(c) })],
  ['NEW', () => ({ key: 'and', keys: [{ key: 'recent', isSet: true }, UNSEEN] })],
  ['OLD', () => ({ key: 'recent', isSet: false })],
  ['ON', dateKey('internal', 'on')],
  ['RECENT', () => ({ key: 'recent', isSet: true })],
  ['SEEN', () => ({ key: 'flag', bit: SEEN, isSet: true })],
  ['SENTBEFORE', dateKey('sent', 'before')],
  ['SENTON', dateKey('sent', 'on')],
  ['SENTSINCE', dateKey('sent', 'since')],
  ['SINCE', dateKey('internal', 'since')],
  ['SMALLER', (c) => ({ key: 'smaller', octets: spNumber(c) })],
  ['SUBJECT', envelopeField('subject')],
  ['TEXT', (c, decode) => ({ key: 'text', text: searchText(c, decode) })],
  ['TO', envelopeField('to')],
  ['UID', uidKey],
  ['UNANSWERED', () => ({ key: 'flag', bit: ANSWERED, isSet: false })],
  ['UNDELETED', () => ({ key: 'flag', bit: DELETED, isSet: false })],
  ['UNDRAFT', () => ({ key: 'flag', bit: DRAFT, isSet: false })],
  ['UNFLAGGED', () => ({ key: 'flag', bit: FLAGGED, isSet: false })],
  ['UNKEYWORD', (c) => ({ key: 'keyword', name: spKeyword(c), isSet: false })],
  ['UNSEEN', () => UNSEEN],
])

const UNSEEN: SearchKey = { key: 'flag', bit: SEEN, isSet: false }

/**
 *     search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key)
 *
 * RFC 3501 §9. The cursor stands after the SP that follows "SEARCH". Without a charset strings are UTF-8, of which
 * US-ASCII is a part (RFC 9051 §6.4.4).
 */
export function search(c: Cursor, numbering: Numbering): ImapCommand {
  let charset: string | null = null
  if (c.match(CHARSET) !== undefined) {
    charset = astring(c, 'charset').toUpperCase()
    c.sp()
  }
  const decode = charsetDecoder(charset ?? 'UTF-8')
  if (decode === undefined) c.no(`BADCHARSET (${SEARCH_CHARSETS.join(' ')})`, 'Unknown charset')
  return { name: 'SEARCH', numbering, charset, keys: searchKeys(c, decode) }
}

/** A key that waits for the keys it is made of. */
type OpenKey =
  | { readonly kind: 'and'; readonly keys: SearchKey[] }
  | { readonly kind: 'not' }
  | { readonly kind: 'or'; left: SearchKey | null }

/**
 *     search-key = ... / "NOT" SP search-key / "OR" SP search-key SP search-key / sequence-set /
 *                  "(" search-key *(SP search-key) ")"
 *
 * RFC 3501 §9. Keys nest as deep as the client likes without a parenthesis (`NOT OR a NOT OR b ...`), so open ones stand in a
 * list instead of on the stack; the count of keys bounds the depth of what comes out.
 */
function searchKeys(c: Cursor, decode: Decode): SearchKey {
  const outermost: SearchKey[] = []
  const open: OpenKey[] = []
  let count = 0
  for (;;) {
    count += 1
    if (count > c.limits.searchKeys) c.no('LIMIT', 'Too many search keys')
    if (c.peek === '(') {
      c.open()
      open.push({ kind: 'and', keys: [] })
      continue
    }
    const begun = beginKey(c, decode)
    if (begun.kind !== 'key') {
      c.sp()
      open.push(begun)
      continue
    }
    const whole = completeKeys(c, open, begun.key)
    if (whole === undefined) continue
    outermost.push(whole)
    if (!c.skip(' ')) return allOf(outermost)
  }
}

/** Gives `key` to the open keys that wait for it, innermost first. `undefined` when one of them wants another key. */
function completeKeys(c: Cursor, open: OpenKey[], key: SearchKey): SearchKey | undefined {
  for (;;) {
    const waiting = open.at(-1)
    if (waiting === undefined) return key
    switch (waiting.kind) {
      case 'not':
        key = key.key === 'not' ? key.of : { key: 'not', of: key }
        break
      case 'or':
        if (waiting.left === null) {
          waiting.left = key
          c.sp()
          return undefined
        }
        key = { key: 'or', left: waiting.left, right: key }
        break
      case 'and':
        waiting.keys.push(key)
        if (c.skip(' ')) return undefined
        c.close()
        key = allOf(waiting.keys)
        break
      default:
        waiting satisfies never
    }
    open.pop()
  }
}

function beginKey(c: Cursor, decode: Decode): OpenKey | { readonly kind: 'key'; readonly key: SearchKey } {
  if (/[\d*]/.test(c.peek)) return { kind: 'key', key: { key: 'set', numbering: 'seq', set: sequenceSet(c) } }
  const name = c.match(KEY_NAME)?.toUpperCase() ?? c.bad('Expected a search key')
  if (name === 'NOT') return { kind: 'not' }
  if (name === 'OR') return { kind: 'or', left: null }
  const rule = KEYS.get(name)
  return rule === undefined ? c.bad(`Unknown search key ${name}`) : { kind: 'key', key: rule(c, decode) }
}

function allOf(keys: readonly SearchKey[]): SearchKey {
  const [first, ...others] = keys
  return first !== undefined && others.length === 0 ? first : { key: 'and', keys }
}

/** BCC, CC, FROM, SUBJECT, TO: the envelope's fields are header fields (RFC 3501 §6.4.4). */
function envelopeField(name: string): KeyRule {
  return (c, decode) => ({ key: 'header', name, text: searchText(c, decode) })
}

function headerKey(c: Cursor, decode: Decode): SearchKey {
  c.sp()
  const name = astring(c, 'header field name').toLowerCase()
  return { key: 'header', name, text: searchText(c, decode) }
}

function dateKey(of: 'internal' | 'sent', is: 'before' | 'on' | 'since'): KeyRule {
  return (c) => {
    c.sp()
    return { key: 'date', of, is, day: date(c) }
  }
}

function uidKey(c: Cursor): SearchKey {
  c.sp()
  return { key: 'set', numbering: 'uid', set: sequenceSet(c) }
}

function spKeyword(c: Cursor): string {
  c.sp()
  return keyword(c)
}

function spNumber(c: Cursor): number {
  c.sp()
  return c.number()
}

function searchText(c: Cursor, decode: Decode): string {
  c.sp()
  return decode(astring(c, 'search string')) ?? c.bad('Search string is not in the charset of the command')
}
