import type { Octets, UnixMillis } from '../brands.js'

/**
 * One part of a message's MIME tree, as offsets into the message in wire form. `sections` of a digest; FETCH BODY[n]
 * is a range of octets and needs no second look at the message.
 */
export interface PartLayout {
  /** Where the part's own header begins. */
  readonly start: Octets
  /** Where its body begins: after the header's blank line. */
  readonly body: Octets
  /** Where its body ends: before the CRLF of the boundary that follows (RFC 2046 §5.1.1). */
  readonly end: Octets
  readonly kind: 'leaf' | 'multipart' | 'message'
  /** Content-Transfer-Encoding in lower case; `7bit` when absent. What nobody knows keeps its name, cut to 32 characters. */
  readonly encoding: string
  /** Parts of a multipart; for a `message`, exactly one: the enclosed message. */
  readonly parts: readonly PartLayout[]
}

/** What THREAD and SORT need. Message ids are without angle brackets. */
export interface ThreadKeys {
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  /** The Subject, decoded to Unicode, unfolded; `null` when absent. Its base form is the engine's (RFC 5256 §2.1). */
  readonly subject: string | null
  /** The Date field; `null` when absent or unreadable. */
  readonly sentDate: UnixMillis | null
}

/**
 * What a store computes once, as a message arrives, so that FETCH ENVELOPE, BODYSTRUCTURE, the usual header fields,
 * SORT and THREAD read no message again. Plain data; a store keeps it in any form. Wire strings hold one octet a
 * character (latin1).
 */
export interface MessageDigest {
  /** Of this shape; a store that finds another digests the message again. */
  readonly version: number
  readonly octets: Octets
  /** Lines of the whole message in wire form. */
  readonly lines: number
  /** The header with its blank line. */
  readonly headerOctets: Octets
  /** `envelope` of RFC 9051 §9 in wire form. */
  readonly envelope: string
  /** `body` of RFC 9051 §9 with extension data, in wire form. */
  readonly bodyStructure: string
  readonly sections: PartLayout
  /** The usual header fields as they stand in the message, each with its CRLF, in their order. */
  readonly fields: string
  readonly thread: ThreadKeys
}

/** Lower-case names of the header fields that {@link MessageDigest.fields} holds. */
export const DIGEST_FIELDS: ReadonlySet<string> = new Set([
  'bcc',
  'cc',
  'content-type',
  'date',
  'delivered-to',
  'from',
  'importance',
  'in-reply-to',
  'list-id',
  'list-post',
  'list-unsubscribe',
  'message-id',
  'mime-version',
  'priority',
  'references',
  'reply-to',
  'return-path',
  'sender',
  'subject',
  'to',
  'x-priority',
])

/** Version of {@link MessageDigest} that this release writes. */
export const DIGEST_VERSION = 3
