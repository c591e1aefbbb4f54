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
import type { Numbering, SearchKey } from '../command.js'
import { type HeaderKey, Inspection, type TextKey, type TextKeys } from './inspection.js'
import { cost, type KeyTest, keyTest, type SearchMessages, simpleKeys, type Truth } from './key-test.js'
import { HeaderFacts, type MessageFacts, type TextFacts } from './message-facts.js'
import { fold } from './text-finder.js'

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
 * Prepares a search.
 *
 * @returns `null` when a sequence number stands for no message (RFC 3501 §9, seq-number): answered BAD. Not so in an empty
 *   mailbox, where nothing is found: Android's Email and SMS Backup+ ask `UID SEARCH 1:*` without a look at EXISTS, and
 *   Dovecot answers that (6.4.4-search-empty.transcript).
 */
export function beginSearch(key: SearchKey, messages: SearchMessages): MessageSearch | null {
  if (messages.uids.length === 0) return new MessageSearch(key, messages)
  for (const simple of simpleKeys(key)) {
    if (simple.key === 'set' && messages.spans(simple.set, simple.numbering) === null) return null
  }
  return new MessageSearch(key, messages)
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
  readonly #test: KeyTest
  readonly #stages: readonly (readonly FetchField[])[]
  readonly #texts: TextKeys
  /** Every HEADER key, for digests that may have cut a field. */
  readonly #textsOfLongHeader: TextKeys
  readonly #verdicts: Uint8Array
  #stagesDone = 0

  constructor(key: SearchKey, messages: SearchMessages) {
    this.#messages = messages
    this.#test = keyTest(key, messages)
    const keys = simpleKeys(key)
    this.#stages = stagesFor(keys)
    this.#texts = textKeys(keys, 'needed')
    this.#textsOfLongHeader = textKeys(keys, 'all')
    this.#verdicts = new Uint8Array(messages.uids.length).fill(VERDICTS.open)
  }

  /** Messages to scan. */
  get length(): number {
    return this.#verdicts.length
  }

  /** Decides what numbers and flags decide, for messages `[from, to)` by place. */
  scan(from: number, to: number): void {
    for (let index = from; index < Math.min(to, this.length); index++) {
      this.#decide({ index, octets: null, internalDate: null, header: null, text: null })
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

  /** Takes a page of what `nextStage` asked for. Returns the messages to look into before the next page. */
  takePage(page: FetchPage): readonly OpenMessage[] {
    const left: OpenMessage[] = []
    for (const [at, uid] of page.uids.entries()) {
      const index = indexOfUid(this.#messages.uids, uid)
      if (index < 0 || this.#verdicts[index] !== VERDICTS.open) continue
      const digest = page.digests?.[at]
      const facts: MessageFacts = {
        index,
        octets: page.octets?.[at] ?? null,
        internalDate: page.internalDates?.[at] ?? null,
        header: digest === undefined ? null : new HeaderFacts(digest),
        text: null,
      }
      const isOpen = this.#decide(facts) === 'open'
      if (isOpen && digest !== undefined) left.push(this.#openMessage(asUid(uid), facts, digest))
    }
    return left
  }

  /** The messages that match, ascending: sequence numbers or UIDs. */
  results(numbering: Numbering): number[] {
    const results: number[] = []
    for (const [index, verdict] of this.#verdicts.entries()) {
      if (verdict === VERDICTS.yes) results.push(numbering === 'uid' ? (this.#messages.uids[index] ?? 0) : index + 1)
    }
    return results
  }

  #decide(facts: MessageFacts): Truth {
    const truth = this.#test(facts)
    this.#verdicts[facts.index] = VERDICTS[truth]
    return truth
  }

  #openMessage(uid: Uid, facts: MessageFacts, digest: MessageDigest): OpenMessage {
    const texts = facts.header?.isWhole === true ? this.#texts : this.#textsOfLongHeader
    const isDecided = (text: TextFacts) => this.#test({ ...facts, text }) !== 'open'
    const inspection = new Inspection(digest, texts, isDecided)
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

/** Which columns to ask for, one stage after the other. */
function stagesFor(keys: readonly SearchKey[]): readonly (readonly FetchField[])[] {
  const columns: FetchField[] = []
  if (keys.some(({ key }) => key === 'larger' || key === 'smaller')) columns.push('octets')
  if (keys.some((key) => key.key === 'date' && key.of === 'internal')) columns.push('internalDate')
  const stages: (readonly FetchField[])[] = columns.length === 0 ? [] : [columns]
  // Asked again for the few messages that are left: the test wants all facts together.
  if (keys.some((key) => cost(key) >= 2)) stages.push([...columns, 'digest'])
  return stages
}

function textKeys(keys: readonly SearchKey[], headers: 'needed' | 'all'): TextKeys {
  const header: [HeaderKey, string][] = []
  const content: [TextKey, string][] = []
  for (const key of keys) {
    if (key.key === 'header' && (headers === 'all' || cost(key) === 3)) header.push([key, fold(key.text)])
    if (key.key === 'body' || key.key === 'text') content.push([key, fold(key.text)])
  }
  return { header: new Map(header), content: new Map(content) }
}
