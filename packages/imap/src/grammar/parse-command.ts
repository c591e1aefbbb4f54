import type { AppendPlace, AppendText, ImapCommand, Parsed, Section } from '../command.js'
import type { SearchKey } from '../search/search-key.js'
import { append, messages, replace } from './append.js'
import { commandRule } from './commands.js'
import { type CommandText, Cursor, type GrammarOptions, Refusal } from './cursor.js'
import { decoder } from './search.js'
import { searchKeys } from './search-keys.js'
import { section } from './section.js'

const TAG = /[!#$&',-[\]-z|}~]+/y
const MESSAGE_COMMAND = /(?:APPEND|(?:UID )?REPLACE) /iy

/** Octets of an unknown name that a reply repeats. */
const ECHOED_NAME = 32

/** What a line without a readable tag or name is answered (Dovecot's words). */
const UNREADABLE = 'Error in IMAP command received by server.'

/** A command that cannot be run. */
export type RefusedCommand = Exclude<Parsed, { readonly kind: 'command' }>

/** An APPEND or REPLACE whose message is still to come. */
export interface ParsedAppend {
  readonly kind: 'command'
  readonly tag: string
  readonly command: Extract<ImapCommand, { readonly name: 'APPEND' | 'REPLACE' }>
}

/**
 *     command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
 *     tag     = 1*<any ASTRING-CHAR except "+">
 *
 * RFC 3501 §9. Reads a whole command, its literals at hand. Never throws, whatever the octets; reasons are fit to be sent.
 * Whether the session's state admits the command is not looked at.
 */
export function parseCommand(text: CommandText, options: GrammarOptions): Parsed {
  const c = new Cursor(text, options)
  const tag = readTag(c)
  if (tag === null) return { kind: 'bad', tag: '*', reason: UNREADABLE }
  let name = ''
  try {
    const found = commandRule(c)
    name = found.name
    const command = found.rule?.(c) ?? c.bad('Unknown command')
    c.end()
    return c.supplied.size === 0
      ? { kind: 'command', tag, command }
      : { kind: 'command', tag, command, supplied: c.supplied }
  } catch (error) {
    return refused(error, tag, name, c.savesResult)
  }
}

/**
 * Reads a command whose last line announces a literal that has not come yet.
 *
 * @returns the APPEND or REPLACE to whose messages that literal belongs; a refusal, when it is already known to be wrong; `null`
 *   where the literal is an argument, to be read before the command can be.
 */
export function appendPrefix(text: CommandText, options: GrammarOptions): ParsedAppend | RefusedCommand | null {
  const c = new Cursor(text, options)
  const tag = readTag(c)
  const name = tag === null ? undefined : c.match(MESSAGE_COMMAND)?.trimEnd().toUpperCase()
  if (tag === null || name === undefined) return null
  try {
    const command = name === 'APPEND' ? append(c) : replace(c, name === 'REPLACE' ? 'seq' : 'uid')
    return { kind: 'command', tag, command }
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'pendingLiteral') return null
    return refused(error, tag, name)
  }
}

/** Where the text of an APPEND or REPLACE is read on. */
export interface AppendContext {
  readonly name: string
  readonly place: AppendPlace
  readonly most: AppendText['most']
}

/** Reads the text of an APPEND on, see `grammar/append.ts`. `null` where its literal is an argument, still to be read; a refusal has no tag. */
export function parseAppendText(
  text: CommandText,
  options: GrammarOptions,
  { name, place, most }: AppendContext,
): AppendText | RefusedCommand | null {
  const c = new Cursor(text, options)
  try {
    return messages(c, place, most)
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'pendingLiteral') return null
    return refused(error, '*', name)
  }
}

/** Reads a section as a URL has it: what stands between the brackets of `BODY[]` (RFC 5092 §11, enc-section). `null` for what is none. */
export function parseSection(text: string, options: GrammarOptions): Section | null {
  const c = new Cursor({ lines: [`[${text}]`], literals: [] }, options)
  try {
    const read = section(c)
    c.end()
    return read.section
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return null
  }
}

/**
 *     search-criteria = search-key *(SP search-key)
 *
 * RFC 5466 §4, as a filter's value has it: in UTF-8, without literals.
 *
 * @returns `null` for anything else.
 */
export function parseCriteria(text: string, options: GrammarOptions): SearchKey | null {
  const c = new Cursor({ lines: [text], literals: [] }, options)
  try {
    const keys = searchKeys(c, decoder(c, 'UTF-8'))
    c.end()
    return keys
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** What a command that does not exist is answered, and one that is switched off. */
export function unknownCommand(tag: string, name: string): RefusedCommand {
  return { kind: 'bad', tag, reason: inCommand(name, 'Unknown command') }
}

/** `null`: there is no tag, or something else than a space follows it. */
function readTag(c: Cursor): string | null {
  const tag = c.match(TAG)
  return tag !== undefined && (c.skip(' ') || c.isAtEnd) ? tag : null
}

function refused(error: unknown, tag: string, name: string, emptiesResult = false): RefusedCommand {
  if (!(error instanceof Refusal)) throw error
  if (error.kind === 'no') {
    const refusal = { kind: 'no', tag, code: error.code, reason: error.reason } as const
    return emptiesResult ? { ...refusal, emptiesResult } : refusal
  }
  const reason = name === '' ? UNREADABLE : inCommand(name, error.reason)
  return error.code === '' ? { kind: 'bad', tag, reason } : { kind: 'bad', tag, code: error.code, reason }
}

function inCommand(name: string, reason: string): string {
  return `Error in IMAP command ${name.slice(0, ECHOED_NAME)}: ${reason}.`
}
