import {
  type BodyHandle,
  type Flow,
  type MessageDigest,
  type Octets,
  READ_WINDOW,
  type SeqNum,
  type Uid,
  type UnixMillis,
} from '@mailwright/core'
import { bodyFromBodyStructure } from '@mailwright/message'
import { reader, store } from './calls.js'
import type { Partial } from './command.js'
import type { FetchPlan, PlannedItem } from './fetch-plan.js'
import { tellFlags } from './flag-lines.js'
import { writeDateTime } from './response/date-time.js'
import { FieldPicker, locateSection, type SectionSource } from './section.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'

/** One message of a FETCH with its columns; those that were not asked for are absent. */
export interface FetchRow {
  readonly seq: SeqNum
  readonly uid: Uid
  readonly octets: Octets | undefined
  readonly internalDate: UnixMillis | undefined
  readonly digest: MessageDigest | undefined
  /** `\Seen` was set by this very FETCH, which tells so (RFC 3501 §6.4.5). */
  readonly isSeenNow: boolean
}

type SectionItem = Extract<PlannedItem, { readonly item: 'section' }>
type PlainItem = Exclude<PlannedItem, SectionItem | { readonly item: 'FLAGS' }>

interface Span {
  readonly start: Octets
  readonly end: Octets
}

/** What is written for one item: text with octets of the message behind it, or the flags as they are by then. */
type Piece = { readonly text: string; readonly splice?: { readonly source: BodyHandle } & Span } | 'flags'

/**
 *     message-data = nz-number SP "FETCH" SP msg-att
 *
 * RFC 3501 §9. Everything that can fail is asked for before the first octet is written, so a message that is gone, or a store that
 * fails, leaves no half response. Sections go from the store to the peer unseen.
 *
 * @returns whether the message was still there.
 */
export function* fetchMessage(session: Session, mailbox: Selected, plan: FetchPlan, row: FetchRow): Flow<boolean> {
  const pieces: Piece[] = []
  let source: BodyHandle | null = null
  for (const item of plan.items) {
    if (item.item !== 'section') {
      pieces.push(item.item === 'FLAGS' ? 'flags' : { text: plainItem(item, row) })
      continue
    }
    const where = row.digest === undefined ? NO_SECTION : locateSection(item.section, row.digest)
    if (source === null && (where.kind === 'octets' || where.kind === 'fields')) {
      const answer = yield* store.call('body', { ...mailbox.ref, uid: row.uid })
      if (answer.kind !== 'body') return false
      source = answer.body
    }
    pieces.push(yield* sectionItem(item, where, source))
  }
  if (row.isSeenNow && !plan.hasFlags) pieces.push('flags')
  const { wire } = session
  wire.write(`* ${row.seq} FETCH (`)
  for (const [at, piece] of pieces.entries()) {
    const text = piece === 'flags' ? `FLAGS ${tellFlags(mailbox.view, row.uid)}` : piece.text
    wire.write(at === 0 ? text : ` ${text}`)
    if (piece === 'flags' || piece.splice === undefined) continue
    wire.splice(piece.splice.source, piece.splice.start, piece.splice.end)
  }
  wire.write(')\r\n')
  return true
}

const NO_SECTION: SectionSource = { kind: 'none' }

/** `msg-att` items that the columns tell. */
function plainItem(item: PlainItem, row: FetchRow): string {
  const { digest } = row
  switch (item.item) {
    case 'UID':
      return `UID ${row.uid}`
    case 'INTERNALDATE':
      return `INTERNALDATE ${writeDateTime(row.internalDate ?? 0)}`
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${row.octets ?? 0}`
    case 'ENVELOPE':
      return `ENVELOPE ${digest?.envelope ?? 'NIL'}`
    case 'BODY':
      return `BODY ${digest === undefined ? 'NIL' : bodyFromBodyStructure(digest.bodyStructure)}`
    case 'BODYSTRUCTURE':
      return `BODYSTRUCTURE ${digest?.bodyStructure ?? 'NIL'}`
    default:
      return item.item satisfies never
  }
}

/** `"BODY" section ["<" number ">"] SP nstring`, always a literal: it may be long, and hold any octet. */
function* sectionItem(item: SectionItem, where: SectionSource, source: BodyHandle | null): Flow<Piece> {
  const { label, partial } = item
  if (where.kind === 'known') return { text: `${label} ${literal(cut(where.octets, partial))}` }
  if (where.kind === 'none' || source === null) return { text: `${label} NIL` }
  if (where.kind === 'octets') {
    const span = cutSpan(where, partial)
    return { text: `${label} {${span.end - span.start}}\r\n`, splice: { source, ...span } }
  }
  const picker = new FieldPicker(where.choice)
  for (let start = where.start; start < where.end; start += READ_WINDOW) {
    const end = Math.min(start + READ_WINDOW, where.end)
    picker.push((yield* reader.call('readBody', { source, start, end })).octets)
  }
  return { text: `${label} ${literal(cut(picker.end(), partial))}` }
}

/** `literal` of RFC 3501 §4.3, of octets at hand. */
function literal(octets: string): string {
  return `{${octets.length}}\r\n${octets}`
}

/** A substring by octets; past the end it is cut, and from past the end it is empty (RFC 3501 §6.4.5). */
function cut(octets: string, partial: Partial | null): string {
  return partial === null ? octets : octets.slice(partial.start, partial.start + partial.count)
}

/** {@link cut}, of a range of the message. */
function cutSpan({ start, end }: Span, partial: Partial | null): Span {
  if (partial === null) return { start, end }
  const from = Math.min(start + partial.start, end)
  return { start: from, end: Math.min(from + partial.count, end) }
}
