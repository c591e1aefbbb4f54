import type { Body, Clock, Random } from '@mailwright/core'
import { HeaderEditor, submissionEdits } from '@mailwright/message'
import { type MailIntake, queueId } from '@mailwright/relay'
import { parseMailbox } from '@mailwright/smtp'
import type { DroppedMail } from '../maildrop/pickup.js'

/** Puts what a program of this machine left in the maildrop into the queue, with what its header lacks: fields, and domains of addresses (Postfix's pickup and cleanup). */
export async function takeDropped(
  mail: DroppedMail,
  {
    intake,
    hostname,
    origin,
    clock,
    random,
  }: {
    readonly intake: MailIntake
    readonly hostname: string
    readonly origin: string
    readonly clock: Clock
    readonly random: Random
  },
  signal: AbortSignal,
): Promise<void> {
  const id = queueId(random)
  const at = clock.date()
  const { sender, fullName, ret, envelopeId, body, smtpUtf8, firstAttempt, notify, each, userId } = mail
  const qualified = sender === '' || sender.includes('@') ? sender : `${sender}@${origin}`
  const mailbox = qualified === '' ? undefined : parseMailbox(qualified)
  const reversePath =
    mailbox === undefined
      ? null
      : {
          localPart: mailbox.localPart,
          domain: mailbox.domain ?? origin,
          ...(fullName === null ? {} : { name: fullName }),
        }
  await intake.take(
    {
      id,
      envelope: {
        reversePath: qualified,
        ...(ret === undefined ? {} : { ret }),
        ...(envelopeId === undefined ? {} : { envelopeId }),
        ...(body === undefined ? {} : { body }),
        ...(smtpUtf8 === undefined ? {} : { smtpUtf8 }),
        ...(firstAttempt === undefined ? {} : { firstAttempt }),
      },
      recipients: mail.recipients.map((address, index) => ({
        address,
        ...(notify === undefined ? {} : { notify }),
        ...each?.[index],
      })),
      body: edited(
        mail.message,
        new HeaderEditor((fields) => submissionEdits(fields, { at, id, hostname, reversePath, origin })),
      ),
      userId,
    },
    signal,
  )
}

async function* edited(message: Body, editor: HeaderEditor): Body {
  for await (const chunk of message) {
    const passed = editor.push(chunk)
    if (passed.length > 0) yield passed
  }
  const rest = editor.end()
  if (rest.length > 0) yield rest
}
