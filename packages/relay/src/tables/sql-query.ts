import { HostError } from '@mailwright/core'

/** How a database names parameters: `$1` (PostgreSQL) or `?` (MySQL, SQLite). */
export type SqlParameters = 'numbered' | 'question'

/** A query that is asked for keys, which only ever go as parameters. */
export interface SqlQuery {
  readonly text: string
  /** `undefined` for a key that lacks what the query wants, as a domain for `%d`: then there is nothing to ask for. */
  parametersOf(key: string): readonly string[] | undefined
}

/**
 * Reads a query as pgsql_table(5) and mysql_table(5) have it: `%s` is the key, `%u` its local part (all of it without an `@`), `%d` its domain,
 * `%1` … `%9` the domain's labels from the right, `%%` a per cent. `'%s'` in quotes and `%s` without are the same; within a longer quoted text it
 * is joined by `||`.
 */
export function parseSqlQuery(query: string, parameters: SqlParameters): SqlQuery {
  const wanted: string[] = []
  const place = (letter: string): string => {
    wanted.push(letter)
    return parameters === 'numbered' ? `$${wanted.length}` : '?'
  }
  const text = query.replace(
    /'((?:[^']|'')*)'|%(.)/gs,
    (whole, quoted: string | undefined, letter: string | undefined) => {
      if (quoted === undefined) return letter === '%' ? '%' : place(known(letter ?? '', query))
      const parts = quoted.split(/%(.)/s)
      if (parts.length === 1) return whole
      const joined: string[] = []
      let words = ''
      for (const [at, part] of parts.entries()) {
        if (at % 2 === 0) words += part
        else if (part === '%') words += '%'
        else {
          if (words !== '') joined.push(`'${words}'`)
          words = ''
          joined.push(place(known(part, query)))
        }
      }
      if (words !== '' || joined.length === 0) joined.push(`'${words}'`)
      return joined.length === 1 ? (joined[0] ?? '') : `(${joined.join(' || ')})`
    },
  )
  return {
    text,
    parametersOf(key) {
      const values: string[] = []
      for (const letter of wanted) {
        const value = partOf(key, letter)
        if (value === undefined || value === '') return undefined
        values.push(value)
      }
      return values
    },
  }
}

function known(letter: string, query: string): string {
  if (/^[sud1-9]$/.test(letter)) return letter
  throw new HostError(`%${letter} is nothing that a query can ask for: ${query}`)
}

function partOf(key: string, letter: string): string | undefined {
  const cut = key.lastIndexOf('@')
  switch (letter) {
    case 's':
      return key
    case 'u':
      return cut < 0 ? key : key.slice(0, cut)
    case 'd':
      return cut < 0 ? undefined : key.slice(cut + 1)
    default:
      return cut < 0
        ? undefined
        : key
            .slice(cut + 1)
            .split('.')
            .at(-Number(letter))
  }
}
