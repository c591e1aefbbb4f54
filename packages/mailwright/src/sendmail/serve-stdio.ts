import type { Readable, Writable } from 'node:stream'
import type { Clock } from '@mailwright/core'
import { drive } from '@mailwright/core/driver'
import { createSmtpServer, type Mailbox, type SmtpHandler, writeMailbox } from '@mailwright/smtp'
import type { Drop } from '../maildrop/drop.js'
import { stdioDuplex } from './stdio-duplex.js'

/** The messages of a session are put into the maildrop. */
export type DropBody = (drop: Drop, body: AsyncIterable<Uint8Array>) => Promise<void>

/**
 * Speaks SMTP with whoever started this program (`sendmail -bs`), who may send to anybody: it could as well have called `sendmail`.
 * Resolves when the session is over.
 */
export async function serveStdio(options: {
  readonly input: Readable
  readonly output: Writable
  readonly hostname: string
  readonly clock: Clock
  readonly drop: DropBody
}): Promise<void> {
  const { input, output, hostname, clock, drop } = options
  const engine = createSmtpServer({
    role: 'mx',
    hostname,
    peer: { address: '127.0.0.1', port: 0, localAddress: '127.0.0.1', localPort: 0 },
    hello: 'optional',
  })
  const connection = drive(engine, stdioDuplex(input, output), { adapters: [dropHandler(drop)], clock })
  await connection.closed
}

function dropHandler(drop: DropBody): SmtpHandler {
  const spelled = (mailbox: Mailbox | null): string => (mailbox === null ? '' : writeMailbox(mailbox))
  return {
    recipient: async () => ({ kind: 'accepted' }),
    async message({ transaction, recipients, body }) {
      await drop(
        { version: 1, sender: spelled(transaction.reversePath), fullName: null, recipients: recipients.map(spelled) },
        body,
      )
      // The queue gives it an id when it is picked up.
      return { kind: 'accepted', id: 'maildrop', text: 'Ok: in the maildrop' }
    },
  }
}
