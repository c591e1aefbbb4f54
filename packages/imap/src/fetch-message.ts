import type { BodyHandle, Flow, MessageDigest, OctetRange, Octets, SeqNum, Uid, UnixMillis } from '@mailwright/core'
import { bodyFromBodyStructure, isKnownEncoding, rev1BodyStructure } from '@mailwright/message'
import { store } from './calls.js'
import { announceSlice, type DecodedSlice, type Encoded, KEPT_OCTETS, sendSlice } from './decoded-part.js'
import { readPreview, writePreview } from './extensions/preview.js'
import type { FetchPlan, PlannedItem } from './fetch-plan.js'
import { messageData, tellFlags, tellModSeq } from './flag-lines.js'
import { readFields } from './read-fields.js'
import { writeDateTime } from './response/date-time.js'
import { writeContent } from './response/strings.js'
import { cutOctets, cutSpan, type EncodedPart, locateBinary, locateSection, type SectionSource } from './section.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'

/** One message of a FETCH with its columns; those that were not asked for are absent. */
export interface FetchRow {
  readonly seq: SeqNum
  readonly uid: Uid
  readonly octets: Octets | undefined
  readonly internalDate: UnixMillis | undefined
  readonly saveDate: UnixMillis | undefined
  readonly modSeq: number | undefined
  readonly emailId: string | undefined
  readonly threadId: string | null | undefined
  readonly digest: MessageDigest | undefined
  /** `\Seen` was set by this very FETCH, which tells so (RFC 3501 §6.4.5): the mod-sequence it gave. */
  readonly seenNow: number | undefined
}

/** What became of one message of a FETCH. */
export type Fetched =
  | 'answered'
  /** It was gone by then; nothing was written. */
  | 'gone'
  /** Some part has a transfer encoding nobody knows; what else was asked for is answered (RFC 3516 §4.3). */
  | 'unknownEncoding'

/** Items that are made of the message's octets. */
type ContentItem = Extract<PlannedItem, { readonly item: 'section' | 'binary' | 'binarySize' | 'PREVIEW' }>
type SectionItem = Extract<PlannedItem, { readonly item: 'section' }>
type BinaryItem = Extract<PlannedItem, { readonly item: 'binary' | 'binarySize' }>

/** What is written for one item: text with octets of the message behind it, or the flags as they are by then. */
type Piece = TextPiece | 'flags'

interface TextPiece {
  readonly text: string
  readonly splice?: { readonly source: BodyHandle } & OctetRange
  readonly decoded?: DecodedSlice
}

/**
 *     message-data = nz-number SP "FETCH" SP msg-att
 *
 * RFC 3501 §9. Everything that can fail is asked for before the first octet is written, so a message that is gone, or a store that
 * fails, leaves no half response. Sections go from the store to the peer unseen.
 */
export function* fetchMessage(session: Session, mailbox: Selected, plan: FetchPlan, row: FetchRow): Flow<Fetched> {
  const pieces: Piece[] = []
  let source: BodyHandle | null = null
  let fetched: Fetched = 'answered'
  let room = KEPT_OCTETS
  for (const item of plan.items) {
    if (item.item === 'FLAGS' || item.item === 'MODSEQ') {
      const modSeq = row.seenNow ?? row.modSeq ?? 0
      pieces.push(item.item === 'FLAGS' ? 'flags' : { text: tellModSeq(session, modSeq) })
      continue
    }
    if (item.item === 'PREVIEW' && item.mode === 'lazy' && plan.lazyPreviews.left <= 0) {
      pieces.push({ text: writePreview(session, item, null) })
      continue
    }
    if (!isContentItem(item)) {
      pieces.push({ text: plainItem(session, item.item, row) })
      continue
    }
    const where = locateItem(item, row.digest)
    if (source === null && where.kind !== 'known' && where.kind !== 'none') {
      const answer = yield* store.call('body', { ...mailbox.ref, uid: row.uid })
      if (answer.kind !== 'body') return 'gone'
      source = answer.body
    }
    if (item.item === 'PREVIEW') {
      plan.lazyPreviews.left -= 1
      const preview = source === null || row.digest === undefined ? '' : yield* readPreview(source, row.digest)
      pieces.push({ text: writePreview(session, item, preview) })
    } else if (item.item === 'section') {
      pieces.push(yield* sectionItem(item, where, source))
    } else if (where.kind === 'encoded' && !isKnownEncoding(where.encoding)) {
      fetched = 'unknownEncoding'
    } else {
      const key = `${mailbox.ref.mailbox} ${row.uid}`
      const part = where.kind === 'encoded' && source !== null ? { ...where, source, key } : null
      const piece = yield* binaryItem(session, item, part, room)
      if (piece.decoded?.kept != null) room -= piece.decoded.octets
      pieces.push(piece)
    }
  }
  if (row.seenNow !== undefined) pieces.push(...seenPieces(session, plan, row.seenNow))
  if (pieces.length > 0) yield* writePieces(session, mailbox, row, pieces)
  return fetched
}

