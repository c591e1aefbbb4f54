import type { SearchSource } from '../command.js'
import { isPersonal } from '../mailbox-names.js'

/**
 * The sources of an ESEARCH, put so that looking for a name takes a time that its levels bound, however many sources there are
 * (RFC 7377 §2.2).
 */
export class SearchScope {
  readonly #kinds: ReadonlySet<SearchSource['kind']>
  readonly #foreign: readonly string[]
  readonly #mailboxes: ReadonlySet<string>
  readonly #subtrees: ReadonlySet<string>
  readonly #levels: ReadonlySet<string>

  /** @param foreign prefixes of the namespaces that are not personal. */
  constructor(sources: readonly SearchSource[], foreign: readonly string[]) {
    this.#kinds = new Set(sources.map(({ kind }) => kind))
    this.#foreign = foreign
    this.#mailboxes = namesOf(sources, 'mailboxes')
    this.#subtrees = namesOf(sources, 'subtree')
    this.#levels = namesOf(sources, 'subtreeOne')
  }

  /** The selected mailbox is one of those. */
  get hasSelected(): boolean {
    return this.#kinds.has('selected')
  }

  /** Whether the client wrote the name itself. */
  names(name: string): boolean {
    return this.#mailboxes.has(name) || this.#subtrees.has(name) || this.#levels.has(name)
  }

  /** Whether a mailbox belongs to it, named or not; the selected one aside. */
  has(name: string, isSubscribed: boolean): boolean {
    if (this.names(name) || (isSubscribed && this.#kinds.has('subscribed'))) return true
    if (this.#kinds.has('personal') && isPersonal(name, this.#foreign)) return true
    const end = name.lastIndexOf('/')
    return (end > 0 && this.#levels.has(name.slice(0, end))) || this.#isBelow(name)
  }

  #isBelow(name: string): boolean {
    if (this.#subtrees.size === 0) return false
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      if (this.#subtrees.has(name.slice(0, end))) return true
    }
    return false
  }
}

function namesOf(sources: readonly SearchSource[], kind: 'mailboxes' | 'subtree' | 'subtreeOne'): ReadonlySet<string> {
  return new Set(sources.flatMap((source) => (source.kind === kind ? [...source.names] : [])))
}
