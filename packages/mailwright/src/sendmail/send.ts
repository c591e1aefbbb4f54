import type { Body } from '@mailwright/core'
import type { Drop } from '../maildrop/drop.js'
import type { SendRequest } from './arguments.js'
import { headerRecipients, readHeaderOf } from './header-recipients.js'
import type { DropBody } from './serve-stdio.js'
import { EX_OK, EX_USAGE } from './sysexits.js'
import { typedMessage } from './typed-message.js'

/** What became of a call of `sendmail`: an exit code, and a sentence where it is not 0. */
export interface Sent {
  readonly code: number
  readonly sentence?: string
}

/**
 * Takes a message from standard input and puts it into the maildrop.
 *
 * @param options.user who runs the program: the sender where none is given.
 * @throws what the maildrop throws: nothing was kept.
 */
export async function sendTyped(
  request: SendRequest,
  options: { readonly input: AsyncIterable<Uint8Array>; readonly user: string; readonly drop: DropBody },
): Promise<Sent> {
  const message = typedMessage(options.input, request.loneDot)
  if (request.headerRecipients === 'ignored') {
    if (request.recipients.length === 0) {
      const sentence = 'Recipient addresses must be specified on the command line or via the -t option'
      return { code: EX_USAGE, sentence }
    }
    return drop(request, request.recipients, message, options)
  }
  const { fields, body } = await readHeaderOf(message)
  const recipients = [...new Set([...request.recipients, ...headerRecipients(fields)])]
  if (recipients.length === 0) {
    return { code: EX_USAGE, sentence: 'No recipient addresses found in message header' }
  }
  return drop(request, recipients, body, options)
}

async function drop(
  request: SendRequest,
  recipients: readonly string[],
  body: Body,
  { user, drop }: { readonly user: string; readonly drop: DropBody },
): Promise<Sent> {
  const { sender, fullName, notify, ret, envelopeId, body: type, words } = request
  const head: Drop = {
    version: 1,
    sender: sender ?? user,
    fullName,
    recipients,
    ...(notify === undefined ? {} : { notify }),
    ...(ret === undefined ? {} : { ret }),
    ...(envelopeId === undefined ? {} : { envelopeId }),
    ...(type === undefined ? {} : { body: type }),
    ...(words === 'told' ? { firstAttempt: 'told' } : {}),
  }
  await drop(head, body)
  return { code: EX_OK }
}
