import { type Flow, type Octets, readLine, readOctets } from '@mailwright/core'
import type { AppendPlace, AppendText } from './command.js'
import type { CommandText } from './grammar/cursor.js'
import { announcement } from './grammar/literal.js'
import { parseAppendText } from './grammar/parse-command.js'
import { literalRefusal } from './reader.js'
import { bad, no, type Reply, refusedReply } from './reply.js'
import type { Session } from './session.js'
import { NOTHING_UNREAD, type Unread } from './unread-rest.js'

/** The text of an APPEND behind one of its literals, or why it is refused. */
export interface AppendRead {
  readonly read: AppendText | Reply
  readonly unread: Unread
}

/**
 * Reads an APPEND on, from behind a literal that belonged to a message up to the next, or to the command's end. Literals that are
 * arguments (a URL) are read on the way, within the limits of one command.
 *
 * @param name of the command, for the refusal.
 */
export function* readAppendText(
  session: Session,
  name: string,
  place: AppendPlace,
  most: AppendText['most'],
): Flow<AppendRead> {
  const { limits } = session
  const lines: string[] = []
  const literals: Uint8Array[] = []
  let octets = 0
  let literalOctets: Octets = 0
  for (;;) {
    const line = yield* readLine(Math.max(0, limits.line - octets))
    const end = line.kind === 'line' ? line.text : line.tail
    const announced = announcement(end)
    const unread: Unread = announced === null ? NOTHING_UNREAD : { kind: 'literal', announced, line: end }
    if (line.kind === 'overlong') return { read: bad('Command line too long.'), unread }
    lines.push(line.text)
    octets += line.text.length
    const text: CommandText = { lines, literals }
    const parsed = parseAppendText(text, session.grammar, { name, place, most })
    if (parsed !== null && 'kind' in parsed) {
      return { read: refusedReply(parsed), unread }
    }
    if (announced === null) return { read: parsed ?? bad('Missing literal.'), unread }
    if (announced === 'tooGreat') return { read: no('Literal too large.', 'TOOBIG'), unread }
    const before = parsed === null ? { count: literals.length, octets: literalOctets } : null
    const refusal = literalRefusal(session, announced, before)
    if (refusal !== null) return { read: refusal, unread }
    if (parsed !== null) return { read: parsed, unread }
    if (!announced.isNonSync) session.wire.write('+ OK\r\n')
    literals.push(yield* readOctets(announced.octets))
    literalOctets += announced.octets
  }
}
