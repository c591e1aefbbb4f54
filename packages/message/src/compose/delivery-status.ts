import { HostError, type UnixMillis } from '@mailwright/core'
import { writeDate } from '../fields/date.js'
import { type MessageHeader, writeMessageHeader } from './message-header.js'
import {
  type ReportForm,
  reportText,
  type TypedAddress,
  writeReportFields,
  writeTypedAddress,
} from './report-fields.js'
import { writeTextPart } from './text-part.js'
import { type Wrapping, writeMultipart } from './wrapping.js'

/** What became of one recipient. RFC 3464 §2.3. */
export interface DsnRecipient {
  /** As ORCPT had it. */
  readonly original?: TypedAddress
  readonly final: TypedAddress
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  /** `status-code = DIGIT "." 1*3DIGIT "." 1*3DIGIT`. RFC 3463 §2. */
  readonly status: string
  /** Name of the server that refused or took the message. */
  readonly remoteMta?: string
  /** The reply of that server, in its words: `550 5.1.1 No such user`. */
  readonly diagnostic?: string
  /** Whose words `diagnostic` is in. Default `smtp`; other systems' names begin with `X-`. RFC 3464 §2.3.6. */
  readonly diagnosticType?: 'smtp' | `X-${string}`
  readonly lastAttempt?: UnixMillis
  /** The queue id under which it was handed on. */
  readonly finalLogId?: string
  readonly willRetryUntil?: UnixMillis
}

export interface DsnOptions {
  /** `autoSubmitted` is `auto-replied` whatever it says. The recipient is the reverse path of the message. */
  readonly header: MessageHeader
  readonly form: ReportForm
  /** What people read first. */
  readonly text: string
  readonly boundary: string
  /** As ENVID had it, decoded. */
  readonly originalEnvelopeId?: string
  /** The server that reports, as its own clients know it. */
  readonly reportingMta: string
  /** The client it had the message from. */
  readonly receivedFrom?: string
  readonly arrivalDate?: UnixMillis
  /** One at least. */
  readonly recipients: readonly DsnRecipient[]
  /** What of the message is returned: its octets go between head and tail. RFC 3461 §4.3 (RET). */
  readonly returned: 'nothing' | 'header' | 'message'
}

/** Media types of the parts. RFC 3464 §2, RFC 6522 §4, RFC 6533 §4. */
const TYPES = {
  ascii: { status: 'message/delivery-status', header: 'text/rfc822-headers', message: 'message/rfc822' },
  international: {
    status: 'message/global-delivery-status',
    header: 'message/global-headers',
    message: 'message/global',
  },
} as const

/**
 * Writes a delivery status notification: `multipart/report` of an explanation, the machine-readable status, and what is returned of the
 * message.
 *
 * RFC 3464 §2, RFC 6522 §3, RFC 6533 §4. To be sent with a null reverse path. Returned octets may be 8-bit (RFC 6152).
 *
 * @returns octets in wire form around those that are returned; with `nothing`, head and tail are the message.
 * @throws {HostError} for what would be a bad report: no recipient, a malformed status, control characters in names.
 */
export function writeDeliveryStatus(options: DsnOptions): Wrapping {
  const { form, recipients, returned } = options
  if (recipients.length === 0) throw new HostError('a report about no recipient')
  const types = TYPES[form]
  const ofMessage = writeReportFields([
    ['Original-Envelope-Id', options.originalEnvelopeId && reportText(options.originalEnvelopeId, form)],
    ['Reporting-MTA', mtaName(options.reportingMta, form)],
    ['Received-From-MTA', options.receivedFrom && mtaName(options.receivedFrom, form)],
    ['Arrival-Date', date(options.arrivalDate)],
  ])
  const status = [ofMessage, ...recipients.map((recipient) => recipientFields(recipient, form))].join('\r\n')
  return writeMultipart({
    header: writeMessageHeader({ ...options.header, autoSubmitted: 'auto-replied' }),
    subtype: 'report',
    parameters: [['report-type', 'delivery-status']],
    boundary: options.boundary,
    parts: [writeTextPart(options.text), `Content-Type: ${types.status}${eightBit(form)}\r\n\r\n${status}`],
    ...(returned === 'nothing' ? {} : { enclosed: `Content-Type: ${types[returned]}${eightBit('international')}\r\n` }),
  })
}

function recipientFields(recipient: DsnRecipient, form: ReportForm): string {
  const { original, final, action, status, remoteMta, diagnostic, diagnosticType = 'smtp' } = recipient
  const { lastAttempt, finalLogId, willRetryUntil } = recipient
  if (!/^(?:smtp|X-[\w-]+)$/.test(diagnosticType)) throw new HostError(`not a type: ${JSON.stringify(diagnosticType)}`)
  if (!/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) throw new HostError(`not a status: ${JSON.stringify(status)}`)
  return writeReportFields([
    ['Original-Recipient', original && writeTypedAddress(original, form)],
    ['Final-Recipient', writeTypedAddress(final, form)],
    ['Action', action],
    ['Status', status],
    ['Remote-MTA', remoteMta && mtaName(remoteMta, form)],
    ['Diagnostic-Code', diagnostic && `${diagnosticType}; ${reportText(diagnostic, form)}`],
    ['Last-Attempt-Date', date(lastAttempt)],
    ['Final-Log-ID', finalLogId && reportText(finalLogId, form)],
    ['Will-Retry-Until', date(willRetryUntil)],
  ])
}

/** `mta-name-type ";" mta-name`. RFC 3464 §2.2.2. */
function mtaName(name: string, form: ReportForm): string {
  if (/[\0-\x20\x7f]/.test(name)) throw new HostError(`not a name: ${JSON.stringify(name)}`)
  return `dns; ${reportText(name, form)}`
}

function date(time: UnixMillis | undefined): string | undefined {
  return time === undefined ? undefined : writeDate(time)
}

/** RFC 6533 §4.1: UTF-8 travels as it stands. */
function eightBit(form: ReportForm): string {
  return form === 'international' ? '\r\nContent-Transfer-Encoding: 8bit' : ''
}
