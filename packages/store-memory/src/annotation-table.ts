import type { AccountId, Annotation, AnnotationChange, MailStore, MetadataCalls } from '@mailwright/core'
import type { MemoryStoreLimits } from './limits.js'

type Depth = Parameters<MetadataCalls['metadata']>[0]['depth']
type Answer = Awaited<ReturnType<NonNullable<MailStore['setMetadata']>>>
type Refusal = Extract<Answer, { readonly kind: 'valueTooLong' | 'tooManyAnnotations' }>

/** The annotations of one mailbox, or of the server: those that everybody shares, and each account's own. */
export class AnnotationTable {
  readonly #limits: MemoryStoreLimits
  readonly #shared = new Map<string, Uint8Array>()
  readonly #private = new Map<AccountId, Map<string, Uint8Array>>()

  constructor(limits: MemoryStoreLimits) {
    this.#limits = limits
  }

  read(account: AccountId, entries: readonly string[], depth: Depth): Annotation[] {
    const wanted = new Set(entries)
    const found: Annotation[] = []
    for (const values of [this.#shared, this.#private.get(account) ?? []]) {
      for (const [entry, value] of values) if (isWanted(entry, wanted, depth)) found.push({ entry, value })
    }
    return found
  }

  /** Why the changes cannot be made; `null` where they can. */
  refusal(account: AccountId, changes: readonly AnnotationChange[]): Refusal | null {
    const limit = this.#limits.annotationOctets
    if (changes.some(({ value }) => (value?.length ?? 0) > limit)) return { kind: 'valueTooLong', limit }
    const counts = new Map<ReadonlyMap<string, Uint8Array>, number>()
    for (const { entry, value } of changes) {
      const values = this.#valuesOf(account, entry)
      const by = Number(value !== null) - Number(values.has(entry))
      counts.set(values, (counts.get(values) ?? values.size) + by)
    }
    const isFull = [...counts].some(([values, size]) => size > values.size && size > this.#limits.annotations)
    return isFull ? { kind: 'tooManyAnnotations' } : null
  }

  change(account: AccountId, changes: readonly AnnotationChange[]): void {
    for (const { entry, value } of changes) {
      const values = this.#valuesOf(account, entry)
      if (value === null) values.delete(entry)
      else values.set(entry, value.slice())
    }
  }

  #valuesOf(account: AccountId, entry: string): Map<string, Uint8Array> {
    if (entry.startsWith('/shared/')) return this.#shared
    let own = this.#private.get(account)
    if (own === undefined) this.#private.set(account, (own = new Map()))
    return own
  }
}

/** Whether `entry`, or a level above it within `depth`, is among the wanted. */
function isWanted(entry: string, wanted: ReadonlySet<string>, depth: Depth): boolean {
  let level = entry
  for (let up = 0; level !== '' && up <= (depth === 'infinity' ? Infinity : depth); up++) {
    if (wanted.has(level)) return true
    level = level.slice(0, level.lastIndexOf('/'))
  }
  return false
}
