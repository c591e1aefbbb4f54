import { DIGEST_FIELDS, type FetchField, type SystemFlags, type UidList, type UnixMillis } from '@mailwright/core'
import type { Numbering, SequenceSet } from '../command.js'
import type { Span } from '../spans.js'
import type { Collation } from './collation.js'
import { type Columns, internalDay, type MessageFacts } from './message-facts.js'
import type { SearchKey } from './search-key.js'
import { searchedText } from './searched-text.js'

/** Whether a message meets a key, as far as is known. */
export type Truth = 'yes' | 'no' | 'open'

/** Decides a key for one message. Pure. */
export type KeyTest = (facts: MessageFacts) => Truth

/** The session's messages in the order of their sequence numbers, as a search sees them. */
export interface SearchMessages {
  readonly uids: UidList
  systemFlags(index: number): SystemFlags
  isRecent(index: number): boolean
  hasKeyword(index: number, keyword: string): boolean
  /** Which indices a set stands for, ascending and apart. */
  spans(set: SequenceSet, numbering: Numbering): readonly Span[]
}

/** What a search goes by, beside its keys. */
export interface SearchConditions {
  /** How texts are compared (RFC 5255 §4.2). */
  readonly collation: Collation
  /** The date that OLDER and YOUNGER look back from. */
  readonly now: UnixMillis
  /** The store knows when messages were saved; else INTERNALDATE stands in (RFC 8514 §4.3). */
  readonly savesDates: boolean
}

/**
 * Makes the test of a key. Facts that are missing leave it open only where they would matter: `or` is met by one side
 * alone. Chains of `and` and `or` are tested flat, cheap keys first.
 */
export function keyTest(key: SearchKey, messages: SearchMessages, conditions: SearchConditions): KeyTest {
  switch (key.key) {
    case 'all':
      return () => 'yes'
    case 'and':
      return every(chain(key, 'and').map((part) => keyTest(part, messages, conditions)))
    case 'or':
      return some(chain(key, 'or').map((part) => keyTest(part, messages, conditions)))
    case 'not': {
      const test = keyTest(key.of, messages, conditions)
      return (facts) => NEGATED[test(facts)]
    }
    case 'fuzzy':
      // What is close to it stands in its place by now; else only it itself is.
      return keyTest(key.of, messages, conditions)
    case 'set': {
      const spans = messages.spans(key.set, key.numbering)
      return ({ index }) => truth(isWithin(spans, index))
    }
    case 'flag':
      return ({ index }) => truth(((messages.systemFlags(index) & key.bit) !== 0) === key.isSet)
    case 'keyword':
      return ({ index }) => truth(messages.hasKeyword(index, key.name) === key.isSet)
    case 'recent':
      return ({ index }) => truth(messages.isRecent(index) === key.isSet)
    case 'larger':
      return columnTest(({ octets }) => octets > key.octets)
    case 'smaller':
      return columnTest(({ octets }) => octets < key.octets)
    case 'older':
    case 'younger':
      return withinTest(key, conditions.now)
    case 'modSeq':
      return columnTest(({ modSeq }) => modSeq >= key.modSeq)
    case 'emailId':
      return columnTest(({ emailId }) => emailId === key.id)
    case 'threadId':
      return columnTest(({ threadId }) => threadId === key.id)
    case 'filter':
      // Its criteria stand in its place by now.
      return () => 'no'
    case 'savesDates':
      return () => truth(conditions.savesDates)
    case 'date':
      return dateTest(key, conditions)
    case 'header':
      return headerTest(key, conditions.collation)
    case 'body':
    case 'text':
      return textTest(key)
    default:
      return key satisfies never
  }
}

const NEGATED: { readonly [T in Truth]: Truth } = { yes: 'no', no: 'yes', open: 'open' }

/** How dear the facts are that a key looks at: numbers and flags, columns, the digest, the message. */
export type Cost = 0 | 1 | 2 | 3

export function cost(key: SearchKey): Cost {
  switch (key.key) {
    case 'date':
      return key.of === 'sent' ? 2 : 1
    case 'header':
      return DIGEST_FIELDS.has(key.name) ? 2 : 3
    case 'body':
    case 'text':
      return 3
    default:
      return columnsOf(key).length > 0 ? 1 : 0
  }
}

