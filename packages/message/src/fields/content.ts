import { MESSAGE_LIMITS } from '../limits.js'
import { trim } from './field.js'
import { Lexer, MIME_TOKEN, type Token, withoutComments } from './lexer.js'
import { type Parameter, parseParameters } from './parameter.js'

/** A media type with its parameters. */
export interface ContentType {
  /** In lower case. */
  readonly type: string
  /** In lower case. */
  readonly subtype: string
  /** Type and subtype in the case they were written in. */
  readonly written: readonly [type: string, subtype: string]
  readonly parameters: readonly Parameter[]
}

/** A disposition type with its parameters. */
export interface Disposition {
  /** In lower case. */
  readonly type: string
  /** The type in the case it was written in. */
  readonly written: string
  readonly parameters: readonly Parameter[]
}

/** What a part without (readable) Content-Type is. RFC 2045 §5.2. */
export const PLAIN_TEXT: ContentType = {
  type: 'text',
  subtype: 'plain',
  written: ['text', 'plain'],
  parameters: [{ name: 'charset', written: 'charset', value: 'us-ascii', extended: null }],
}

/** What a part of a digest without Content-Type is. RFC 2046 §5.1.5. */
export const ENCLOSED_MESSAGE: ContentType = {
  type: 'message',
  subtype: 'rfc822',
  written: ['message', 'rfc822'],
  parameters: [],
}

/** What is not interpreted: containers past a limit. RFC 2046 §4.5.1. */
export const OPAQUE: ContentType = {
  type: 'application',
  subtype: 'octet-stream',
  written: ['application', 'octet-stream'],
  parameters: [],
}

/**
 *     content := "Content-Type" ":" type "/" subtype *(";" parameter)
 *
 * RFC 2045 §5.1. `null` when the body names no type and subtype: the default counts (§5.2).
 */
export function parseContentType(body: string, limit: number = MESSAGE_LIMITS.parameters): ContentType | null {
  const lexer = new Lexer(body, MIME_TOKEN)
  const type = lexer.next()
  const slash = lexer.next()
  const subtype = lexer.next()
  if (!isToken(type) || slash?.text !== '/' || !isToken(subtype)) return null
  return {
    type: type.text.toLowerCase(),
    subtype: subtype.text.toLowerCase(),
    written: [type.text, subtype.text],
    parameters: parseParameters(lexer, limit),
  }
}

/**
 *     disposition := "Content-Disposition" ":" disposition-type *(";" disposition-parm)
 *
 * RFC 2183 §2. `null` when the body names no type.
 */
export function parseDisposition(body: string, limit: number = MESSAGE_LIMITS.parameters): Disposition | null {
  const lexer = new Lexer(body, MIME_TOKEN)
  const type = lexer.next()
  if (!isToken(type)) return null
  return { type: type.text.toLowerCase(), written: type.text, parameters: parseParameters(lexer, limit) }
}

/**
 *     encoding := "Content-Transfer-Encoding" ":" mechanism
 *
 * RFC 2045 §6.1. In the case it was written in; `7bit` when empty, or when more follows than a `;`.
 */
export function parseTransferEncoding(body: string): string {
  const lexer = new Lexer(body, MIME_TOKEN)
  const token = lexer.next()
  const next = lexer.next()
  return isToken(token) && (next === undefined || next.text === ';') ? token.text : '7bit'
}

/** `Language-Tag *("," Language-Tag)`, comments removed. RFC 3282 §2. */
export function parseLanguages(body: string): readonly string[] {
  const tags = withoutComments(body).split(',', MOST_LANGUAGES)
  return tags.map(trim).filter((tag) => tag !== '')
}

/** More languages than a part is ever written in. */
const MOST_LANGUAGES = 100

/** `Content-Location: URI`, which folding may have cut: white space goes. RFC 2557 §4.4. */
export function parseLocation(body: string): string {
  return body.replace(/[ \t]+/g, '')
}

function isToken(token: Token | undefined): token is Token {
  return token !== undefined && token.kind !== 'special' && token.text !== ''
}
