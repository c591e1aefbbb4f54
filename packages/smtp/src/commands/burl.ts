import { type BodyReader, caller, type Flow, giveUpload, MailwrightError, READ_WINDOW } from '@mailwright/core'
import type { ChunkedUpload, Dialogue } from '../dialogue.js'
import type { SmtpHandler, UrlVerdict } from '../handler.js'
import { type Answer, said } from '../response/answer.js'
import { hostRefusal, type Reply, reply } from '../response/reply.js'
import { notAVerdict } from '../response/verdict.js'
import { refusalBeforeData } from './before-data.js'
import { chunkedMessage, lastChunk, spoiled } from './chunked-message.js'
import { endOfMessage, faultFor, forAll, type Outcome } from './message-outcome.js'

const { call } = caller<SmtpHandler>()
const reader = caller<BodyReader>()

const SYNTAX = reply(501, '5.5.4', 'Syntax: BURL absolute-URI [LAST]')
const WAITING = reply(250, '2.5.0', 'Waiting for additional BURL or BDAT commands')
const TOO_BIG = reply(554, '5.3.4', 'Message too big for system')
const NEEDS_CONVERSION = reply(554, '5.6.3', 'Conversion required but not supported')
const UNAUTHORIZED = reply(554, '5.7.0', 'IMAP URL authorization failed')
const UNRESOLVED = reply(554, '5.6.6', 'IMAP URL resolution failed')
/** X.7.14, in place of RFC 4468 §5's X.7.8, which means something else since (RFC 5248). */
const UNTRUSTED = reply(554, '5.7.14', 'URL resolution requires trust relationship')
const UNAVAILABLE = reply(451, '4.4.1', 'IMAP server unavailable')

/** What is to be fetched into a message. */
export interface WantedChunk {
  readonly url: string
  readonly isLast: boolean
}

/**
 *     burl-cmd     = "BURL" SP absolute-URI [SP end-marker] CRLF
 *     end-marker   = "LAST"
 *     absolute-URI = scheme ":" hier-part [ "?" query ]
 *
 * RFC 4468 §3.5, RFC 3986 §4.3: no fragment, and nothing but US-ASCII. `undefined` for what is none.
 */
export function parseBurl(argument: string): WantedChunk | undefined {
  const [, url, last] = COMMAND.exec(argument) ?? []
  return url === undefined ? undefined : { url, isLast: last !== undefined }
}

const COMMAND = /^([A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~!$&'()*+,;=:@/?[\]-]|%[0-9A-Fa-f]{2})+)(?: +(LAST))?$/i

/**
 * RFC 4468 §3.2. Octets that the host fetches are a chunk of the message as those of BDAT are. Whatever is wrong with one, the message would lack it:
 * so the transaction is over.
 */
export function* burl(dialogue: Dialogue, argument: string): Flow<Answer> {
  const wanted = parseBurl(argument)
  if (wanted === undefined) return yield* spoiled(dialogue, refused(dialogue, SYNTAX, 'mistake'))
  if (dialogue.state.name !== 'bdat') {
    const refusal = yield* refusalBeforeData(dialogue)
    if (refusal !== null) {
      dialogue.reset()
      return refusal
    }
  }
  try {
    const found = yield* resolve(dialogue, wanted.url)
    if (found.kind === 'answer') return yield* spoiled(dialogue, found.outcome)
    const upload = yield* chunkedMessage(dialogue, 'BURL')
    const flaw = yield* fetchInto(dialogue, upload, found)
    if (flaw !== null) return yield* spoiled(dialogue, flaw)
    if (!wanted.isLast) return said(WAITING)
    if (upload.guard?.end() != null) return yield* spoiled(dialogue, refused(dialogue, NEEDS_CONVERSION, 'refused'))
    return yield* lastChunk(dialogue, upload)
  } catch (fault) {
    if (!(fault instanceof MailwrightError)) throw fault
    return endOfMessage(dialogue, faultFor(dialogue, 'BURL', fault))
  }
}

type Found = Extract<UrlVerdict, { readonly kind: 'found' }>

/** What the URL stands for, or what is said instead. */
function* resolve(
  dialogue: Dialogue,
  url: string,
): Flow<Found | { readonly kind: 'answer'; readonly outcome: Outcome }> {
  const { session } = dialogue
  const { transaction } = dialogue.open
  let verdict: UrlVerdict
  try {
    verdict = yield* call('resolveUrl', { session, transaction, url })
  } catch (fault) {
    return { kind: 'answer', outcome: unavailable(dialogue, fault) }
  }
  switch (verdict?.kind) {
    case 'found':
      return verdict
    case 'unauthorized':
      return { kind: 'answer', outcome: refused(dialogue, UNAUTHORIZED, 'refused') }
    case 'unresolved':
      return { kind: 'answer', outcome: refused(dialogue, UNRESOLVED, 'refused') }
    case 'untrusted':
      return { kind: 'answer', outcome: refused(dialogue, UNTRUSTED, 'refused') }
    case 'unavailable':
      return { kind: 'answer', outcome: refused(dialogue, UNAVAILABLE, 'fine') }
    case 'refused':
      return { kind: 'answer', outcome: refused(dialogue, hostRefusal(verdict.reply), 'refused') }
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

/** Window by window, as the host takes them: no message is ever held here. `null` when all went well. */
function* fetchInto(dialogue: Dialogue, upload: ChunkedUpload, { source, start, end }: Found): Flow<Outcome | null> {
  if (upload.octets + end - start > dialogue.settings.limits.messageOctets) {
    return refused(dialogue, TOO_BIG, 'refused')
  }
  const { body } = dialogue.open.transaction.parameters
  for (let at = start; at < end; ) {
    const until = Math.min(end, at + READ_WINDOW)
    let octets: Uint8Array
    try {
      octets = (yield* reader.call('readBody', { source, start: at, end: until })).octets
    } catch (fault) {
      return unavailable(dialogue, fault)
    }
    if (!isCarried(octets, body, upload)) return refused(dialogue, NEEDS_CONVERSION, 'refused')
    const { isWanted } = yield* giveUpload(octets)
    // The host has answered: it is asked for that at the last chunk.
    if (!isWanted) break
    at = until
  }
  upload.octets += end - start
  return null
}

/** RFC 4468 §4: binary data are for BINARYMIME, and what was said to have 7 bits has them. Nothing is converted here. */
function isCarried(octets: Uint8Array, body: string | undefined, { guard }: ChunkedUpload): boolean {
  if (guard === null) return true
  guard.push(octets)
  if (guard.flaw !== null || octets.includes(0)) return false
  return body !== '7BIT' || octets.every((octet) => octet < 0x80)
}

function refused(dialogue: Dialogue, refusal: Reply, verdict: Answer['verdict']): Outcome {
  if (verdict !== 'mistake') dialogue.reportRefusal(refusal, { verb: 'BURL' })
  return { ...forAll(dialogue, dialogue.open.recipients, refusal), verdict, event: { outcome: 'refused' } }
}

/** The fault of a fetch is not one of the queue. */
function unavailable(dialogue: Dialogue, fault: unknown): Outcome {
  if (!(fault instanceof MailwrightError)) throw fault
  dialogue.reportFault('BURL', fault)
  return { ...forAll(dialogue, dialogue.open.recipients, UNAVAILABLE), verdict: 'fine', event: { outcome: 'fault' } }
}
