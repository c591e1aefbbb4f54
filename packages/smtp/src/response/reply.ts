import { fromUtf8, HostError, latin1 } from '@mailwright/core'
import { REPLY_LINE_OCTETS } from '../limits.js'

/** One reply to the peer, of one or more lines. */
export interface Reply {
  /** Three digits, RFC 5321 §4.2. A refusal with 421 also closes the connection. */
  readonly code: number
  /** As in `5.1.1` (RFC 3463), of the same class as the code; `null` in greetings only (RFC 2034 §4). */
  readonly enhanced: string | null
  /** Printable US-ASCII, a string a line. Anything else is written as `?`; what is too long for a line is folded. */
  readonly text: string | readonly string[]
  /** `utf8`: the text names a mailbox, and the peer said that it can read UTF-8 (RFC 6531 §3.7.4.2). Then only control characters become `?`. */
  readonly charset?: 'utf8'
}

/** Makes a {@link Reply}; whether it is one is checked where it is used ({@link hostRefusal}). */
export function reply(code: number, enhanced: string | null, text: string | readonly string[]): Reply {
  return { code, enhanced, text }
}

const PLAIN = /^[\x20-\x7e]*$/
/** Whatever stands before it, such a text fits into a line. */
const PLAIN_OCTETS = REPLY_LINE_OCTETS / 2

/**
 * A reply in wire form.
 *
 *     Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 *
 * RFC 5321 §4.2. The enhanced code stands on every line (RFC 2034 §4). No text can end a line early: control characters
 * and octets past US-ASCII become `?`.
 */
export function writeReply({ code, enhanced, text, charset }: Reply): string {
  const prefix = enhanced === null ? '' : `${enhanced} `
  // What nearly all replies are.
  if (typeof text === 'string' && text.length < PLAIN_OCTETS && PLAIN.test(text)) return `${code} ${prefix}${text}\r\n`
  const width = REPLY_LINE_OCTETS - '250-'.length - prefix.length - '\r\n'.length
  const lines = (typeof text === 'string' ? [text] : text).flatMap((line) =>
    charset === 'utf8' ? [utf8Line(line)] : fold(printable(line), width),
  )
  const last = lines.length - 1
  return lines.map((line, at) => `${code}${at === last ? ' ' : '-'}${prefix}${line}\r\n`).join('')
}

/**
 * Takes a refusal from the host.
 *
 * @throws {HostError} unless the code is 4yz or 5yz, the enhanced code (if any) is of its class, and there is a text.
 */
export function hostRefusal(given: Reply): Reply {
  const { code, enhanced, text } = given
  if (!Number.isInteger(code) || code < 400 || code > 599) throw new HostError(`not a code of a refusal: ${code}`)
  if (enhanced !== null && !isEnhanced(enhanced, code)) {
    throw new HostError(`not an enhanced status code for ${code}: ${enhanced}`)
  }
  if (text.length === 0) throw new HostError('a refusal must say why')
  return given
}

/** `status-code = class "." subject "." detail` (RFC 3463 §2), of the reply code's class (RFC 2034 §4). */
function isEnhanced(text: string, code: number): boolean {
  return /^[245](?:\.(?:0|[1-9]\d{0,2})){2}$/.test(text) && text.startsWith(String(code).charAt(0))
}

/** Text fit for one reply line or one log field: everything but printable US-ASCII becomes `?`. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}

/** A line whose characters are the octets of its UTF-8. Not folded: that could cut a character, and a mailbox is short. */
function utf8Line(text: string): string {
  return latin1(fromUtf8(text.replace(/[\x00-\x1f\x7f-\x9f]/g, '?')))
}

/** Cuts a long line, at blanks where there are any. */
function fold(line: string, width: number): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width)
    const cut = blank > 0 ? blank : width
    lines.push(rest.slice(0, cut))
    rest = rest.slice(blank > 0 ? cut + 1 : cut)
  }
  lines.push(rest)
  return lines
}
