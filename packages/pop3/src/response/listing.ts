import { breathe, type Flow, type Wire } from '@mailwright/core'
import type { Maildrop } from '../maildrop.js'

/**
 * The lines of a multi-line reply, one for each message that is not marked as deleted, and the final dot. Hands them
 * out in batches: a maildrop of 100,000 messages neither fills the memory nor holds up other sessions.
 *
 * @param about what stands behind the message-number: a size (RFC 1939 §5 LIST) or a unique-id (§7 UIDL).
 */
export function* listing(wire: Wire, maildrop: Maildrop, about: (number: number) => string | number): Flow<void> {
  for (let number = 1; number <= maildrop.size; number++) {
    if (maildrop.isDeleted(number)) continue
    wire.write(`${number} ${about(number)}\r\n`)
    if (wire.isFull) yield* breathe()
  }
  wire.write('.\r\n')
}
