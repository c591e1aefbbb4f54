import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { FILE_KINDS, parseTableName, type ReadTable } from '@mailwright/relay'
import { SetupError, systemCode } from '../setup-error.js'
import { aliasesOf, printAnswers, tableOf, warn } from './lookup.js'

/** `postmap`: asks tables (`-q`), prints them (`-s`), or looks whether their texts are right; there is nothing to make of them. */
export function postmap(_: string, args: readonly string[]): Promise<void> {
  return tables('postmap', args, tableOf, '\t')
}

/** `postalias`: the same for alias files. */
export function postalias(_: string, args: readonly string[]): Promise<void> {
  return tables('postalias', args, aliasesOf, ':\t')
}

async function tables(
  command: string,
  args: readonly string[],
  nameOf: (name: string) => string,
  separator: string,
): Promise<void> {
  const { query, isListed, files } = optionsOf(command, args)
  const names = files.map(nameOf)
  if (query !== undefined) return await printAnswers(names, query, { command, separator })
  for (const name of names) {
    const { table, problems, path } = await readTable(name)
    for (const { line, message } of problems) warn(command, path, line, message)
    if (!isListed) continue
    if (table.entries === undefined) throw new SetupError(`${name}: a table of patterns has no keys to print`)
    for (const [key, value] of table.entries()) process.stdout.write(`${key}${separator}${value}\n`)
  }
}

/**
 * The options of postmap(1) that say something here. `-w`, `-o`, `-p`, `-N`, `-n`, `-u`, `-U`, `-v` and `-c` are about databases that are not made; what would change
 * one (`-d`, `-i`, `-r`) is refused: the text is the table.
 */
function optionsOf(
  command: string,
  args: readonly string[],
): { readonly query: string | undefined; readonly isListed: boolean; readonly files: readonly string[] } {
  const flag = { type: 'boolean' } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        query: { type: 'string', short: 'q' },
        list: { type: 'boolean', short: 's' },
        config: { type: 'string', short: 'c' },
        overwrite: { ...flag, short: 'w' },
        noRelease: { ...flag, short: 'o' },
        noPermissions: { ...flag, short: 'p' },
        withNull: { ...flag, short: 'N' },
        withoutNull: { ...flag, short: 'n' },
        withoutUtf8: { ...flag, short: 'u' },
        noUtf8: { ...flag, short: 'U' },
        verbose: { ...flag, short: 'v' },
      },
    })
    if (positionals.length > 0) {
      return { query: values.query, isListed: values.list === true, files: positionals }
    }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
  }
  throw new SetupError(
    `usage: ${command} [-q key | -s] [type:]file …; tables are read from their texts: change those, and there is nothing to make`,
  )
}

/** Reads the text of a table. @throws {SetupError} when it is not in a file, or that cannot be read. */
export async function readTable(name: string): Promise<ReadTable & { readonly path: string }> {
  const { kind, rest: path } = parseTableName(name) ?? { kind: '', rest: '' }
  const read = Object.hasOwn(FILE_KINDS, kind) ? FILE_KINDS[kind] : undefined
  if (read === undefined) throw new SetupError(`${name}: this is not a table in a text file`)
  try {
    return { ...read(await readFile(path, 'utf8')), path }
  } catch (cause) {
    throw new SetupError(`${path} cannot be read (${systemCode(cause)})`, { cause })
  }
}
