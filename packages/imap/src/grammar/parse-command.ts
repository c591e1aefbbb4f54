import type { ImapCommand, Parsed } from '../command.js'
import { append } from './append.js'
import { commandRule } from './commands.js'
import { type CommandText, Cursor, type GrammarOptions, Refusal } from './cursor.js'

const TAG = /[!#$&',-[\]-z|}~]+/y
const APPEND = /APPEND /iy

/** Octets of an unknown name that a reply repeats. */
const ECHOED_NAME = 32

/** What a line without a readable tag or name is answered (Dovecot's words). */
const UNREADABLE = 'Error in IMAP command received by server.'

/** A command that cannot be run. */
export type RefusedCommand = Exclude<Parsed, { readonly kind: 'command' }>

/** An APPEND whose message is still to come. */
export interface ParsedAppend {
  readonly kind: 'command'
  readonly tag: string
  readonly command: Extract<ImapCommand, { readonly name: 'APPEND' }>
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
    return { kind: 'command', tag, command }
  } catch (error) {
    return refused(error, tag, name, c.savesResult)
  }
}

/**
 * Reads a command whose last line announces a literal that has not come yet.
 *
 * @returns the APPEND whose message that literal is; a refusal, when the APPEND is already known to be wrong; `null` where
 *   the literal is an argument, to be read before the command can be.
 */
export function appendPrefix(text: CommandText, options: GrammarOptions): ParsedAppend | RefusedCommand | null {
  const c = new Cursor(text, options)
  const tag = readTag(c)
  if (tag === null || c.match(APPEND) === undefined) return null
  try {
    return { kind: 'command', tag, command: append(c) }
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'pendingLiteral') return null
    return refused(error, tag, 'APPEND')
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
