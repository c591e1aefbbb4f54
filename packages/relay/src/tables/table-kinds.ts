import { readAliasTable } from './alias-table.js'
import { readCidrTable } from './cidr-table.js'
import { foldKey } from './fold.js'
import { logicalLines } from './logical-lines.js'
import { readPatternTable } from './pattern-table.js'
import type { ReadTable } from './table.js'
import { readTextTable, tableOf } from './text-table.js'

/**
 * Kinds of tables that are read from a text file. Postfix's indexed kinds (`hash`, `btree`, `lmdb`, `cdb`, `dbm`) are read from the text
 * that they are made of, so nothing has to be rebuilt. `aliases` is the form of alias files, whatever their kind is called in Postfix.
 */
export const FILE_KINDS: { readonly [kind: string]: (text: string) => ReadTable } = {
  hash: readTextTable,
  btree: readTextTable,
  lmdb: readTextTable,
  cdb: readTextTable,
  dbm: readTextTable,
  texthash: readTextTable,
  aliases: readAliasTable,
  cidr: readCidrTable,
  regexp: (text) => readPatternTable(text, 'regexp'),
  pcre: (text) => readPatternTable(text, 'pcre'),
  include: readInclude,
}

/** A list of destinations, as `:include:` has it: members in lines, separated by commas as well; one key, the empty one. aliases(5). */
function readInclude(text: string): ReadTable {
  const list = logicalLines(text)
    .map((each) => each.text.trim())
    .join(', ')
  return { table: { lookup: (key) => (key === '' ? list : undefined) }, problems: [] }
}

/** How a table is named: its kind, and a path or what the kind makes of the rest. */
export interface TableName {
  readonly kind: string
  readonly rest: string
}

/**
 *     name = [ "proxy:" ] kind ":" rest
 *
 * DATABASE_README. @returns `undefined` for what is none.
 */
export function parseTableName(name: string): TableName | undefined {
  const [, kind, rest] = /^(?:proxy:)?([a-z][\w-]*):(.*)$/s.exec(name.trim()) ?? []
  return kind === undefined || rest === undefined ? undefined : { kind, rest }
}

/** Whether a table tries patterns on its keys: then it is asked for whole addresses and names only, never for their parts. */
export function isPatternTable(name: string): boolean {
  return /^(?:proxy:)?(?:(?:unionmap|pipemap):\s*\{.*\b)?(?:regexp|pcre|cidr):/s.test(name.trim())
}

/** The same file as a table of aliases: `hash:/etc/aliases` is read by aliases(5) where aliases are looked for, as postalias(1) would build it. */
export function aliasTableName(name: string): string {
  return name.replace(/^(?:proxy:)?(?:hash|btree|lmdb|cdb|dbm):/, 'aliases:')
}

/** `inline:{ key=value, { key = text with white space } }`. @returns `undefined` for what is none. */
export function readInline(rest: string): ReadTable | undefined {
  const inside = /^\{(.*)\}\s*$/s.exec(rest.trim())?.[1]
  if (inside === undefined) return undefined
  const entries = new Map<string, string>()
  for (const member of members(inside)) {
    const [, key, value] = /^([^=]*?)\s*=\s*(.*)$/s.exec(member) ?? []
    if (key === undefined || value === undefined || key === '') return undefined
    if (!entries.has(foldKey(key))) entries.set(foldKey(key), value)
  }
  return { table: tableOf(entries), problems: [] }
}

/** The members of `{ a, { b c }, d }`: separated by commas and white space, braces keep what is inside. */
export function members(inside: string): readonly string[] {
  const found: string[] = []
  let at = 0
  while (at < inside.length) {
    const character = inside.charAt(at)
    if (/[\s,]/.test(character)) {
      at++
    } else if (character === '{') {
      const end = closing(inside, at)
      found.push(inside.slice(at + 1, end).trim())
      at = end + 1
    } else {
      let end = at
      while (end < inside.length && !/[\s,]/.test(inside.charAt(end))) {
        end = inside.charAt(end) === '{' ? closing(inside, end) + 1 : end + 1
      }
      found.push(inside.slice(at, end))
      at = end
    }
  }
  return found
}

function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text.charAt(at) === '{') depth++
    else if (text.charAt(at) === '}' && --depth === 0) return at
  }
  return text.length
}
