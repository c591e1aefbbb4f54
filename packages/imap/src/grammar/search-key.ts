import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '@mailwright/core'
import type { CapabilityName } from '../capability-table.js'
import type { NumberRange } from '../command.js'
import type { SearchKey } from '../search/search-key.js'
import type { Cursor } from './cursor.js'
import { date } from './date.js'
import { keyword } from './flags.js'
import { modSequenceValzer } from './mod-sequence.js'
import { sequenceSet } from './sequence-set.js'
import { astring } from './strings.js'

const ENTRY = /"\/flags\/(?:\\\\)?[!#$&'+-[^-z|}~]+" (?:priv|shared|all) /iy
const FILTER_NAME = /[!#$&'+-.0-[^-z|}~]+/y
const OBJECT_ID = /[A-Za-z0-9_-]{1,255}(?![A-Za-z0-9_-])/y

/** Octets of a string as text, in the command's charset; `undefined` for octets that are not of it. */
export type Decode = (octets: string) => string | undefined

/** Reads a key's arguments, after its name. */
type KeyRule = (c: Cursor, decode: Decode) => SearchKey

/** `search-key` of RFC 3501 §9 by its first word; sets, lists, NOT and OR are read by `searchKeys`. */
const KEYS: ReadonlyMap<string, KeyRule> = new Map<string, KeyRule>([
  ['ALL', () => ({ key: 'all' })],
  ['ANSWERED', () => ({ key: 'flag', bit: ANSWERED, isSet: true })],
  ['BCC', addresses('bcc')],
  ['BEFORE', dateKey('internal', 'before')],
  ['BODY', (c, decode) => ({ key: 'body', text: searchText(c, decode) })],
  ['CC', addresses('cc')],
  ['DELETED', () => ({ key: 'flag', bit: DELETED, isSet: true })],
  ['DRAFT', () => ({ key: 'flag', bit: DRAFT, isSet: true })],
  ['FLAGGED', () => ({ key: 'flag', bit: FLAGGED, isSet: true })],
  ['FROM', addresses('from')],
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
  ['SUBJECT', (c, decode) => ({ key: 'header', of: 'field', name: 'subject', text: searchText(c, decode) })],
  ['TEXT', (c, decode) => ({ key: 'text', text: searchText(c, decode) })],
  ['TO', addresses('to')],
  ['UID', uidKey],
  ['UNANSWERED', () => ({ key: 'flag', bit: ANSWERED, isSet: false })],
  ['UNDELETED', () => ({ key: 'flag', bit: DELETED, isSet: false })],
  ['UNDRAFT', () => ({ key: 'flag', bit: DRAFT, isSet: false })],
  ['UNFLAGGED', () => ({ key: 'flag', bit: FLAGGED, isSet: false })],
  ['UNKEYWORD', (c) => ({ key: 'keyword', name: spKeyword(c), isSet: false })],
  ['UNSEEN', () => UNSEEN],
])

const UNSEEN: SearchKey = { key: 'flag', bit: SEEN, isSet: false }

/** Keys of extensions, unknown where the extension is not offered. */
const EXTENSION_KEYS: ReadonlyMap<string, { readonly capability: CapabilityName; readonly rule: KeyRule }> = new Map([
  ['EMAILID', { capability: 'OBJECTID', rule: objectIdKey('emailId') }],
  ['FILTER', { capability: 'FILTERS', rule: filterKey }],
  ['MODSEQ', { capability: 'CONDSTORE', rule: modSeqKey }],
  ['OLDER', { capability: 'WITHIN', rule: within('older') }],
  ['SAVEDATESUPPORTED', { capability: 'SAVEDATE', rule: () => ({ key: 'savesDates' }) }],
  ['SAVEDBEFORE', { capability: 'SAVEDATE', rule: dateKey('saved', 'before') }],
  ['SAVEDON', { capability: 'SAVEDATE', rule: dateKey('saved', 'on') }],
  ['SAVEDSINCE', { capability: 'SAVEDATE', rule: dateKey('saved', 'since') }],
  ['THREADID', { capability: 'OBJECTID', rule: objectIdKey('threadId') }],
  ['UIDAFTER', { capability: 'MESSAGELIMIT', rule: besides((uid) => ({ first: 1, last: uid })) }],
  ['UIDBEFORE', { capability: 'MESSAGELIMIT', rule: besides((uid) => ({ first: uid, last: LAST_UID })) }],
  ['YOUNGER', { capability: 'WITHIN', rule: within('younger') }],
])

/** Keys that IMAP4rev2 no longer has (RFC 9051 §E). */
const ONLY_REV1: ReadonlySet<string> = new Set(['NEW', 'OLD', 'RECENT'])

/** How a key's arguments are read, by its upper-case name; `undefined`: there is no such key. */
export function keyRule(c: Cursor, name: string): KeyRule | undefined {
  const extension = EXTENSION_KEYS.get(name)
  if (extension === undefined) return ONLY_REV1.has(name) && c.isEnabled('IMAP4rev2') ? undefined : KEYS.get(name)
  return c.offers(extension.capability) ? extension.rule : undefined
}

/** BCC, CC, FROM, TO: what the envelope's field tells (RFC 3501 §6.4.4). */
function addresses(name: string): KeyRule {
  return (c, decode) => ({ key: 'header', of: 'addresses', name, text: searchText(c, decode) })
}

function headerKey(c: Cursor, decode: Decode): SearchKey {
  c.sp()
  const name = astring(c, 'header field name').toLowerCase()
  return { key: 'header', of: 'field', name, text: searchText(c, decode) }
}

function dateKey(of: 'internal' | 'sent' | 'saved', is: 'before' | 'on' | 'since'): KeyRule {
  return (c) => {
    c.sp()
    return { key: 'date', of, is, day: date(c) }
  }
}

function uidKey(c: Cursor): SearchKey {
  c.sp()
  return { key: 'set', numbering: 'uid', set: sequenceSet(c) }
}

const LAST_UID = 0xffff_ffff

/**
 *     search-key =/ ("UIDAFTER" / "UIDBEFORE") SP uniqueid
 *
 * RFC 9738 §5: all messages but those of a range.
 */
function besides(range: (uid: number) => NumberRange): KeyRule {
  return (c) => {
    c.sp()
    const ranges = [range(c.nzNumber())]
    return { key: 'not', of: { key: 'set', numbering: 'uid', set: { kind: 'ranges', ranges } } }
  }
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

/**
 *     search-key =/ ("OLDER" / "YOUNGER") SP nz-number
 *
 * RFC 5032 §3.
 */
function within(key: 'older' | 'younger'): KeyRule {
  return (c) => {
    c.sp()
    return { key, seconds: c.nzNumber() }
  }
}

/**
 *     search-key          =/ "MODSEQ" [search-modseq-ext] SP mod-sequence-valzer
 *     search-modseq-ext   = SP entry-name SP entry-type-req
 *     entry-name          = DQUOTE "/flags/" attr-flag DQUOTE
 *     entry-type-req      = "priv" / "shared" / "all"
 *
 * RFC 7162 §7. A mod-sequence is kept for each message, not for each flag, and so the extension is read and ignored (§3.1.5).
 */
function modSeqKey(c: Cursor): SearchKey {
  c.sp()
  if (c.match(ENTRY) === undefined && c.peek === '"') c.bad('Invalid metadata item of MODSEQ')
  return { key: 'modSeq', modSeq: modSequenceValzer(c) }
}

/**
 *     search-key =/ "EMAILID" SP objectid / "THREADID" SP objectid
 *     objectid   = 1*255(ALPHA / DIGIT / "_" / "-")
 *
 * RFC 8474 §7.
 */
function objectIdKey(key: 'emailId' | 'threadId'): KeyRule {
  return (c) => {
    c.sp()
    return { key, id: c.match(OBJECT_ID) ?? c.bad('Invalid object id') }
  }
}

/**
 *     search-key  =/ "FILTER" SP filter-name
 *     filter-name =  1*<any ATOM-CHAR except "/">
 *
 * RFC 5466 §4.
 */
function filterKey(c: Cursor): SearchKey {
  c.sp()
  return { key: 'filter', name: c.match(FILTER_NAME) ?? c.bad('Invalid filter name') }
}
