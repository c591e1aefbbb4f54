import { fromUtf8 } from '@mailwright/core'
import { type MessageHeader, writeMessageHeader, writeMessageId } from './message-header.js'
import { writeTextPart } from './text-part.js'
import { type Wrapping, writeMultipart } from './wrapping.js'

/** What a reply needs to know of the message it answers. */
export interface Answered {
  /** Without angle brackets; `null` when it has none. */
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  /** Decoded; `null` when it has none. */
  readonly subject: string | null
}

export interface ReplyOptions extends Omit<MessageHeader, 'subject' | 'inReplyTo' | 'references'> {
  /** Default: that of the message answered, with one `Re: ` before it. */
  readonly subject?: string
  readonly answered: Answered
  readonly text: string
}

/** Message ids of References that a reply keeps: the first and the last ones. Half of what RFC 5537 §3.4.4 lets articles have. */
const KEPT_REFERENCES = 20

/**
 * Writes a reply of plain text, as a person's or (with `autoSubmitted`) as a program's.
 *
 * RFC 5322 §3.6.4 (In-Reply-To, References), RFC 3834 §3.1. Ids that could not stand in a field are left out.
 *
 * @returns the whole message in wire form.
 * @throws {HostError} as {@link writeMessageHeader}.
 */
export function writeReply(options: ReplyOptions): Uint8Array {
  const { answered, text, subject, ...header } = options
  const whole = { ...header, ...threading(answered), subject: subject ?? replySubject(answered.subject) }
  return fromUtf8(writeMessageHeader(whole) + writeTextPart(text))
}

/** In-Reply-To and References of an answer. RFC 5322 §3.6.4. */
function threading(answered: Answered): Pick<MessageHeader, 'inReplyTo' | 'references'> {
  const { messageId, inReplyTo, references } = answered
  // Without References, In-Reply-To stands in for it where it names one message.
  const parents = references.length > 0 ? references : inReplyTo.length === 1 ? inReplyTo : []
  const all = [...parents, ...(messageId === null ? [] : [messageId])].filter(isWritable)
  const kept = all.length > KEPT_REFERENCES ? [...all.slice(0, 1), ...all.slice(1 - KEPT_REFERENCES)] : all
  return { inReplyTo: messageId !== null && isWritable(messageId) ? [messageId] : [], references: kept }
}

/** One `Re: `, whatever the subject had. RFC 5322 §3.6.5. */
function replySubject(subject: string | null): string {
  const bare = (subject ?? '')
    .replace(/[\0-\x20\x7f]+/g, ' ')
    .trim()
    .replace(/^(?:re ?(?:\[\d+\])? ?: ?)+/i, '')
  return bare === '' ? 'Re:' : `Re: ${bare}`
}

function isWritable(id: string): boolean {
  try {
    writeMessageId(id)
    return true
  } catch {
    return false
  }
}

export interface EnclosingOptions {
  readonly header: MessageHeader
  readonly text: string
  readonly boundary: string
  /** `message/global` when the enclosed message's header is not ASCII. RFC 6532 §3.7. */
  readonly type: 'message/rfc822' | 'message/global'
}

/**
 * Writes a message around another one, which stays as it is: for forwarding as an attachment, and Sieve's `enclose` (RFC 5703 §6).
 *
 * @returns what stands before and behind the octets of the enclosed message.
 * @throws {HostError} as {@link writeMessageHeader}.
 */
export function writeEnclosing({ header, text, boundary, type }: EnclosingOptions): Wrapping {
  return writeMultipart({
    header: writeMessageHeader(header),
    subtype: 'mixed',
    boundary,
    parts: [writeTextPart(text)],
    enclosed: `Content-Type: ${type}\r\nContent-Transfer-Encoding: 8bit\r\n`,
  })
}
