import { foldKey } from '../tables/fold.js'
import { parseSqlQuery, type SqlParameters } from '../tables/sql-query.js'

/** A table of the host's own: SQL, LDAP, anything that answers. What it throws lets mail wait. */
export type TableFunction = (key: string, signal: AbortSignal) => Promise<string | undefined>

export interface SqlTableOptions {
  /** With `%s`, `%u`, `%d` where the key goes, as in `SELECT goto FROM alias WHERE address = '%s'`. Of each row the first column counts. */
  readonly query: string
  /** Asks the database. A key is always one of `parameters`, never in `text`. */
  readonly ask: (
    text: string,
    parameters: readonly string[],
    signal: AbortSignal,
  ) => Promise<readonly (readonly unknown[])[]>
  /** Default `numbered`: `$1`. */
  readonly parameters?: SqlParameters
  /** Only keys with one of these domains are asked for. Default: all keys. */
  readonly domains?: readonly string[]
}

/** Makes a table of a query. Values of several rows are joined with commas. */
export function sqlTable({ query, ask, parameters = 'numbered', domains }: SqlTableOptions): TableFunction {
  const parsed = parseSqlQuery(query, parameters)
  const only = domains === undefined ? undefined : new Set(domains.map((domain) => domain.toLowerCase()))
  return async (given, signal) => {
    const key = foldKey(given)
    const values = parsed.parametersOf(key)
    if (values === undefined) return undefined
    if (only !== undefined && !(key.includes('@') && only.has(key.slice(key.lastIndexOf('@') + 1)))) return undefined
    const rows = await ask(parsed.text, values, signal)
    const found = rows.map(([first]) => first).filter((first) => first !== null && first !== undefined && first !== '')
    return found.length === 0 ? undefined : found.map(String).join(',')
  }
}
