import { type Flow, readLine } from '@mailwright/core'
import type { AppendText, LiteralAnnouncement } from './command.js'
import { skipAnnounced, skipLiterals } from './reader.js'
import type { Session } from './session.js'

/** What of a command the client still sends, or waits to be asked for: a refusal leaves it to be consumed to its true end. */
export type Unread =
  | { readonly kind: 'nothing' }
  /** Octets of a literal have come, and the line behind them has not. */
  | { readonly kind: 'line' }
  | { readonly kind: 'literal'; readonly announced: LiteralAnnouncement | 'tooGreat'; readonly line: string }

export const NOTHING_UNREAD: Unread = { kind: 'nothing' }
export const LINE_UNREAD: Unread = { kind: 'line' }

/** What is unread of a command whose text was read so far. */
export function unreadOf({ literal }: AppendText): Unread {
  return literal === null ? NOTHING_UNREAD : { kind: 'literal', announced: literal, line: '' }
}

/** Consumes it; a literal that the client waits to send will not come. */
export function* skipUnread(session: Session, unread: Unread): Flow<void> {
  switch (unread.kind) {
    case 'nothing':
      return
    case 'literal':
      return yield* skipAnnounced(session, unread.announced, unread.line)
    case 'line': {
      const line = yield* readLine(session.limits.line)
      return yield* skipLiterals(session, line.kind === 'line' ? line.text : line.tail)
    }
    default:
      unread satisfies never
  }
}
