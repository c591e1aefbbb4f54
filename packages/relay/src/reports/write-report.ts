import type { Millis, UnixMillis } from '@mailwright/core'
import {
  type DsnRecipient,
  type TypedAddress,
  type Wrapping,
  type WritableAddress,
  writeDeliveryStatus,
} from '@mailwright/message'
import { shownAddress } from '../routing/program.js'
import type { Addressee } from './addressee.js'
import type { ReportLimits } from './limits.js'
import type { MessageNews, RecipientNews } from './report.js'
import { reportWords, subjectOf } from './words.js'

/** A report, but for the octets of the message that it returns. */
export interface WrittenReport extends Wrapping {
  readonly returned: 'header' | 'message'
  readonly form: 'ascii' | 'international'
}

/** Characters of a boundary that RFC 2046 §5.1.1 allows, which leaves room for a name. */
const BOUNDARY = 70

/**
 * Writes a report about a message: what people read, what programs read, and what is returned of the message.
 *
 * RFC 3464, RFC 3461 §4.3 (RET speaks of failures; other reports return the header), RFC 6533.
 *
 * @param facts.id of the report in the queue: nobody knew it when the message was written, so its boundary is not in there.
 */
export function writeReport(
  { report, message, recipients }: MessageNews,
  { to, who }: Addressee,
  facts: {
    readonly hostname: string
    readonly id: string
    readonly now: UnixMillis
    readonly lifetime: Millis
    readonly limits: ReportLimits
  },
): WrittenReport {
  const { envelope, arrived } = message
  const { hostname, id, now, limits, lifetime } = facts
  const form = envelope.smtpUtf8 === true || /[^\0-\x7f]/.test(to) ? 'international' : 'ascii'
  const isWhole =
    report === 'failure' &&
    envelope.ret !== 'HDRS' &&
    // RFC 8689 §5: what had to be kept from others goes back as its header only.
    envelope.requireTls !== true &&
    envelope.body !== 'BINARYMIME' &&
    message.octets <= limits.returned
  const returned = isWhole ? 'message' : 'header'
  const { clientName, clientAddress } = envelope.origin ?? {}
  const receivedFrom = clientName ?? (clientAddress === undefined ? undefined : `[${clientAddress}]`)
  const wrapping = writeDeliveryStatus({
    header: {
      from: { name: 'Mail Delivery System', localPart: 'MAILER-DAEMON', domain: hostname },
      to: [writable(to, hostname)],
      subject: subjectOf(report, who),
      date: now,
      messageId: `${stamp(now)}.${id}@${hostname}`,
    },
    form,
    text: reportWords(report, { hostname, age: now - arrived, lifetime, returned, recipients }),
    boundary: `${id}.${Math.floor(now / 1_000)}/${hostname}`.slice(0, BOUNDARY),
    ...(envelope.envelopeId === undefined ? {} : { originalEnvelopeId: envelope.envelopeId }),
    reportingMta: hostname,
    ...(receivedFrom === undefined ? {} : { receivedFrom }),
    arrivalDate: arrived,
    recipients: recipients.map((recipient) => aboutRecipient(recipient, now)),
    returned,
  })
  return { ...wrapping, returned, form }
}

function aboutRecipient(news: RecipientNews, now: UnixMillis): DsnRecipient {
  const { recipient, action, status, text, remote, willRetryUntil } = news
  const original = typed(recipient.originalRecipient)
  const isOpen = action === 'failed' || action === 'delayed'
  return {
    ...(original === undefined ? {} : { original }),
    final: { address: shownAddress(recipient) },
    action,
    status,
    ...(remote === undefined
      ? { diagnosticType: 'X-Mailwright', diagnostic: text }
      : { remoteMta: remote.host, diagnostic: remote.reply }),
    ...(isOpen ? { lastAttempt: now } : {}),
    ...(willRetryUntil === undefined ? {} : { willRetryUntil }),
  }
}

/** `addr-type ";" address`, as ORCPT has it; `undefined` where it could not stand in a report. */
function typed(text: string | undefined): TypedAddress | undefined {
  const [, type, address] = /^([0-9A-Za-z-]+);([^\0-\x1f\x7f]+)$/.exec(text ?? '') ?? []
  return type === undefined || address === undefined ? undefined : { type, address }
}

/** An address of the envelope, in its written form, as one of a header. */
function writable(address: string, hostname: string): WritableAddress {
  const at = address.lastIndexOf('@')
  const local = at < 0 ? address : address.slice(0, at)
  const localPart = local.startsWith('"') ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local
  return { localPart, domain: at < 0 ? hostname : address.slice(at + 1) }
}

/** `20260102030405`, as Postfix begins its Message-IDs. */
function stamp(at: UnixMillis): string {
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)
}
