import { breathe, type Flow, latin1 } from '@mailwright/core'
import {
  type DecodedSize,
  decodedStructure,
  isIdentityEncoding,
  isKnownEncoding,
  partStructure,
  rev1BodyStructure,
} from '@mailwright/message'
import { store } from './calls.js'
import { DecodedReader, type DecodedSlice, type Encoded, KEPT_OCTETS } from './decoded-part.js'
import { type EncodedPart, locateBinary, locateSection } from './section.js'
import type { Session } from './session.js'
import { messageContent, type UrlMessage } from './url-content.js'

/** What a URL names, without its transfer encoding (RFC 5524 §3.2). */
export type BinaryContent =
  | { readonly kind: 'decoded'; readonly slice: DecodedSlice }
  /** Header fields, which have none; one octet a character. */
  | { readonly kind: 'asIs'; readonly octets: string }
  /** In a transfer encoding that nobody knows. */
  | { readonly kind: 'unknownEncoding' }
  /** The message, or its part, is not there. */
  | { readonly kind: 'none' }

const NONE: BinaryContent = { kind: 'none' }

/** The content of a part as BINARY of FETCH has it (RFC 3516 §4.2), and every other section that a URL may name as it stands. */
export function* binaryContent(session: Session, message: UrlMessage): Flow<BinaryContent> {
  const { ref, partial } = message
  const where = locateContent(message)
  if (where.kind === 'none') return NONE
  if (where.kind === 'fields') {
    const content = yield* messageContent(message)
    if (content.kind === 'bad' || content.piece.kind === 'range') return NONE
    return { kind: 'asIs', octets: latin1(content.piece.octets) }
  }
  if (!isKnownEncoding(where.encoding)) return { kind: 'unknownEncoding' }
  const answer = yield* store.call('body', ref)
  if (answer.kind !== 'body') return NONE
  const part = { ...where, source: answer.body, key: `${ref.account} ${ref.mailbox} ${ref.uid}` }
  return { kind: 'decoded', slice: yield* session.decoded.measure(part, partial, KEPT_OCTETS) }
}

/**
 * The `body` of the part that a URL names, as it is for the octets that are told of it: decoded ones have an encoding that changes
 * nothing (RFC 5524 §3.2).
 *
 * @param slice the decoded octets that will be told; `null`: none, or as they stand.
 * @returns `null` for what is no body part: a header, or the text of a multipart message.
 */
export function* structureOfPart(
  session: Session,
  { section, digest }: UrlMessage,
  slice: DecodedSlice | null,
): Flow<string | null> {
  const numbers = section.text.kind === 'all' ? section.part : onlyPart({ section, digest })
  const body = numbers === null ? undefined : partStructure(digest, numbers)
  if (body === undefined) return null
  const told = slice === null || isIdentityEncoding(slice.part.encoding) ? body : yield* decodedBody(body, slice.part)
  return session.isRev2 ? told : rev1BodyStructure(told)
}

type Located = EncodedPart | { readonly kind: 'fields' } | { readonly kind: 'none' }

/** Where the octets of a section are, and in which encoding. */
function locateContent({ section, digest }: UrlMessage): Located {
  const numbers = section.text.kind === 'all' ? section.part : onlyPart({ section, digest })
  if (numbers !== null) return locateBinary(numbers, digest)
  const where = locateSection(section, digest)
  if (where.kind === 'octets') return { ...where, kind: 'encoded', encoding: 'binary' }
  return where.kind === 'none' ? where : { kind: 'fields' }
}

/** The numbers of the part that TEXT of a message stands for, where it is the only one; `null` for every other section. */
function onlyPart({ section, digest }: Pick<UrlMessage, 'section' | 'digest'>): readonly number[] | null {
  if (section.text.kind !== 'text') return null
  const text = locateSection(section, digest)
  const numbers = [...section.part, 1]
  const part = locateBinary(numbers, digest)
  const isSame = text.kind === 'octets' && part.kind === 'encoded' && text.start === part.start && text.end === part.end
  return isSame ? numbers : null
}

function* decodedBody(body: string, part: Encoded): Flow<string> {
  return decodedStructure(body, yield* sizeOf(part))
}

/** One more pass over the part, window by window. */
function* sizeOf(part: Encoded): Flow<DecodedSize> {
  const reader = new DecodedReader(part)
  let lines = 0
  let is8bit = false
  let hasNul = false
  for (;;) {
    const chunk = yield* reader.read(Number.POSITIVE_INFINITY)
    if (chunk === null) break
    for (const octet of chunk) {
      if (octet === 0x0a) lines += 1
      else if (octet >= 0x80) is8bit = true
      else if (octet === 0) hasNul = true
    }
    yield* breathe()
  }
  return { encoding: hasNul ? 'BINARY' : is8bit ? '8BIT' : '7BIT', octets: reader.position, lines }
}
