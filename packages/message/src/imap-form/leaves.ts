import type { MessageDigest, PartLayout } from '@mailwright/core'
import { readWire, type WireValue } from './wire-reader.js'

/** A part that holds no others, with what its header says of it. Text is as in the header, one octet a character. */
export interface Leaf {
  /** `section-part` of RFC 9051 §9: `1` for a message of one part. */
  readonly path: readonly number[]
  readonly layout: PartLayout
  /** In lower case. */
  readonly type: string
  /** In lower case. */
  readonly subtype: string
  /** Of the Content-Type; empty without one. */
  readonly charset: string
  /** In lower case, as the header has it: {@link PartLayout.encoding} says how to read it. */
  readonly encoding: string
  /** Disposition type in lower case; `null` without one. */
  readonly disposition: string | null
}

/** Something to be looked at: a message or a part, where it stands, and its `body` of RFC 9051 §9. */
interface Visit {
  readonly role: 'message' | 'part'
  /** Numbers of the part itself, or of the part that holds the message: none for the message itself. */
  readonly path: readonly number[]
  readonly layout: PartLayout
  readonly body: WireValue
}

type Order = 'asWritten' | 'plainFirst'

/** The leaves of a message in their order, those of enclosed messages included. Reads the digest only. */
export function leavesOf(digest: MessageDigest): readonly Leaf[] {
  return walk(digest, 'asWritten')
}

/**
 * The leaves that a preview may be made of, the best first: text that is no attachment, and of alternatives the plain one before
 * others. RFC 8970 §3.2.
 */
export function previewLeaves(digest: MessageDigest): readonly Leaf[] {
  return walk(digest, 'plainFirst').filter(({ type, disposition }) => type === 'text' && disposition !== 'attachment')
}

function walk(digest: MessageDigest, order: Order): readonly Leaf[] {
  const leaves: Leaf[] = []
  const visits: Visit[] = [{ role: 'message', path: [], layout: digest.sections, body: readWire(digest.bodyStructure) }]
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const { role, layout, body } = visit
    if (!isList(body)) continue
    // A message that is not multipart is its own part 1. RFC 9051 §6.4.5.1.
    const path = role === 'message' && layout.kind !== 'multipart' ? [...visit.path, 1] : visit.path
    if (layout.kind === 'leaf') {
      leaves.push(leafOf(path, layout, body))
      continue
    }
    const isMultipart = layout.kind === 'multipart'
    const within: Visit[] = layout.parts.map((part, index) => ({
      role: isMultipart ? 'part' : 'message',
      path: isMultipart ? [...path, index + 1] : path,
      layout: part,
      // body-type-msg: the body of the enclosed message follows its envelope.
      body: body[isMultipart ? index : 8] ?? null,
    }))
    if (order === 'plainFirst' && isMultipart && lower(body[within.length]) === 'alternative') {
      within.sort((one, other) => Number(isPlain(other)) - Number(isPlain(one)))
    }
    visits.push(...within.reverse())
  }
  return leaves
}

function leafOf(path: readonly number[], layout: PartLayout, body: readonly WireValue[]): Leaf {
  const [type, subtype, parameters, , , encoding] = body
  // body-ext-1part behind body-fields, and behind body-fld-lines of text: MD5, then the disposition.
  const disposition = body[lower(type) === 'text' ? 9 : 8]
  return {
    path,
    layout,
    type: lower(type),
    subtype: lower(subtype),
    charset: parameter(parameters, 'charset'),
    encoding: lower(encoding),
    disposition: isList(disposition) ? lower(disposition[0]) : null,
  }
}

function isPlain({ layout, body }: Visit): boolean {
  return layout.kind === 'leaf' && isList(body) && lower(body[0]) === 'text' && lower(body[1]) === 'plain'
}

function parameter(parameters: WireValue | undefined, name: string): string {
  if (!isList(parameters)) return ''
  for (let at = 0; at + 1 < parameters.length; at += 2) {
    const value = parameters[at + 1]
    if (lower(parameters[at]) === name && typeof value === 'string') return value
  }
  return ''
}

function lower(value: WireValue | undefined): string {
  return typeof value === 'string' ? value.toLowerCase() : ''
}

function isList(value: WireValue | undefined): value is readonly WireValue[] {
  return typeof value === 'object' && value !== null
}
