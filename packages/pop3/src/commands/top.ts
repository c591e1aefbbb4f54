import { type BodyHandle, type BodyReader, caller, type Flow, type Octets, READ_WINDOW } from '@mailwright/core'
import { topArguments } from '../grammar/numbers.js'
import type { Maildrop } from '../maildrop.js'
import { messageDigest, messageGone, openMessage } from '../open-message.js'
import { ok, type Reply, refused } from '../response/reply.js'
import type { Session } from '../session.js'

const { call } = caller<BodyReader>()
const LINE_FEED = 10

/**
 * RFC 1939 §7 (TOP): the header, the blank line, and so many lines of the body. The digest knows where the body begins
 * and how many lines there are, so `TOP n 0` and fetchmail's `TOP n 99999999` read nothing; between them, windows of
 * the body are read to count.
 */
export function* top(session: Session, maildrop: Maildrop, argument: string): Flow<Reply> {
  const wanted = topArguments(argument)
  if (wanted === undefined) return refused('Malformed arguments: TOP wants a message-number and a number of lines.')
  const opened = yield* openMessage(session, maildrop, wanted.message)
  if (opened.kind === 'refused') return opened.reply
  const { message, body } = opened
  const digest = yield* messageDigest(maildrop, message)
  if (digest === undefined) return messageGone(message)
  // The digest may or may not count a last line without an end; one more than it says is beyond doubt.
  const end = wanted.lines > digest.lines ? body.octets : yield* endOfLines(body, digest.headerOctets, wanted.lines)
  session.counters.tops++
  session.counters.topOctets += end
  return ok('top of message follows', function* () {
    session.wire.splice(body, 0, end, 'dotStuffed')
  })
}

/** Where `lines` lines from `start` end; the body's end when it has fewer. */
function* endOfLines(body: BodyHandle, start: Octets, lines: number): Flow<Octets> {
  let left = lines
  for (let from = start; left > 0 && from < body.octets; from += READ_WINDOW) {
    const end = Math.min(from + READ_WINDOW, body.octets)
    const { octets } = yield* call('readBody', { source: body, start: from, end })
    for (let at = octets.indexOf(LINE_FEED); at !== -1; at = octets.indexOf(LINE_FEED, at + 1)) {
      if (--left === 0) return from + at + 1
    }
  }
  return left === 0 ? start : body.octets
}
