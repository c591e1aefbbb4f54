import { HostError, type UnixMillis } from '@mailwright/core'
import { writeDate } from '../fields/date.js'
import { type WritableAddress, writeAddress } from './address-writer.js'
import { encodeWords } from './encoded-word-writer.js'
import { writeField } from './field-writer.js'

/** The fields that every message has. Text in Unicode. */
export interface MessageHeader {
  readonly from: WritableAddress
  /** One at least. */
  readonly to: readonly WritableAddress[]
  readonly subject: string
  readonly date: UnixMillis
  /** Minutes east of Universal Time. Default 0. */
  readonly zone?: number
  /** Without angle brackets; the caller makes it unique. */
  readonly messageId: string
  /** Message ids without angle brackets. */
  readonly inReplyTo?: readonly string[]
  /** Message ids without angle brackets. */
  readonly references?: readonly string[]
  /** Who or what wrote it; left out where a person did. RFC 3834 §5. */
  readonly autoSubmitted?: 'auto-replied' | 'auto-generated' | 'auto-notified'
}

/**
 * Writes a message's header, without the MIME fields and the blank line.
 *
 * RFC 5322 §3.6. Beyond ASCII stand only local parts and domains that do (RFC 6532 §3.2).
 *
 * @throws {HostError} for what would be a bad header: control characters, no recipient, what is no message id.
 */
export function writeMessageHeader(header: MessageHeader): string {
  if (header.to.length === 0) throw new HostError('a message to nobody')
  // Encoded, they would come out again in programs that decode them carelessly.
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(header.subject)) throw new HostError('control character in the subject')
  const { autoSubmitted, inReplyTo = [], references = [] } = header
  return [
    writeField('From', writeAddress(header.from)),
    writeField('To', header.to.map(writeAddress).join(', ')),
    writeField('Subject', encodeWords(header.subject)),
    writeField('Date', writeDate(header.date, header.zone)),
    writeField('Message-ID', writeMessageId(header.messageId)),
    inReplyTo.length === 0 ? '' : writeField('In-Reply-To', inReplyTo.map(writeMessageId).join(' ')),
    references.length === 0 ? '' : writeField('References', references.map(writeMessageId).join(' ')),
    autoSubmitted === undefined ? '' : writeField('Auto-Submitted', autoSubmitted),
    writeField('MIME-Version', '1.0'),
  ].join('')
}

/** Characters of a message id: with its field's name it stays within the 998 of a line. RFC 5322 §2.1.1. */
const MESSAGE_ID_CHARACTERS = 900

/**
 *     msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]
 *
 * RFC 5322 §3.6.4. Ids that others made are let be as long as they break nothing.
 *
 * @throws {HostError} for white space, controls or angle brackets in it.
 */
export function writeMessageId(id: string): string {
  if (!/^[!-;=?-~\x80-\u{10ffff}]+$/u.test(id) || id.length > MESSAGE_ID_CHARACTERS) {
    throw new HostError(`not a message id: ${JSON.stringify(id.slice(0, 80))}`)
  }
  return `<${id}>`
}