/** The columns that a key of cost 1 looks at. */
export function columnsOf(key: SearchKey, savesDates = true): readonly FetchField[] {
  switch (key.key) {
    case 'larger':
    case 'smaller':
      return ['octets']
    case 'older':
    case 'younger':
      return ['internalDate']
    case 'date':
      if (key.of === 'sent') return []
      return key.of === 'saved' && savesDates ? ['saveDate'] : ['internalDate']
    case 'modSeq':
    case 'emailId':
    case 'threadId':
      return [key.key]
    default:
      return []
  }
}

/** The parts of a chain of one kind, cheap ones first. Iterative: a client may write a chain of a thousand ORs. */
function chain(key: SearchKey, kind: 'and' | 'or'): readonly SearchKey[] {
  const parts: SearchKey[] = []
  const open: SearchKey[] = [key]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.key !== kind) parts.push(next)
    else if (next.key === 'and') open.push(...[...next.keys].reverse())
    else if (next.key === 'or') open.push(next.right, next.left)
  }
  return parts.sort((one, other) => cost(one) - cost(other))
}

function every(tests: readonly KeyTest[]): KeyTest {
  return (facts) => {
    let result: Truth = 'yes'
    for (const test of tests) {
      const part = test(facts)
      if (part === 'no') return 'no'
      if (part === 'open') result = 'open'
    }
    return result
  }
}

function some(tests: readonly KeyTest[]): KeyTest {
  return (facts) => {
    let result: Truth = 'no'
    for (const test of tests) {
      const part = test(facts)
      if (part === 'yes') return 'yes'
      if (part === 'open') result = 'open'
    }
    return result
  }
}

function columnTest(isMet: (columns: Columns) => boolean): KeyTest {
  return ({ columns }) => (columns === null ? 'open' : truth(isMet(columns)))
}

/** RFC 5032 §2: to the second; a message that is exactly so old meets either. */
function withinTest(key: Extract<SearchKey, { readonly key: 'older' | 'younger' }>, now: UnixMillis): KeyTest {
  const target = Math.floor(now / 1000) - key.seconds
  return columnTest(({ internalDate }) => {
    const second = Math.floor(internalDate / 1000)
    return key.key === 'older' ? second <= target : second >= target
  })
}

/** RFC 3501 §6.4.4. A message without a readable Date field meets none of SENTBEFORE, SENTON and SENTSINCE. */
function dateTest(key: Extract<SearchKey, { readonly key: 'date' }>, { savesDates }: SearchConditions): KeyTest {
  const isSaved = key.of === 'saved' && savesDates
  if (key.of !== 'sent') {
    return columnTest(({ internalDate, saveDate }) => isOn(internalDay(isSaved ? saveDate : internalDate)))
  }
  return ({ header }) => {
    if (header === null) return 'open'
    const day = header.sentDay
    return truth(day !== null && isOn(day))
  }

  function isOn(day: number): boolean {
    if (key.is === 'before') return day < key.day
    return key.is === 'on' ? day === key.day : day >= key.day
  }
}

function headerTest(key: Extract<SearchKey, { readonly key: 'header' }>, { fold }: Collation): KeyTest {
  const wanted = fold(key.text)
  const isKept = DIGEST_FIELDS.has(key.name)
  return ({ header, text }) => {
    if (header === null) return 'open'
    if (isKept && header.isWhole) {
      for (const body of header.all(key.name)) if (fold(searchedText(key, body)).includes(wanted)) return 'yes'
      return 'no'
    }
    if (text?.found.has(key) === true) return 'yes'
    return text?.isHeaderRead === true ? 'no' : 'open'
  }
}

function textTest(key: Extract<SearchKey, { readonly key: 'body' | 'text' }>): KeyTest {
  if (key.text === '') return () => 'yes'
  return ({ text }) => {
    if (text?.found.has(key) === true) return 'yes'
    const isRead = text?.isBodyRead === true && (key.key === 'body' || text.isHeaderRead)
    return isRead ? 'no' : 'open'
  }
}

/** Binary search: the sets of clients that synchronise have thousands of spans. */
function isWithin(spans: readonly Span[], index: number): boolean {
  let low = 0
  let high = spans.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const span = spans[middle]
    if (span === undefined || index < span.from) high = middle - 1
    else if (index >= span.to) low = middle + 1
    else return true
  }
  return false
}

function truth(is: boolean): Truth {
  return is ? 'yes' : 'no'
}
