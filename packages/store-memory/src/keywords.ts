import type { FlagChange } from '@mailwright/core'

interface Use {
  readonly name: string
  count: number
}

const NONE: readonly string[] = []

/** The keywords in use in one mailbox: each in the spelling of its first use, for as long as any message carries it. */
export class Keywords {
  readonly #uses = new Map<string, Use>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether all of `names` can be used without passing the limit. */
  hasRoomFor(names: readonly string[]): boolean {
    const fresh = new Set(names.map(fold).filter((folded) => !this.#uses.has(folded)))
    return this.#uses.size + fresh.size <= this.#limit
  }

  /** Counts one use of each name, and answers them as this mailbox spells them, each once; names past the limit are left out. */
  take(names: readonly string[]): readonly string[] {
    if (names.length === 0) return NONE
    const taken: string[] = []
    for (const name of names) {
      const folded = fold(name)
      let use = this.#uses.get(folded)
      if (use === undefined) {
        if (this.#uses.size >= this.#limit) continue
        this.#uses.set(folded, (use = { name, count: 0 }))
      }
      if (taken.includes(use.name)) continue
      use.count++
      taken.push(use.name)
    }
    return taken
  }

  /** Takes back one use of each name that {@link take} answered. */
  release(names: readonly string[]): void {
    for (const name of names) {
      const folded = fold(name)
      const use = this.#uses.get(folded)
      if (use !== undefined && --use.count === 0) this.#uses.delete(folded)
    }
  }
}

/** What `before` becomes; names that are in both keep their spelling and come first. */
export function changedKeywords(
  before: readonly string[],
  mode: FlagChange['mode'],
  names: readonly string[],
): readonly string[] {
  if (names.length === 0) return mode === 'replace' ? NONE : before
  const named = new Map(names.map((name) => [fold(name), name]))
  const isNamed = (keyword: string): boolean => named.has(fold(keyword))
  if (mode === 'remove') return before.filter((keyword) => !isNamed(keyword))
  const kept = mode === 'add' ? before : before.filter(isNamed)
  for (const keyword of kept) named.delete(fold(keyword))
  return [...kept, ...named.values()]
}

/** Whether the two hold the same names, compared without case; neither repeats any. */
export function sameKeywords(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  const folded = new Set(one.map(fold))
  return other.every((keyword) => folded.has(fold(keyword)))
}

function fold(name: string): string {
  return name.toLowerCase()
}
