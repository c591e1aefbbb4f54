import type { FlagChange, FlagColumns, SystemFlags } from '@mailwright/core'

const BITS = 32

/** What a client reckons a STORE gives, to be held against what it gave. */
export interface ExpectedChange {
  /** Whether message `index`, which had `before`, has after the change exactly the flags of row `at`. */
  gives(before: SystemFlags, index: number, columns: FlagColumns, at: number): boolean
}

/**
 * The keywords of a session's messages, as bits over one table of names. Rows from a store come with tables of their own
 * and are translated. Names compare without case and keep their first spelling (RFC 9051 §2.3.2).
 */
export class KeywordTable {
  readonly #names: string[]
  readonly #bitOf = new Map<string, number>()
  #words: number
  #bits: Uint32Array
  #isShared = true
  #told: number
  /** The last foreign columns, and which bit here stands for each of their names; -1 until one is needed. */
  #foreign: { readonly columns: FlagColumns; readonly bits: Int32Array } | null = null
  /** One row, translated. */
  #row: Uint32Array

  constructor(columns: FlagColumns) {
    this.#names = [...columns.keywordNames]
    for (const [bit, name] of this.#names.entries()) this.#bitOf.set(name.toLowerCase(), bit)
    this.#words = columns.words
    this.#bits = columns.keywordBits
    this.#told = this.#names.length
    this.#row = new Uint32Array(this.#words)
  }

  /** Every keyword seen so far in this mailbox. */
  get names(): readonly string[] {
    return this.#names
  }

  /** Names have come that FLAGS did not list. */
  get hasUntold(): boolean {
    return this.#told < this.#names.length
  }

  markTold(): void {
    this.#told = this.#names.length
  }

  namesAt(index: number): string[] {
    const found: string[] = []
    for (let word = 0; word < this.#words; word++) {
      let rest = this.#bits[index * this.#words + word] ?? 0
      while (rest !== 0) {
        const name = this.#names[word * BITS + BITS - 1 - Math.clz32(rest & -rest)]
        if (name !== undefined) found.push(name)
        rest &= rest - 1
      }
    }
    return found
  }

  has(index: number, keyword: string): boolean {
    const bit = this.#bitOf.get(keyword.toLowerCase())
    if (bit === undefined) return false
    return (((this.#bits[index * this.#words + Math.floor(bit / BITS)] ?? 0) >>> (bit % BITS)) & 1) === 1
  }

  /** Whether message `index` has exactly the keywords of row `at`. */
  isSame(index: number, columns: FlagColumns, at: number): boolean {
    if (columns.words === 0 && this.#words === 0) return true
    this.#translate(columns, at)
    for (let word = 0; word < this.#words; word++) {
      if ((this.#bits[index * this.#words + word] ?? 0) !== this.#row[word]) return false
    }
    return true
  }

  /** Gives message `index` the keywords of row `at`. */
  set(index: number, columns: FlagColumns, at: number): void {
    if (columns.words === 0 && this.#words === 0) return
    this.#translate(columns, at)
    this.#own(index + 1)
    this.#bits.set(this.#row, index * this.#words)
  }

  /** Message `from` becomes message `to`. */
  move(from: number, to: number): void {
    if (this.#words === 0) return
    this.#own(from + 1)
    this.#bits.copyWithin(to * this.#words, from * this.#words, (from + 1) * this.#words)
  }

  change(change: FlagChange): ExpectedChange {
    const { mode, flags } = change
    const bits = flags.keywords.map((keyword) => this.#bitFor(keyword))
    return {
      gives: (before, index, columns, at) => {
        if (combine(mode, before, flags.system) !== columns.system[at]) return false
        this.#translate(columns, at)
        const mask = new Uint32Array(this.#words)
        for (const bit of bits) setBit(mask, bit)
        return mask.every((wanted, word) => {
          const had = this.#bits[index * this.#words + word] ?? 0
          return combine(mode, had, wanted) >>> 0 === this.#row[word]
        })
      },
    }
  }

  /** Fills `#row` with the keywords of row `at`, in this table's bits. */
  #translate(columns: FlagColumns, at: number): void {
    if (this.#foreign?.columns !== columns) {
      this.#foreign = { columns, bits: new Int32Array(columns.keywordNames.length).fill(-1) }
    }
    const { bits } = this.#foreign
    this.#row.fill(0)
    for (let word = 0; word < columns.words; word++) {
      let rest = columns.keywordBits[at * columns.words + word] ?? 0
      while (rest !== 0) {
        const from = word * BITS + BITS - 1 - Math.clz32(rest & -rest)
        rest &= rest - 1
        const name = columns.keywordNames[from]
        if (name === undefined) continue
        let to = bits[from] ?? -1
        if (to === -1) bits[from] = to = this.#bitFor(name)
        setBit(this.#row, to)
      }
    }
  }

  #bitFor(keyword: string): number {
    const folded = keyword.toLowerCase()
    const known = this.#bitOf.get(folded)
    if (known !== undefined) return known
    const bit = this.#names.push(keyword) - 1
    this.#bitOf.set(folded, bit)
    if (bit >= this.#words * BITS) this.#widen()
    return bit
  }

  /** One word more for every message. */
  #widen(): void {
    const before = this.#words
    const messages = before === 0 ? 0 : Math.floor(this.#bits.length / before)
    const wider = new Uint32Array(messages * (before + 1))
    for (let index = 0; index < messages; index++) {
      wider.set(this.#bits.subarray(index * before, (index + 1) * before), index * (before + 1))
    }
    this.#bits = wider
    this.#isShared = false
    this.#words = before + 1
    const row = new Uint32Array(this.#words)
    row.set(this.#row)
    this.#row = row
  }

  /** The bits become this session's own, with room for `messages`. */
  #own(messages: number): void {
    const needed = messages * this.#words
    if (!this.#isShared && needed <= this.#bits.length) return
    const own = new Uint32Array(Math.max(needed > this.#bits.length ? Math.ceil(needed * 1.5) : 0, this.#bits.length))
    own.set(this.#bits)
    this.#bits = own
    this.#isShared = false
  }
}

function setBit(words: Uint32Array, bit: number): void {
  const word = Math.floor(bit / BITS)
  words[word] = (words[word] ?? 0) | (1 << (bit % BITS))
}

function combine(mode: FlagChange['mode'], before: number, mask: number): number {
  switch (mode) {
    case 'add':
      return before | mask
    case 'remove':
      return before & ~mask
    case 'replace':
      return mask
    default:
      return mode satisfies never
  }
}
