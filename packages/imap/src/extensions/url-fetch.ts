import { type BodyPiece, breathe, type Flow, type Identity, latin1 } from '@mailwright/core'
import type { CommandOf, WantedUrl } from '../command.js'
import { announceSlice, type DecodedSlice, sendSlice } from '../decoded-part.js'
import { parseImapUrl } from '../grammar/imap-url.js'
import { ok, type Reply } from '../reply.js'
import { writeContent, writeString } from '../response/strings.js'
import type { Session } from '../session.js'
import { admittedByUrl, type UrlAsker } from '../url-access.js'
import { messageContent, type UrlMessage } from '../url-content.js'
import { type BinaryContent, binaryContent, structureOfPart } from '../url-part.js'
import { USERS_UNAVAILABLE } from './url-auth.js'

/** What is told of a URL: text, and octets of a message that its end announces. */
interface Told {
  readonly text: string
  readonly splice?: Extract<BodyPiece, { readonly kind: 'range' }>
  readonly decoded?: DecodedSlice
}

/**
 * RFC 4467 §7, RFC 5524 §3. Each URL has a response of its own, `NIL` for whatever is the matter with it. All that can fail is asked for before
 * its first octet is written.
 *
 *     urlfetch-data = "*" SP "URLFETCH" 1*(urldata-simple / urldata-ext / urldata-error)
 *     urldata-error = SP url-full SP nil
 */
export function* urlFetch(session: Session, identity: Identity, command: CommandOf<'URLFETCH'>): Flow<Reply> {
  const asker: UrlAsker = { kind: 'user', identity }
  for (const wanted of command.urls) {
    const admission = yield* admittedByUrl(session, asker, parseImapUrl(wanted.url))
    if (admission.kind === 'unavailable') return USERS_UNAVAILABLE
    const told = admission.kind === 'admitted' ? yield* tellUrl(session, admission.message, wanted) : []
    yield* writeUrl(session, wanted, told)
    yield* breathe()
  }
  return ok('Urlfetch completed.')
}

/** @returns nothing where what is wanted is not there. */
function* tellUrl(session: Session, message: UrlMessage, { items }: WantedUrl): Flow<readonly Told[]> {
  const binary = items.has('BINARY') ? yield* binaryContent(session, message) : null
  if (binary?.kind === 'none') return []
  const told: Told[] = []
  if (items.has('BODYPARTSTRUCTURE')) {
    const structure = yield* structureOfPart(session, message, binary?.kind === 'decoded' ? binary.slice : null)
    if (structure !== null) told.push({ text: `BODYPARTSTRUCTURE ${structure}` })
  }
  if (items.has('BODY') || items.size === 0) {
    const content = yield* messageContent(message)
    if (content.kind === 'bad') return []
    told.push(tellBody(content.piece))
  }
  if (binary !== null) told.push(tellBinary(binary))
  return told
}

/** `url-meta-body = "BODY" SP nstring`, always a literal. RFC 5524 §5. */
function tellBody(piece: BodyPiece): Told {
  if (piece.kind === 'octets') return { text: `BODY ${writeContent(latin1(piece.octets))}` }
  return { text: `BODY {${piece.end - piece.start}}\r\n`, splice: piece }
}

/** `url-meta-binary = "BINARY" SP (nstring / literal8)`. RFC 5524 §5. */
function tellBinary(binary: Exclude<BinaryContent, { readonly kind: 'none' }>): Told {
  if (binary.kind === 'unknownEncoding') return { text: 'BINARY NIL' }
  if (binary.kind === 'decoded') return { text: `BINARY ${announceSlice(binary.slice)}`, decoded: binary.slice }
  return { text: `BINARY ${binary.octets.includes('\0') ? '~' : ''}{${binary.octets.length}}\r\n${binary.octets}` }
}

/**
 *     urldata-simple = SP url-full SP nstring
 *     urldata-ext    = SP url-full url-metadata
 *     url-metadata   = 1*(SP "(" url-metadata-el ")")
 *
 * RFC 5524 §5.
 */
function* writeUrl(session: Session, { url, items }: WantedUrl, told: readonly Told[]): Flow<void> {
  const { wire } = session
  wire.write(`* URLFETCH ${writeString(url)}`)
  if (told.length === 0) wire.write(' NIL')
  for (const { text, splice, decoded } of told) {
    wire.write(items.size === 0 ? text.slice('BODY'.length) : ` (${text}`)
    if (splice !== undefined) wire.splice(splice.source, splice.start, splice.end, 'withoutNul')
    if (decoded !== undefined) yield* sendSlice(session, decoded)
    if (items.size > 0) wire.write(')')
  }
  wire.write('\r\n')
}
