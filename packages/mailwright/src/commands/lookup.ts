import { systemClock } from '@mailwright/core/node'
import { parseTableName } from '@mailwright/relay'
import { TableFiles } from '@mailwright/relay/node'
import { SetupError } from '../setup-error.js'
import { readAll } from './standard-input.js'

/** Exit code for a key that no table has, as postmap(1)'s. */
const NOT_FOUND_EXIT = 1

/** A table as a command line names it: the type may be left out, and is `hash` then, as in Postfix. */
export function tableOf(name: string): string {
  return parseTableName(name) === undefined ? `hash:${name}` : name
}

/**
 * Prints what tables say of a key: the first that has it answers. For the key `-`, keys are read from standard input, a line each, and those that
 * are found are printed with what stands between key and value.
 *
 * @throws {SetupError} for a table that there is not, or that cannot be read.
 */
export async function printAnswers(
  names: readonly string[],
  key: string,
  { command, separator = '\t' }: { readonly command: string; readonly separator?: string },
): Promise<void> {
  const tables = new TableFiles({
    clock: systemClock,
    onProblem: (path, { line, message }) => warn(command, path, line, message),
  })
  const keys = key === '-' ? (await readAll(process.stdin)).split('\n').filter((line) => line !== '') : [key]
  let found = 0
  for (const each of keys) {
    const value = await ask(tables, names, each)
    if (value === undefined) continue
    found++
    process.stdout.write(key === '-' ? `${each}${separator}${value}\n` : `${value}\n`)
  }
  if (found === 0) process.exitCode = NOT_FOUND_EXIT
}

/** Tells what is wrong with a line, in Postfix's form. */
export function warn(command: string, path: string, line: number, message: string): void {
  process.stderr.write(`${command}: warning: ${path}, line ${line}: ${message}\n`)
}

async function ask(tables: TableFiles, names: readonly string[], key: string): Promise<string | undefined> {
  for (const table of names) {
    const answer = await tables.lookup({ table, key }, new AbortController().signal)
    if (answer.kind === 'tryAgain') throw new SetupError(`${table}: ${answer.reason}`)
    if (answer.kind === 'found') return answer.value
  }
  return undefined
}

/** `mailwright lookup MAP KEY`. */
export function lookup(table: string, key: string, form: 'table' | 'aliases'): Promise<void> {
  return printAnswers([form === 'aliases' ? aliasesOf(table) : tableOf(table)], key, { command: 'mailwright' })
}

/** The same file, read as aliases. */
export function aliasesOf(name: string): string {
  const { rest } = parseTableName(name) ?? { rest: name }
  return `aliases:${rest}`
}
