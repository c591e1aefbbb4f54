import {
  uid as asUid,
  type FetchField,
  type FetchPage,
  indexOfUid,
  type MessageDigest,
  type OctetRange,
  type Uid,
  type UidList,
} from '@mailwright/core'
import type { Collation } from './collation.js'
import { type HeaderKey, Inspection, type TextKey, type TextKeys } from './inspection.js'
import {
  columnsOf,
  cost,
  type KeyTest,
  keyTest,
  type SearchConditions,
  type SearchMessages,
  type Truth,
} from './key-test.js'
import { columnsAt, HeaderFacts, type MessageFacts, type TextFacts } from './message-facts.js'
import { type SearchKey, simpleKeys } from './search-key.js'

/** What to ask the store for next. */
export interface SearchStage {
  /** The messages that are not decided yet. */
  readonly uids: UidList
  readonly fields: readonly FetchField[]
}

/** A message that its columns do not decide. */
export interface OpenMessage {
  readonly uid: Uid
  /**
   * Looks into the message: yields the range of octets it wants and is resumed with exactly those (fewer when the message has
   * become shorter). When it returns, the message is decided. Give it up, and the message does not match.
   */
  inspect(): Generator<OctetRange, void, Uint8Array>
}

/**
 * One SEARCH over a session's messages, in stages from cheap to dear. Each asks only for messages that those before it left
 * open:
 *
 * 1. `scan`: numbers and flags, which the session holds.
 * 2. `nextStage` and `takePage`: sizes and dates, then digests, page by page.
 * 3. `inspect` of each message that a page with digests leaves open.
 *
 * The messages must keep their places while it runs: no EXPUNGE is told during SEARCH (RFC 3501 §7.4.1).
 */
export class MessageSearch {
  readonly #messages: SearchMessages
  readonly #collation: Collation
  readonly #test: KeyTest
  readonly #stages: readonly (readonly FetchField[])[]
  readonly #texts: TextKeys
  /** Every HEADER key, for digests that may have cut a field. */
  readonly #textsOfLongHeader: TextKeys
  readonly #verdicts: Uint8Array
  readonly #columns: readonly FetchField[]
  #stagesDone = 0
  /** Simple keys that each message is tested by, at most. */
  readonly keys: number

  constructor(key: SearchKey, messages: SearchMessages, conditions: SearchConditions) {
    this.#messages = messages
    this.#collation = conditions.collation
    this.#test = keyTest(key, messages, conditions)
    const keys = simpleKeys(key)
    this.keys = keys.length
    this.#columns = [...new Set(keys.flatMap((each) => columnsOf(each, conditions.savesDates)))]
    this.#stages = stagesFor(keys, this.#columns)
    this.#texts = textKeys(keys, 'needed', conditions.collation)
    this.#textsOfLongHeader = textKeys(keys, 'all', conditions.collation)
    this.#verdicts = new Uint8Array(messages.uids.length).fill(VERDICTS.open)
  }

  /** Messages to scan. */
  get length(): number {
    return this.#verdicts.length
  }

  /** Decides what numbers and flags decide, for messages `[from, to)` by place. */
  scan(from: number, to: number): void {
    for (let index = from; index < Math.min(to, this.length); index++) {
      this.#decide({ index, columns: null, header: null, text: null })
    }
  }

  /** What the store is to be asked for next, once every message was scanned; `null` when nothing is left to ask. */
  nextStage(): SearchStage | null {
    const fields = this.#stages[this.#stagesDone]
    if (fields === undefined) return null
    const uids = this.#messages.uids.filter((_, index) => this.#verdicts[index] === VERDICTS.open)
    if (uids.length === 0) return null
    this.#stagesDone += 1
    return { uids, fields }
  }

  /** Takes rows `[from, to)` of a page of what `nextStage` asked for. Returns the messages to look into before the next rows. */
  takePage(page: FetchPage, from = 0, to = page.uids.length): readonly OpenMessage[] {
    const left: OpenMessage[] = []
    for (let at = from; at < Math.min(to, page.uids.length); at++) {
      const uid = page.uids[at] ?? 0
      const index = indexOfUid(this.#messages.uids, uid)
      if (index < 0 || this.#verdicts[index] !== VERDICTS.open) continue
      const digest = page.digests?.[at]
      const facts: MessageFacts = {
        index,
        columns: columnsAt(page, at, this.#columns),
        header: digest === undefined ? null : new HeaderFacts(digest),
        text: null,
      }
      const isOpen = this.#decide(facts) === 'open'
      if (isOpen && digest !== undefined) left.push(this.#openMessage(asUid(uid), facts, digest))
    }
    return left
  }

  /** UIDs of the messages that match, ascending. */
  results(): UidList {
    return this.#messages.uids.filter((_, index) => this.#verdicts[index] === VERDICTS.yes)
  }

  #decide(facts: MessageFacts): Truth {
    const truth = this.#test(facts)
    this.#verdicts[facts.index] = VERDICTS[truth]
    return truth
  }

  #openMessage(uid: Uid, facts: MessageFacts, digest: MessageDigest): OpenMessage {
    const texts = facts.header?.isWhole === true ? this.#texts : this.#textsOfLongHeader
    const isDecided = (text: TextFacts) => this.#test({ ...facts, text }) !== 'open'
    const inspection = new Inspection(digest, texts, this.#collation, isDecided)
    const decide = () => this.#decide({ ...facts, text: inspection })
    return {
      uid,
      *inspect() {
        yield* inspection.run()
        decide()
      },
    }
  }
}

const VERDICTS: { readonly [T in Truth]: number } = { no: 0, yes: 1, open: 2 }

/** Which fields to ask for, one stage after the other. */
function stagesFor(keys: readonly SearchKey[], columns: readonly FetchField[]): readonly (readonly FetchField[])[] {
  const stages: (readonly FetchField[])[] = columns.length === 0 ? [] : [columns]
  // Asked again for the few messages that are left: the test wants all facts together.
  if (keys.some((key) => cost(key) >= 2)) stages.push([...columns, 'digest'])
  return stages
}

function textKeys(keys: readonly SearchKey[], headers: 'needed' | 'all', { fold }: Collation): TextKeys {
  const header: [HeaderKey, string][] = []
  const content: [TextKey, string][] = []
  for (const key of keys) {
    if (key.key === 'header' && (headers === 'all' || cost(key) === 3)) header.push([key, fold(key.text)])
    if (key.key === 'body' || key.key === 'text') content.push([key, fold(key.text)])
  }
  return { header: new Map(header), content: new Map(content) }
}
