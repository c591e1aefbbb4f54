import { type MessageHeader, writeMessageHeader, writeMessageId } from './message-header.js'
import {
  type ReportForm,
  reportText,
  type TypedAddress,
  writeReportFields,
  writeTypedAddress,
} from './report-fields.js'
import { writeTextPart } from './text-part.js'
import { type Wrapping, writeMultipart } from './wrapping.js'

/** What was done with a message, and by whom. RFC 8098 §3.2.6. */
export interface MdnDisposition {
  readonly action: 'manual' | 'automatic'
  /** Whether the user agreed to this very report. */
  readonly sending: 'manual' | 'automatic'
  readonly type: 'displayed' | 'deleted' | 'dispatched' | 'processed'
  /** Why it could not be done as it should. */
  readonly error?: string
}

export interface MdnOptions {
  /** `autoSubmitted` is `auto-replied` whatever it says. The recipients are those of Disposition-Notification-To. */
  readonly header: MessageHeader
  readonly form: ReportForm
  /** What people read first. */
  readonly text: string
  readonly boundary: string
  /** Host and product: `mail.example; Mailwright`. */
  readonly reportingUa?: string
  /** As the Original-Recipient field of the message had it. */
  readonly original?: TypedAddress
  readonly final: TypedAddress
  /** Of the message reported, without angle brackets. */
  readonly originalMessageId?: string
  readonly disposition: MdnDisposition
  /** What of the message is returned: its octets go between head and tail. */
  readonly returned: 'nothing' | 'header' | 'message'
}

/** Media types of the parts. RFC 8098 §3.1, RFC 6533 §5. */
const TYPES = {
  ascii: { status: 'message/disposition-notification', header: 'text/rfc822-headers', message: 'message/rfc822' },
  international: {
    status: 'message/global-disposition-notification',
    header: 'message/global-headers',
    message: 'message/global',
  },
} as const

/**
 * Writes a message disposition notification.
 *
 *     disposition-mode = action-mode OWS "/" OWS sending-mode
 *
 * RFC 8098 §3, RFC 6533 §5. To be sent with a null reverse path (§2.1).
 *
 * @returns octets in wire form around those that are returned; with `nothing`, head and tail are the message.
 * @throws {HostError} for control characters in addresses and what is no message id.
 */
export function writeDispositionNotification(options: MdnOptions): Wrapping {
  const { form, disposition, original, originalMessageId, reportingUa, returned } = options
  const types = TYPES[form]
  const status = writeReportFields([
    ['Reporting-UA', reportingUa && reportText(reportingUa, form)],
    ['Original-Recipient', original && writeTypedAddress(original, form)],
    ['Final-Recipient', writeTypedAddress(options.final, form)],
    ['Original-Message-ID', originalMessageId && writeMessageId(originalMessageId)],
    ['Disposition', writeDisposition(disposition)],
    ['Error', disposition.error && reportText(disposition.error, form)],
  ])
  const eightBit = '\r\nContent-Transfer-Encoding: 8bit'
  return writeMultipart({
    header: writeMessageHeader({ ...options.header, autoSubmitted: 'auto-replied' }),
    subtype: 'report',
    parameters: [['report-type', 'disposition-notification']],
    boundary: options.boundary,
    parts: [
      writeTextPart(options.text),
      `Content-Type: ${types.status}${form === 'international' ? eightBit : ''}\r\n\r\n${status}`,
    ],
    ...(returned === 'nothing' ? {} : { enclosed: `Content-Type: ${types[returned]}${eightBit}\r\n` }),
  })
}

function writeDisposition({ action, sending, type, error }: MdnDisposition): string {
  const mode = `${action}-action/MDN-sent-${sending === 'manual' ? 'manually' : 'automatically'}`
  return `${mode}; ${type}${error === undefined ? '' : '/error'}`
}
