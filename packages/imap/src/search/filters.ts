import { type AccountId, type Flow, latin1 } from '@mailwright/core'
import { store } from '../calls.js'
import { parseCriteria } from '../grammar/parse-command.js'
import { bad, no, type Reply } from '../reply.js'
import type { Session } from '../session.js'
import { mapKeys, type SearchKey, simpleKeys } from './search-key.js'

/** Filters within filters: as many as RFC 5466 §3.1 asks for, and no loop outlives them. */
const PASSES = 3

/** A command that searches. */
interface Searching {
  readonly charset: string | null
  readonly keys: SearchKey
}

/**
 * Puts the criteria of named filters in the place of FILTER keys (RFC 5466 §3.1), each as one key, as though in parentheses. The account's
 * own filter goes before a shared one of its name.
 *
 * @returns the command without FILTER keys, or the reply where it cannot be.
 */
export function* withFilters<C extends Searching>(session: Session, command: C): Flow<C | Reply> {
  const { state } = session
  let { keys } = command
  for (let pass = 0; ; pass++) {
    const names = filterNames(keys)
    const [first] = names
    if (first === undefined || !('identity' in state)) return keys === command.keys ? command : { ...command, keys }
    if (!isUtf8(command.charset)) return bad('Filters are UTF-8.', 'BADCHARSET (US-ASCII UTF-8)')
    if (pass === PASSES) return undefinedFilter(first)
    const values = yield* readFilters(state.identity.account, names)
    const criteria = new Map<string, SearchKey>()
    for (const name of names) {
      const value = values.get(name)
      const parsed = value === undefined ? null : parseCriteria(value, session.grammar)
      if (parsed === null) return undefinedFilter(name)
      criteria.set(name, parsed)
    }
    keys = substituted(keys, criteria)
    if (simpleKeys(keys).length > session.limits.searchKeys) return no('Too many search keys.', 'LIMIT')
  }
}

function filterNames(keys: SearchKey): readonly string[] {
  const names = simpleKeys(keys).flatMap((key) => (key.key === 'filter' ? [key.name] : []))
  return [...new Set(names)]
}

/** Values by name, one octet a character. Entry names compare without case (RFC 5464 §3.2). */
function* readFilters(account: AccountId, names: readonly string[]): Flow<ReadonlyMap<string, string>> {
  const entries = ROOTS.flatMap((root) => names.map((name) => root + name.toLowerCase()))
  const { found } = yield* store.call('metadata', { account, of: [null], entries, depth: 0 })
  const known = new Map(found[0]?.annotations.map(({ entry, value }) => [entry, latin1(value)]))
  const values = new Map<string, string>()
  for (const name of names) {
    const entry = ROOTS.map((root) => root + name.toLowerCase()).find((each) => known.has(each))
    if (entry !== undefined) values.set(name, known.get(entry) ?? '')
  }
  return values
}

const ROOTS = ['/private/filters/values/', '/shared/filters/values/'] as const

/** A filter's criteria may hold further filters: they are for the next pass. */
function substituted(key: SearchKey, criteria: ReadonlyMap<string, SearchKey>): SearchKey {
  return mapKeys(key, (simple) => (simple.key === 'filter' ? (criteria.get(simple.name) ?? simple) : simple))
}

function isUtf8(charset: string | null): boolean {
  return charset === null || charset === 'UTF-8' || charset === 'US-ASCII'
}

/** Whether it is not there, is no search criteria, or goes round (RFC 5466 §3.1). */
function undefinedFilter(name: string): Reply {
  return no('Unknown filter.', `UNDEFINED-FILTER ${name}`)
}
