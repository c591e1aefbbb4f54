import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Clock, HostError, type LookupAnswer, type LookupTables, type Millis } from '@mailwright/core'
import type { ReadTable, Table, TableProblem } from '../tables/table.js'
import { FILE_KINDS, members, parseTableName, readInline } from '../tables/table-kinds.js'

/** A table of the host's own: SQL, LDAP, anything that answers. */
export type TableFunction = (key: string, signal: AbortSignal) => Promise<string | undefined>

export interface TableFilesOptions {
  readonly clock: Clock
  /** Relative paths are taken from here. Default: as the process has it. */
  readonly folder?: string
  /** Tables of the host's own, by the whole name under which rules know them: `sql:users`. */
  readonly functions?: { readonly [name: string]: TableFunction }
  /** Told, once for each version of a file, what is wrong with its lines. */
  readonly onProblem?: (path: string, problem: TableProblem) => void
  /** How long a file is believed to be as it was. Default 1 s: a change counts within a second, and costs nothing in between. */
  readonly checkEvery?: Millis
}

interface Loaded {
  readonly stamp: string
  readonly table: Table
}

interface File {
  checked: Millis
  loaded: Loaded | null
}

/**
 * Tables by their names, `kind:rest` as in Postfix: text files, read again when they change, `inline:`, `static:`, `unionmap:`, `pipemap:`, and functions.
 *
 * A file that cannot be read answers `tryAgain`: mail that depends on it waits. @throws {HostError} (in the promise) for a name that is none.
 */
export class TableFiles implements LookupTables {
  readonly #options: TableFilesOptions
  readonly #files = new Map<string, File>()
  readonly #fixed = new Map<string, Table>()

  constructor(options: TableFilesOptions) {
    this.#options = options
  }

  async lookup(
    { table: name, key }: { readonly table: string; readonly key: string },
    signal: AbortSignal,
  ): Promise<LookupAnswer> {
    signal.throwIfAborted()
    const own = this.#options.functions?.[name]
    if (own !== undefined) return this.#ask(own, key, signal)
    const parsed = parseTableName(name)
    if (parsed === undefined) throw new HostError(`not the name of a table: ${name}`)
    const { kind, rest } = parsed
    const read = FILE_KINDS[kind]
    if (read !== undefined) {
      const table = await this.#file(rest, kind, read)
      return 'kind' in table ? table : answer(table.lookup(key))
    }
    switch (kind) {
      case 'static':
        return { kind: 'found', value: /^\{(.*)\}$/s.exec(rest.trim())?.[1]?.trim() ?? rest }
      case 'inline':
        return answer(this.#inline(name, rest).lookup(key))
      case 'unionmap':
        return this.#union(rest, key, signal)
      case 'pipemap':
        return this.#pipe(rest, key, signal)
      default:
        throw new HostError(`there is no kind of table "${kind}" (${name})`)
    }
  }

  async #ask(own: TableFunction, key: string, signal: AbortSignal): Promise<LookupAnswer> {
    try {
      return answer(await own(key, signal))
    } catch (error) {
      signal.throwIfAborted()
      return { kind: 'tryAgain', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  #inline(name: string, rest: string): Table {
    const known = this.#fixed.get(name)
    if (known !== undefined) return known
    const table = readInline(rest)?.table
    if (table === undefined) throw new HostError(`not an inline table: ${name}`)
    this.#fixed.set(name, table)
    return table
  }

  /** Every table's answer, in a list. */
  async #union(rest: string, key: string, signal: AbortSignal): Promise<LookupAnswer> {
    const values: string[] = []
    for (const table of membersOf(rest)) {
      const found = await this.lookup({ table, key }, signal)
      if (found.kind === 'tryAgain') return found
      if (found.kind === 'found') values.push(found.value)
    }
    return answer(values.length === 0 ? undefined : values.join(','))
  }

  /** Each table is asked for what the one before answered. */
  async #pipe(rest: string, key: string, signal: AbortSignal): Promise<LookupAnswer> {
    let found: LookupAnswer = { kind: 'found', value: key }
    for (const table of membersOf(rest)) {
      if (found.kind !== 'found') return found
      found = await this.lookup({ table, key: found.value }, signal)
    }
    return found
  }

  /** The table of a file as it is now, or why there is none. */
  async #file(
    path: string,
    kind: string,
    read: (text: string) => ReadTable,
  ): Promise<Table | Extract<LookupAnswer, { kind: 'tryAgain' }>> {
    const full = resolve(this.#options.folder ?? '.', path)
    const id = `${kind}:${full}`
    let file = this.#files.get(id)
    if (file === undefined) this.#files.set(id, (file = { checked: Number.NEGATIVE_INFINITY, loaded: null }))
    const now = this.#options.clock.now()
    if (file.loaded !== null && now - file.checked < (this.#options.checkEvery ?? 1_000)) return file.loaded.table
    const known = file
    try {
      const stamp = await stampOf(full)
      if (known.loaded?.stamp !== stamp) known.loaded = await this.#load(full, stamp, read)
      known.checked = now
      return known.loaded.table
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return { kind: 'tryAgain', reason: `open ${full}: ${reason}` }
    }
  }

  async #load(path: string, stamp: string, read: (text: string) => ReadTable): Promise<Loaded> {
    const { table, problems } = read(await readFile(path, 'utf8'))
    for (const problem of problems) this.#options.onProblem?.(path, problem)
    return { stamp, table }
  }
}

/** The file was not changed as long as these are the same. */
async function stampOf(path: string): Promise<string> {
  const { mtimeNs, size, ino } = await stat(path, { bigint: true })
  return `${mtimeNs} ${size} ${ino}`
}

function answer(value: string | undefined): LookupAnswer {
  return value === undefined ? { kind: 'notFound' } : { kind: 'found', value }
}

function membersOf(rest: string): readonly string[] {
  const inside = /^\{(.*)\}\s*$/s.exec(rest.trim())?.[1]
  if (inside === undefined) throw new HostError(`not a list of tables: ${rest}`)
  return members(inside)
}
