/** Every level above the names, themselves not included. */
export function levelsAbove(names: Iterable<string>): Set<string> {
  const levels = new Set<string>()
  for (const name of names) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) levels.add(name.slice(0, end))
  }
  return levels
}

/** INBOX first, then by name, each level before what is below it. */
export function inOrder(names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, key: name === 'INBOX' ? '' : name.replaceAll('/', '\u0000') }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return keyed.map(({ name }) => name)
}

/** How many names to match before others have their turn: the longer the patterns, the dearer each, also where none matches. */
export function namesPerTurn(patternLength: number): number {
  return Math.max(1, Math.floor(1_024 / Math.max(1, patternLength)))
}

/**
 * RFC 2342 §5: a namespace begins with its prefix, `Other Users/`; the level of that name is of it, too.
 *
 * @param foreign prefixes of the namespaces that are not personal.
 */
export function isPersonal(name: string, foreign: readonly string[]): boolean {
  return !foreign.some((prefix) => `${name}/`.startsWith(prefix))
}
