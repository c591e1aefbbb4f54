import {
  type AccountId,
  accountId,
  concat,
  fromLatin1,
  fromUtf8,
  type MessageDigest,
  toBase64,
  type Uid,
  uid,
} from '@mailwright/core'
import { digestMessage, encodeWords, writeAddress, writeDate, writeField } from '@mailwright/message'

/** What the host application keeps. It knows nothing of mail. */
export interface Note {
  /** Grows from note to note and is never used again: it can be the UID. */
  readonly id: number
  /** Whose note it is: the login name. */
  readonly owner: string
  readonly author: string
  readonly title: string
  readonly text: string
  /** Milliseconds since 1970. */
  readonly created: number
}

/** A note as mail: everything a mail store has to know of a message. */
export interface NoteMessage {
  readonly uid: Uid
  readonly account: AccountId
  readonly octets: Uint8Array
  readonly digest: MessageDigest
  readonly created: number
  /** System flags as bits. They are not the note's, but the mail store's. */
  system: number
  readonly keywords: readonly string[]
  modSeq: number
}

/** Writes a note as a message in wire form, and digests it once. */
export function messageOf(note: Note, modSeq: number): NoteMessage {
  const { id, owner, author, title, text, created } = note
  const header = [
    writeField('Date', writeDate(created)),
    writeField('From', writeAddress({ name: oneLine(author), localPart: 'notes', domain: 'example.test' })),
    writeField('Subject', encodeWords(oneLine(title))),
    writeField('Message-ID', `<note-${id}@example.test>`),
    writeField('MIME-Version', '1.0'),
    writeField('Content-Type', 'text/plain; charset=utf-8'),
    writeField('Content-Transfer-Encoding', 'base64'),
  ].join('')
  // Base64, so that a text may have lines of any length; its line ends become CRLF (RFC 2046 §4.1.1).
  const base64 = toBase64(fromUtf8(text.replace(/\r?\n/g, '\r\n')))
  const lines = base64.match(/.{1,76}/g) ?? []
  const octets = concat([fromLatin1(header), fromLatin1(['', ...lines, ''].join('\r\n'))])
  const digest = digestMessage([octets])
  return { uid: uid(id), account: accountId(owner), octets, digest, created, system: 0, keywords: [], modSeq }
}

/** A header field's text has no control characters. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ')
}
