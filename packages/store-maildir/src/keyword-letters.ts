import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'
import type { StoreContext } from './context.js'
import { isSameStamp, readText, stampOf } from './disk.js'
import { editUnderLock } from './dotlock.js'
import type { Location } from './layout.js'

/** Keywords that fit into file names: `a` to `z`. */
const LETTERS = 26
const FIRST = 'a'.charCodeAt(0)

/**
 * Which letter of a file name stands for which keyword: the file `dovecot-keywords`, shared with Dovecot. Lines are
 * `<0 to 25> <keyword>`.
 */
export class KeywordLetters {
  readonly #context: StoreContext
  readonly #location: Location
  #stamp: BigIntStats | undefined
  #names = new Map<string, string>()
  #letters = new Map<string, string>()

  constructor(context: StoreContext, location: Location) {
    this.#context = context
    this.#location = location
  }

  nameOf(letter: string): string | undefined {
    return this.#names.get(letter)
  }

  letterOf(keyword: string): string | undefined {
    return this.#letters.get(keyword.toLowerCase())
  }

  /** Keywords that have a letter. */
  get all(): Iterable<string> {
    return this.#names.values()
  }

  /** Reads the file when it is another than before. Answers whether it was. */
  async refresh(): Promise<boolean> {
    const stamp = await stampOf(this.#path)
    if (isSameStamp(stamp, this.#stamp)) return false
    this.#stamp = stamp
    this.#take((await readText(this.#path)) ?? '')
    return true
  }

  /** Gives letters to those of `keywords` that have none, as long as there are any. Durable before it resolves. */
  async assign(keywords: Iterable<string>): Promise<void> {
    const isMissing = (keyword: string): boolean => this.letterOf(keyword) === undefined
    if (this.#names.size >= LETTERS || ![...keywords].some(isMissing)) return
    await editUnderLock(this.#context.disk, this.#path, this.#context.limits, (old = '') => {
      // Another program may have been here since we looked last.
      this.#take(old)
      let added = ''
      for (const keyword of keywords) {
        const index = this.#freeIndex()
        if (index === undefined || !isMissing(keyword)) continue
        this.#set(index, keyword)
        added += `${index} ${keyword}\n`
      }
      if (added === '') return undefined
      return old === '' || old.endsWith('\n') ? old + added : `${old}\n${added}`
    })
    this.#stamp = await stampOf(this.#path)
  }

  #take(content: string): void {
    this.#names = new Map()
    this.#letters = new Map()
    for (const line of content.split('\n')) {
      const found = /^(\d{1,2}) (\S+)$/.exec(line)
      const index = Number(found?.[1])
      const keyword = found?.[2]
      if (keyword !== undefined && index < LETTERS && this.letterOf(keyword) === undefined) this.#set(index, keyword)
    }
  }

  #set(index: number, keyword: string): void {
    const letter = String.fromCharCode(FIRST + index)
    this.#names.set(letter, keyword)
    this.#letters.set(keyword.toLowerCase(), letter)
  }

  #freeIndex(): number | undefined {
    for (let index = 0; index < LETTERS; index++) {
      if (!this.#names.has(String.fromCharCode(FIRST + index))) return index
    }
    return undefined
  }

  get #path(): string {
    return join(this.#location.folder, 'dovecot-keywords')
  }
}