function* writePieces(session: Session, mailbox: Selected, row: FetchRow, pieces: readonly Piece[]): Flow<void> {
  const { wire } = session
  wire.write(messageData(session, row))
  for (const [at, piece] of pieces.entries()) {
    const text = piece === 'flags' ? `FLAGS ${tellFlags(session, mailbox.view, row.uid)}` : piece.text
    wire.write(at === 0 ? text : ` ${text}`)
    if (piece === 'flags') continue
    if (piece.splice !== undefined) wire.splice(piece.splice.source, piece.splice.start, piece.splice.end, 'withoutNul')
    if (piece.decoded !== undefined) yield* sendSlice(session, piece.decoded)
  }
  wire.write(')\r\n')
}

/** Flags that this FETCH changed are news, with what belongs to news (RFC 3501 §6.4.5, RFC 7162 §3.1.4.2). */
function seenPieces(session: Session, plan: FetchPlan, modSeq: number): Piece[] {
  const pieces: Piece[] = plan.hasFlags ? [] : ['flags']
  if (session.enabled.has('CONDSTORE') && !plan.hasModSeq) pieces.push({ text: tellModSeq(session, modSeq) })
  return pieces
}

const NO_SECTION: SectionSource = { kind: 'none' }

function isContentItem(item: PlannedItem): item is ContentItem {
  return item.item === 'section' || item.item === 'binary' || item.item === 'binarySize' || item.item === 'PREVIEW'
}

function locateItem(item: ContentItem, digest: MessageDigest | undefined): SectionSource | EncodedPart {
  if (digest === undefined) return NO_SECTION
  if (item.item === 'PREVIEW') return { kind: 'octets', start: 0, end: digest.octets }
  return item.item === 'section' ? locateSection(item.section, digest) : locateBinary(item.part, digest)
}

/** `msg-att` items that the columns tell. */
function plainItem(
  session: Session,
  item: Exclude<PlannedItem['item'], ContentItem['item'] | 'FLAGS' | 'MODSEQ'>,
  row: FetchRow,
): string {
  const { digest } = row
  switch (item) {
    case 'UID':
      return `UID ${row.uid}`
    case 'INTERNALDATE':
      return `INTERNALDATE ${writeDateTime(row.internalDate ?? 0)}`
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${row.octets ?? 0}`
    case 'SAVEDATE':
      // RFC 8514 §4.2: NIL where the store does not know it.
      return `SAVEDATE ${row.saveDate === undefined || Number.isNaN(row.saveDate) ? 'NIL' : writeDateTime(row.saveDate)}`
    case 'EMAILID':
      return `EMAILID (${row.emailId ?? ''})`
    case 'THREADID':
      return `THREADID ${row.threadId == null ? 'NIL' : `(${row.threadId})`}`
    case 'ENVELOPE':
      return `ENVELOPE ${digest?.envelope ?? 'NIL'}`
    case 'BODY':
      return `BODY ${digest === undefined ? 'NIL' : body(session, digest)}`
    case 'BODYSTRUCTURE':
      return `BODYSTRUCTURE ${digest === undefined ? 'NIL' : bodyStructure(session, digest)}`
    default:
      return item satisfies never
  }
}

/** BODYSTRUCTURE without extension data, see {@link bodyStructure}. */
function body(session: Session, digest: MessageDigest): string {
  return bodyFromBodyStructure(digest.bodyStructure, session.isRev2 ? 'message' : 'basic')
}

/** In the session's version of the protocol: `message/global` is a message in IMAP4rev2 only (RFC 9051 §9, media-message). */
function bodyStructure(session: Session, digest: MessageDigest): string {
  return session.isRev2 ? digest.bodyStructure : rev1BodyStructure(digest.bodyStructure)
}

/** `"BODY" section ["<" number ">"] SP nstring`, always a literal: it may be long, and hold any octet but NUL. */
function* sectionItem(item: SectionItem, where: SectionSource | EncodedPart, source: BodyHandle | null): Flow<Piece> {
  const { label, partial } = item
  if (where.kind === 'known') return { text: `${label} ${writeContent(cutOctets(where.octets, partial))}` }
  if (where.kind === 'none' || where.kind === 'encoded' || source === null) return { text: `${label} NIL` }
  if (where.kind === 'octets') {
    const span = cutSpan(where, partial)
    return { text: `${label} {${span.end - span.start}}\r\n`, splice: { source, ...span } }
  }
  return { text: `${label} ${writeContent(cutOctets(yield* readFields(source, where), partial))}` }
}

/**
 *     "BINARY" section-binary SP (nstring / literal8) / "BINARY.SIZE" section-binary SP number
 *
 * RFC 3516 §7. `part` is `null` where the message has none; octets up to `room` are kept.
 */
function* binaryItem(session: Session, item: BinaryItem, part: Encoded | null, room: Octets): Flow<TextPiece> {
  const { label } = item
  if (part === null) return { text: `${label} ${item.item === 'binary' ? 'NIL' : '0'}` }
  if (item.item === 'binarySize') return { text: `${label} ${yield* session.decoded.size(part)}` }
  const decoded = yield* session.decoded.measure(part, item.partial, room)
  return { text: `${label} ${announceSlice(decoded)}`, decoded }
}
