import type { Body } from '@mailwright/core'
import { fieldBody, type HeaderField, HeaderReader, parseAddresses } from '@mailwright/message'
import { writeMailbox } from '@mailwright/smtp'

const FIELDS = ['to', 'cc', 'bcc'] as const
const RESENT = FIELDS.map((name) => `resent-${name}`)

/**
 * Whom a header names as recipients: To, Cc and Bcc, or those of Resent-To, Resent-Cc and Resent-Bcc where the message is sent on
 * (RFC 5322 §3.6.6). Each address once, in order.
 */
export function headerRecipients(fields: readonly HeaderField[]): readonly string[] {
  const named = (names: readonly string[]): readonly string[] =>
    fields
      .filter(({ name }) => names.includes(name))
      .flatMap(({ raw }) => parseAddresses(utf8(fieldBody(raw))))
      .flatMap((address) =>
        address.kind === 'mailbox' && address.localPart !== ''
          ? [writeMailbox({ localPart: address.localPart, domain: address.domain === '' ? null : address.domain })]
          : [],
      )
  const resent = named(RESENT)
  return [...new Set(resent.length > 0 ? resent : named(FIELDS))]
}

/** Header text is one octet a character; addresses beyond US-ASCII are UTF-8 (RFC 6532 §3.1). */
function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

/** Reads the header of a message; the message can be read whole again from `body`. Holds no more than the header's limit. */
export async function readHeaderOf(
  message: Body,
): Promise<{ readonly fields: readonly HeaderField[]; readonly body: Body }> {
  const reader = new HeaderReader({ wanted: new Set([...FIELDS, ...RESENT]) })
  const fields: HeaderField[] = []
  const read: Uint8Array[] = []
  const iterator = message[Symbol.asyncIterator]()
  while (reader.bodyStart === null) {
    const next = await iterator.next()
    if (next.done === true) {
      fields.push(...reader.end())
      break
    }
    read.push(next.value)
    fields.push(...reader.push(next.value))
  }
  async function* body(): Body {
    yield* read
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  }
  return { fields, body: body() }
}
