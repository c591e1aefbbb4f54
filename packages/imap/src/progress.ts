import type { Millis } from '@mailwright/core'
import type { Session } from './session.js'

/** Time between two words about a command that takes long. Default 10 s: RFC 9585 §4 has one every 10 to 15 seconds in mind. */
const INTERVAL: Millis = 10_000

/**
 *     resp-text-code =/ "INPROGRESS" [SP "(" inprogress-tag SP inprogress-state ")"]
 *
 * RFC 9585 §4, §5: tells how far the command at hand is, at most every ten seconds. Call it in loops that may take long, before they
 * `breathe` or ask an adapter; it costs a comparison. The words are Dovecot's.
 *
 * @param total `null` where nobody knows.
 */
export function progress(session: Session, done: number, total: number | null): void {
  const { running, wire } = session
  if (wire.now - running.toldAt < INTERVAL || !session.offers('INPROGRESS')) return
  running.toldAt = wire.now
  // A bracket in the tag ends the code for clients that search for one.
  const tag = session.tag.includes(']') ? 'NIL' : `"${session.tag}"`
  if (total === null || total === 0) {
    session.untagged(`OK [INPROGRESS (${tag} ${done} NIL)] Processed ${done} item(s)`)
    return
  }
  // Behind the last message only the reply is left, and that says so itself.
  const count = Math.min(done, total - 1)
  session.untagged(
    `OK [INPROGRESS (${tag} ${count} ${total})] Processed ${Math.floor((count * 100) / total)}% of the mailbox${eta(
      wire.now - running.beganAt,
      count / total,
    )}`,
  )
}

function eta(elapsed: Millis, share: number): string {
  if (share === 0) return ''
  const seconds = Math.floor((elapsed * (1 / share - 1)) / 1_000)
  return `, ETA ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
