import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Clock, HostError, type LookupAnswer, type LookupTables, type Millis } from '@mailwright/core'
import type { TableFunction } from '../driver/sql-table.js'
import { TABLE_LIMITS, type TableLimits } from '../tables/limits.js'
import type { ReadTable, Table, TableProblem } from '../tables/table.js'
import { FILE_KINDS, members, parseTableName, readInline } from '../tables/table-kinds.js'

export interface TableFilesOptions {
  readonly clock: Clock
  /** Relative paths are taken from here. Default: as the process has it. */
  readonly folder?: string
  /** Tables of the host's own, by the whole name under which rules know them: `sql:users`. */
  readonly functions?: { readonly [name: string]: TableFunction }
  /** Told, once for each version of a file, what is wrong with its lines. */
  readonly onProblem?: (path: string, problem: TableProblem) => void
  readonly limits?: Partial<TableLimits>
}

/** A file as it was last read. */
interface Loaded {
  readonly stamp: string
  readonly table: Table
}

interface File {
  checked: Millis
  state: Loaded | Away
  /** A change that was seen at the last look, and not read yet. */
  changed: string | null
  /** A look that is under way. */
  look: Promise<void> | null
}

type Away = Extract<LookupAnswer, { kind: 'tryAgain' }>

/**
 * Tables by their names, `kind:rest` as in Postfix: text files, read again when they change, `inline:`, `static:`, `unionmap:`, `pipemap:`, and functions.
 *
 * A file that cannot be read answers `tryAgain`, whatever was in it before: mail that depends on it waits. A file that changed is read once it is the
 * same at two looks: while somebody writes it half of it is there, and what was read before holds. @throws {HostError} (in the promise) for a name that
 * is none.
 */
export class TableFiles implements LookupTables {
  readonly #options: TableFilesOptions
  readonly #files = new Map<string, File>()
  readonly #fixed = new Map<string, Table>()

  readonly #limits: TableLimits

  constructor(options: TableFilesOptions) {
    this.#options = options
    this.#limits = { ...TABLE_LIMITS, ...options.limits }
  }

  lookup(args: { readonly table: string; readonly key: string }, signal: AbortSignal): Promise<LookupAnswer> {
    return this.#lookup(args.table, args.key, signal, 0)
  }

  async #lookup(name: string, key: string, signal: AbortSignal, depth: number): Promise<LookupAnswer> {
    signal.throwIfAborted()
    if (depth > this.#limits.depth) throw new HostError(`tables within tables without end: ${name}`)
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
        return this.#union(rest, key, signal, depth)
      case 'pipemap':
        return this.#pipe(rest, key, signal, depth)
      case 'fail':
        return { kind: 'tryAgain', reason: `${name} always fails` }
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
  async #union(rest: string, key: string, signal: AbortSignal, depth: number): Promise<LookupAnswer> {
    const values: string[] = []
    for (const table of membersOf(rest)) {
      const found = await this.#lookup(table, key, signal, depth + 1)
      if (found.kind === 'tryAgain') return found
      if (found.kind === 'found') values.push(found.value)
    }
    return answer(values.length === 0 ? undefined : values.join(','))
  }

  /** Each table is asked for what the one before answered. */
  async #pipe(rest: string, key: string, signal: AbortSignal, depth: number): Promise<LookupAnswer> {
    let found: LookupAnswer = { kind: 'found', value: key }
    for (const table of membersOf(rest)) {
      if (found.kind !== 'found') return found
      found = await this.#lookup(table, found.value, signal, depth + 1)
    }
    return found
  }

  /** The table of a file as it is now, or why there is none. */
  async #file(path: string, kind: string, read: (text: string) => ReadTable): Promise<Table | Away> {
    const full = resolve(this.#options.folder ?? '.', path)
    const id = `${kind}:${full}`
    let file = this.#files.get(id)
    if (file === undefined) {
      const state = { kind: 'tryAgain', reason: `${full} was not read` } as const
      this.#files.set(id, (file = { checked: Number.NEGATIVE_INFINITY, state, changed: null, look: null }))
    }
    const now = this.#options.clock.now()
    const known = file
    if (known.look === null && now - known.checked >= this.#limits.check) {
      known.checked = now
      known.look = this.#look(full, known, read).finally(() => {
        known.look = null
      })
    }
    if (known.look !== null) await known.look
    return 'kind' in known.state ? known.state : known.state.table
  }

  /** Never rejects. */
  async #look(path: string, file: File, read: (text: string) => ReadTable): Promise<void> {
    try {
      const handle = await open(path, 'r')
      try {
        const stamp = await stampOf(handle)
        const loaded = 'kind' in file.state ? undefined : file.state
        const isSettled = loaded === undefined || file.changed === stamp
        file.changed = stamp
        if (loaded?.stamp === stamp || !isSettled) return
        const text = await this.#read(handle)
        if ((await stampOf(handle)) !== stamp) {
          if (loaded === undefined) file.state = { kind: 'tryAgain', reason: `${path} is being written` }
          return
        }
        const { table, problems } = read(text)
        file.state = { stamp, table }
        for (const problem of problems) this.#options.onProblem?.(path, problem)
      } finally {
        await handle.close()
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      file.state = { kind: 'tryAgain', reason: `${path}: ${reason}` }
    }
  }

  async #read(handle: FileHandle): Promise<string> {
    const { size } = await handle.stat()
    if (size > this.#limits.fileOctets) throw new Error(`${size} octets are too many for a table in a file`)
    return await handle.readFile('utf8')
  }
}

/** The file was not changed as long as these are the same. */
async function stampOf(handle: FileHandle): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

function answer(value: string | undefined): LookupAnswer {
  return value === undefined ? { kind: 'notFound' } : { kind: 'found', value }
}

function membersOf(rest: string): readonly string[] {
  const inside = /^\{(.*)\}\s*$/s.exec(rest.trim())?.[1]
  if (inside === undefined) throw new HostError(`not a list of tables: ${rest}`)
  return members(inside)
}
