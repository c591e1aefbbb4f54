import { breathe, type Flow, type MailboxEntry, type MailboxList } from '@mailwright/core'
import type { ListCommand, ListSelection } from './command.js'
import { inOrder, levelsAbove, namesPerTurn } from './mailbox-names.js'
import { joinReference, mailboxPattern } from './mailbox-pattern.js'

/** One name that LIST tells. */
export interface ListRow {
  readonly name: string
  /** `undefined`: no mailbox has the name; it is a level above others, or only subscribed. */
  readonly entry: MailboxEntry | undefined
  /** False: told because of what is below it. */
  readonly isSelected: boolean
  readonly isSubscribed: boolean
  readonly hasChildren: boolean
  /** The criteria that something below it meets (RFC 5258 §3.5); empty unless RECURSIVEMATCH asked for it. */
  readonly childInfo: readonly string[]
}

/** Whether levels that are no mailbox are told where everything below them is told as well. */
export type Levels = 'all' | 'needed'

/** The criteria among the options, as CHILDINFO names them. */
const CRITERIA: { readonly [Option in ListSelection]?: string } = {
  subscribed: 'SUBSCRIBED',
  specialUse: 'SPECIAL-USE',
}

/**
 * Which names LIST tells, in order: those that match a pattern and meet every criterion, and those that have something below
 * them that meets the criteria and matches none (RFC 5258 §3.3, rule 2). Names are told for what is below them where
 * RECURSIVEMATCH asks for it, and where there are no criteria at all: so a client that lists level by level finds a mailbox
 * whose parent is none (§5, example 11).
 */
export function* selectNames(
  { mailboxes, subscribedOnly }: MailboxList,
  { reference, patterns, select }: ListCommand,
  levels: Levels,
): Flow<readonly ListRow[]> {
  const joined = patterns.filter((pattern) => pattern !== '').map((pattern) => joinReference(reference, pattern))
  const tests = joined.map(mailboxPattern)
  const matches = (name: string): boolean => tests.some((test) => test(name))
  const perTurn = namesPerTurn(joined.reduce((sum, { length }) => sum + length, 0))
  const criteria = select.flatMap((option) => CRITERIA[option] ?? [])
  const known = new Map<string, MailboxEntry>(mailboxes.map((entry) => [entry.name, entry]))
  const subscribed = new Set<string>(subscribedOnly)
  for (const { name, isSubscribed } of mailboxes) if (isSubscribed) subscribed.add(name)
  const meets = (name: string): boolean => {
    if (select.includes('subscribed') && !subscribed.has(name)) return false
    if (select.includes('specialUse') && (known.get(name)?.specialUse.length ?? 0) === 0) return false
    return criteria.length > 0 || known.has(name)
  }
  const parents = levelsAbove(known.keys())
  const candidates = new Set<string>([...known.keys(), ...(select.includes('subscribed') ? subscribedOnly : [])])
  const matched = new Set<string>()
  const met: string[] = []
  const below: string[] = []
  let at = 0
  for (const name of candidates) {
    if (at++ % perTurn === 0) yield* breathe()
    const isMatch = matches(name)
    if (isMatch) matched.add(name)
    if (!meets(name)) continue
    met.push(name)
    if (!isMatch || levels === 'all') below.push(name)
  }
  const tellsLevels = criteria.length === 0 || select.includes('recursive')
  const above = tellsLevels ? levelsAbove(below) : new Set<string>()
  for (const level of above) {
    if (candidates.has(level)) continue
    if (at++ % perTurn === 0) yield* breathe()
    if (matches(level)) matched.add(level)
  }
  const childMet = select.includes('recursive') ? levelsAbove(met) : new Set<string>()
  return inOrder([...matched]).flatMap((name) => {
    const isSelected = meets(name)
    if (!isSelected && !above.has(name)) return []
    const childInfo = childMet.has(name) ? criteria : []
    const entry = known.get(name)
    return [{ name, entry, isSelected, isSubscribed: subscribed.has(name), hasChildren: parents.has(name), childInfo }]
  })
}
