import { discardOctets, type Flow, type LineInput, type Octets, readLine, readOctets } from '@mailwright/core'
import type { CommandName, LiteralAnnouncement, Parsed } from './command.js'
import { COMMANDS, type CommandRow } from './command-table.js'
import type { CommandText } from './grammar/cursor.js'
import { announcement } from './grammar/literal.js'
import { appendPrefix, parseCommand, type RefusedCommand, unknownCommand } from './grammar/parse-command.js'
import { type Reply, refusedReply } from './reply.js'
import type { Session } from './session.js'
import { ADMITS, refusal } from './states.js'

type Line = Exclude<LineInput, { readonly kind: 'push' }>

const TAG_AND_NAME = /^([!#$&',-[\]-z|}~]+) ((?:UID )?)([A-Z]+)(?: |$)/i

/** Octets of the largest non-synchronizing literal under `LITERAL-` (RFC 7888 §5). */
const LITERAL_MINUS: Octets = 4_096

/**
 * Reads a command from its first line to its last: lines go on behind each literal. Literals are announced, so what may not
 * come is refused before it does; where the client does not wait for leave (RFC 7888 §4) it is consumed by count and never
 * taken for commands.
 *
 * @returns the command, or its refusal with everything consumed. An APPEND comes back with its message still to be read.
 */
export function* readCommand(session: Session, first: Line): Flow<Parsed> {
  const { limits } = session
  const lines: string[] = []
  const literals: Uint8Array[] = []
  let octets = 0
  let literalOctets = 0
  for (let line = first; ; ) {
    if (line.kind === 'overlong') {
      yield* skipLiterals(session, line.tail)
      // RFC 9051 §7.1.3 gives this very case as its example.
      return { kind: 'bad', tag: tagOf(lines[0]), reason: 'Command line too long.' }
    }
    if (lines.length === 0) {
      const unknown = switchedOff(session, line.text)
      if (unknown !== null) {
        yield* skipLiterals(session, line.text)
        return unknown
      }
    }
    lines.push(line.text)
    octets += line.text.length
    const text: CommandText = { lines, literals }
    const announced = announcement(line.text)
    if (announced === null) return parseCommand(text, session.grammar)
    const ahead =
      announced === 'tooGreat' ? tooBig(session, lines[0]) : lookAhead(session, text, announced, literalOctets)
    if (ahead?.kind === 'command') return ahead
    if (ahead !== null || announced === 'tooGreat') {
      yield* skipAnnounced(session, announced, line.text)
      return ahead ?? tooBig(session, lines[0])
    }
    if (!announced.isNonSync) session.wire.write('+ OK\r\n')
    literals.push(yield* readOctets(announced.octets))
    literalOctets += announced.octets
    line = yield* readLine(Math.max(0, limits.line - octets))
  }
}

/** Consumes the literals that a refused command's line announces, see {@link skipAnnounced}. */
export function* skipLiterals(session: Session, line: string): Flow<void> {
  const announced = announcement(line)
  if (announced !== null) yield* skipAnnounced(session, announced, line)
}

/**
 * Consumes what a refused command still announces. A literal the client waits to send will not come; one it does not
 * wait with is counted out, and the line behind it may announce another.
 *
 * @param line the line that announced, or its end.
 */
export function* skipAnnounced(session: Session, announced: LiteralAnnouncement | 'tooGreat', line = ''): Flow<void> {
  for (let next: LiteralAnnouncement | 'tooGreat' | null = announced; next !== null; next = announcement(line)) {
    if (next === 'tooGreat') {
      // A number past 32 bits: nobody sends that much, and what follows cannot be told from commands.
      if (line.endsWith('+}')) byeTooBig(session)
      return
    }
    if (!next.isNonSync) return
    if (session.state.name === 'notAuthenticated' && next.octets > session.limits.literalOctets) {
      // RFC 7888 §4, the second choice: a stranger is not read for as long as it pleases.
      byeTooBig(session)
      return
    }
    yield* discardOctets(next.octets)
    const input = yield* readLine(session.limits.line)
    line = input.kind === 'overlong' ? input.tail : input.text
  }
}

/** RFC 7888 §5: an untagged BYE with TOOBIG. */
function byeTooBig(session: Session): void {
  session.untagged('BYE [TOOBIG] Literal too large.')
  session.loggedOut('refused')
}

/**
 * Looks at a command whose next literal has not come: whether it may come. Also finds the APPEND whose message it is,
 * which is not read here.
 */
function lookAhead(
  session: Session,
  text: CommandText,
  announced: LiteralAnnouncement,
  literalOctets: number,
): Parsed | null {
  const [first = ''] = text.lines
  const notNow = notAdmitted(session, first)
  if (notNow !== null) return notNow
  const notSync = announced.isNonSync ? nonSyncRefusal(session, first, announced.octets) : null
  if (notSync !== null) return notSync
  const append = appendPrefix(text, session.grammar)
  if (append !== null) return append
  return argumentRefusal(session, first, announced, { count: text.literals.length, octets: literalOctets })
}

/** Literals of a command that were arguments. */
export interface Arguments {
  readonly count: number
  readonly octets: Octets
}

/**
 * Why a literal in the middle of an APPEND may not come; `null` where it may.
 *
 * @param before where it is an argument: those before it. `null`: it belongs to a message, whose size is the store's matter.
 */
export function literalRefusal(
  session: Session,
  announced: LiteralAnnouncement,
  before: Arguments | null,
): Reply | null {
  const notSync = announced.isNonSync ? nonSyncRefusal(session, '', announced.octets) : null
  const refused = notSync ?? (before === null ? null : argumentRefusal(session, '', announced, before))
  return refused === null ? null : refusedReply(refused)
}

function argumentRefusal(
  session: Session,
  line: string,
  { octets }: LiteralAnnouncement,
  before: Arguments,
): RefusedCommand | null {
  const { limits } = session
  if (octets > limits.literal || before.octets + octets > limits.literalOctets) return tooBig(session, line)
  return before.count < limits.literals ? null : { kind: 'bad', tag: tagOf(line), reason: 'Too many literals.' }
}

/** RFC 7888 §5: `LITERAL-` bounds a literal that the client does not wait with; without either extension there is none. */
function nonSyncRefusal(session: Session, line: string, octets: Octets): RefusedCommand | null {
  if (session.offers('LITERAL+')) return null
  const tag = tagOf(line)
  if (!session.offers('LITERAL-')) return { kind: 'bad', tag, reason: 'Non-synchronizing literals are not supported.' }
  if (octets <= LITERAL_MINUS) return null
  return { kind: 'bad', tag, code: 'TOOBIG', reason: 'Non-synchronizing literal too large.' }
}

/** A command of an extension that is not offered is no command, whatever its arguments. */
function switchedOff(session: Session, line: string): RefusedCommand | null {
  const [, tag = '*', uid = '', name = ''] = TAG_AND_NAME.exec(line) ?? []
  const capability = rowOf(name.toUpperCase())?.capability
  if (capability === undefined) return null
  if ([capability].flat().some((name) => session.offers(name))) return null
  return unknownCommand(tag, `${uid}${name}`.toUpperCase())
}

/** Before its literals are asked for: whether the session's state admits the command at all. */
function notAdmitted(session: Session, line: string): RefusedCommand | null {
  const [, tag = '*', , name = ''] = TAG_AND_NAME.exec(line) ?? []
  const row = rowOf(name.toUpperCase())
  if (row === null) return null
  if (!ADMITS[row.admission].has(session.state.name)) {
    return { kind: 'bad', tag, reason: refusal(session.state, row.admission) }
  }
  const reply = 'gate' in row ? (row.gate?.(session) ?? null) : null
  if (reply === null) return null
  return reply.status === 'BAD' || reply.code === null
    ? { kind: 'bad', tag, reason: reply.text }
    : { kind: 'no', tag, code: reply.code, reason: reply.text }
}

function rowOf(name: string): CommandRow | null {
  return isCommand(name) ? COMMANDS[name] : null
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}

/** An annotation's value has a code of its own that tells how long it may be (RFC 5464 §4.3). */
function tooBig(session: Session, line: string | undefined): RefusedCommand {
  const [, , , name = ''] = TAG_AND_NAME.exec(line ?? '') ?? []
  const isAnnotation = name.toUpperCase() === 'SETMETADATA'
  const code = isAnnotation ? `METADATA MAXSIZE ${session.limits.literal}` : 'TOOBIG'
  return { kind: 'no', tag: tagOf(line), code, reason: 'Literal too large.' }
}

/** The tag of a command that is not read on; `*` where there is none. */
function tagOf(line: string | undefined): string {
  return TAG_AND_NAME.exec(line ?? '')?.[1] ?? '*'
}
