import {
  type AccountId,
  type BodyHandle,
  type BodyPiece,
  type Flow,
  fromLatin1,
  latin1,
  type MessageDigest,
  type MessageRef,
  type OctetRange,
  type PartLayout,
  READ_WINDOW,
  type StagedId,
} from '@mailwright/core'
import { isIdentityEncoding } from '@mailwright/message'
import { assembler, reader, store } from './calls.js'
import { readFields } from './read-fields.js'
import { LOST, OVER_QUOTA } from './refusals.js'
import { no, type Reply } from './reply.js'
import type { Session } from './session.js'

/** A message that may be stored as it was staged, or in another staged form. */
export type Fit =
  | { readonly kind: 'fit'; readonly staged: StagedId }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** For whom a message is staged, as the store is told. */
export interface Staging {
  readonly account: AccountId
  readonly replaces?: MessageRef
}

/** RFC 3516 §4.4. */
const UNKNOWN_CTE = no('Binary data where it cannot be stored.', 'UNKNOWN-CTE')
/** RFC 6855 §4. */
const UTF8_HEADER = no('8-bit header fields without UTF8=ACCEPT enabled.', 'CANNOT')
const TOO_MANY_HEADERS = no('Too large headers of binary parts.', 'LIMIT')

/**
 * Looks into a staged message where its form may be one that cannot be told again.
 *
 * @param form `literal8`: it may hold NUL, which BODY[] could not send. Such parts are stored in base64, as Dovecot does
 *   (RFC 3516 §4.4 and §6: the encoding may be changed where nothing is lost).
 */
export function* fitForStorage(
  session: Session,
  staging: Staging,
  staged: StagedId,
  form: 'literal' | 'literal8',
): Flow<Fit> {
  const refusesUtf8 = session.offers('UTF8=ACCEPT') && !session.enabled.has('UTF8=ACCEPT') && !session.isRev2
  if (form === 'literal' && !refusesUtf8) return { kind: 'fit', staged }
  const answer = yield* store.call('staged', { staged })
  if (answer.kind !== 'staged') return { kind: 'refused', reply: LOST }
  const { body, digest } = answer
  if (refusesUtf8 && (yield* has8BitHeader(body, digest))) return { kind: 'refused', reply: UTF8_HEADER }
  if (form === 'literal') return { kind: 'fit', staged }
  const binary = yield* binaryParts(body, digest)
  if (binary === null) return { kind: 'refused', reply: UNKNOWN_CTE }
  if (binary.length === 0) return { kind: 'fit', staged }
  return yield* encoded(session, staging, body, binary)
}

/** Whether the message's header holds octets beyond US-ASCII. */
function* has8BitHeader(source: BodyHandle, { headerOctets }: MessageDigest): Flow<boolean> {
  for (let start = 0; start < headerOctets; start += READ_WINDOW) {
    const end = Math.min(start + READ_WINDOW, headerOctets)
    const { octets } = yield* reader.call('readBody', { source, start, end })
    if (/[\x80-\xff]/.test(latin1(octets))) return true
  }
  return false
}

/** The parts that hold NUL, in their order; `null` where one stands that no encoding could carry. */
function* binaryParts(source: BodyHandle, digest: MessageDigest): Flow<readonly PartLayout[] | null> {
  const leaves = leavesOf(digest.sections)
  const found: PartLayout[] = []
  let leaf = 0
  let known = 0
  for (let start = 0; start < source.octets; start += READ_WINDOW) {
    const end = Math.min(start + READ_WINDOW, source.octets)
    const { octets } = yield* reader.call('readBody', { source, start, end })
    const next = (): number => octets.indexOf(0, Math.max(0, known - start))
    for (let at = next(); at >= 0; at = next()) {
      while ((leaves[leaf]?.end ?? Number.POSITIVE_INFINITY) <= start + at) leaf += 1
      const part = leaves[leaf]
      if (part === undefined || part.body > start + at || !isIdentityEncoding(part.encoding)) return null
      found.push(part)
      known = part.end
    }
  }
  return found
}

/** A message's parts that contain no others, in the order of their octets. */
function leavesOf(root: PartLayout): readonly PartLayout[] {
  const leaves: PartLayout[] = []
  const waiting = [root]
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.kind === 'leaf') leaves.push(part)
    for (let at = part.parts.length - 1; at >= 0; at--) {
      const inner = part.parts[at]
      if (inner !== undefined) waiting.push(inner)
    }
  }
  return leaves
}

const AS_IS = 'asIs'

/** The message once more, with these parts in base64. */
function* encoded(session: Session, staging: Staging, source: BodyHandle, parts: readonly PartLayout[]): Flow<Fit> {
  const pieces: BodyPiece[] = []
  let at = 0
  let held = 0
  for (const part of parts) {
    const header = fromLatin1(yield* base64Header(source, { start: part.start, end: part.body }))
    held += header.length
    if (held > session.limits.literalOctets) return { kind: 'refused', reply: TOO_MANY_HEADERS }
    pieces.push({ kind: 'range', source, start: at, end: part.start, form: AS_IS })
    pieces.push({ kind: 'octets', octets: header })
    pieces.push({ kind: 'range', source, start: part.body, end: part.end, form: 'base64' })
    at = part.end
  }
  if (at === source.octets) pieces.push({ kind: 'octets', octets: fromLatin1('\r\n') })
  else pieces.push({ kind: 'range', source, start: at, end: source.octets, form: AS_IS })
  const answer = yield* assembler.call('stageAssembled', { ...staging, pieces })
  if (answer.kind !== 'staged') return { kind: 'refused', reply: OVER_QUOTA }
  return { kind: 'fit', staged: answer.staged }
}

/** A part's header that says base64 whatever it said before, with its blank line. */
function* base64Header(source: BodyHandle, range: OctetRange): Flow<string> {
  const choice = { mode: 'except', names: new Set(['content-transfer-encoding']), hasBody: true } as const
  const fields = yield* readFields(source, { kind: 'fields', ...range, choice })
  const blank = fields.endsWith('\r\n') ? 2 : 1
  return `${fields.slice(0, -blank)}Content-Transfer-Encoding: base64\r\n\r\n`
}
