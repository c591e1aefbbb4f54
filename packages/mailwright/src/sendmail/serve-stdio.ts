import type { Readable, Writable } from 'node:stream'
import { type Body, type Clock, fromUtf8, type Random } from '@mailwright/core'
import { drive } from '@mailwright/core/driver'
import { queueId, sessionTrace } from '@mailwright/relay'
import {
  createSmtpServer,
  questionsOf,
  type SmtpHandler,
  type SmtpLimits,
  type SmtpRecipient,
  type SmtpTransaction,
  writeMailbox,
} from '@mailwright/smtp'
import type { Drop, DropRecipient } from '../maildrop/drop.js'
import { stdioDuplex } from './stdio-duplex.js'

/** The messages of a session are put into the maildrop. */
export type DropBody = (drop: Drop, body: AsyncIterable<Uint8Array>) => Promise<void>

/** Decides on ETRN of whoever started this program. */
export type StdioEtrn = NonNullable<SmtpHandler['etrn']>

export interface StdioOptions {
  readonly input: Readable
  readonly output: Writable
  readonly hostname: string
  readonly clock: Clock
  readonly random: Random
  readonly drop: DropBody
  readonly etrn: StdioEtrn
  readonly limits?: Partial<SmtpLimits>
}

/**
 * Speaks SMTP with whoever started this program (`sendmail -bs`), who may send to anybody: it could as well have called `sendmail`.
 * It has what the maildrop can keep: DSN and SMTPUTF8. Resolves when the session is over.
 */
export async function serveStdio(options: StdioOptions): Promise<void> {
  const { input, output, hostname, clock, limits } = options
  const handler = dropHandler(options)
  const engine = createSmtpServer({
    role: 'mx',
    hostname,
    peer: { address: '127.0.0.1', port: 0, localAddress: '127.0.0.1', localPort: 0 },
    hello: 'optional',
    abilities: { dsn: true, smtpUtf8: true },
    asks: questionsOf(handler),
    ...(limits === undefined ? {} : { limits }),
  })
  const connection = drive(engine, stdioDuplex(input, output), { adapters: [handler], clock })
  await connection.closed
}

function dropHandler({ drop, etrn, clock, random }: StdioOptions): SmtpHandler {
  return {
    recipient: async () => ({ kind: 'accepted' }),
    etrn,
    async message({ session, transaction, recipients, body }) {
      const client = { name: 'localhost', reverseName: 'localhost' }
      const [only] = recipients
      const forWhom = recipients.length === 1 && only !== undefined ? only : null
      const stamp = sessionTrace({ ...session, client }, transaction, queueId(random), forWhom, clock.date())
      await drop(dropOf(transaction, recipients), stamped(stamp, body))
      // The queue gives it an id when it is picked up.
      return { kind: 'accepted', id: 'maildrop', text: 'Ok: in the maildrop' }
    },
  }
}

function dropOf({ reversePath, parameters }: SmtpTransaction, recipients: readonly SmtpRecipient[]): Drop {
  const { ret, envelopeId, body, smtpUtf8 } = parameters
  const each = recipients.map(
    ({ notify, originalRecipient }): DropRecipient => ({
      ...(notify === undefined ? {} : { notify }),
      ...(originalRecipient === undefined ? {} : { originalRecipient }),
    }),
  )
  return {
    version: 1,
    sender: reversePath === null ? '' : writeMailbox(reversePath),
    fullName: null,
    recipients: recipients.map(writeMailbox),
    ...(ret === undefined ? {} : { ret }),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(body === undefined ? {} : { body }),
    ...(smtpUtf8 === undefined ? {} : { smtpUtf8 }),
    ...(each.every((facts) => Object.keys(facts).length === 0) ? {} : { each }),
  }
}

async function* stamped(stamp: string, body: Body): Body {
  yield fromUtf8(stamp)
  yield* body
}
