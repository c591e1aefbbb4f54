import { fromUtf8, HostError } from '@mailwright/core'
import { writeField } from './field-writer.js'
import { writeParameter } from './parameter-writer.js'

/**
 * A message around another one, or part of it: the octets before and behind. The caller sends what is enclosed between, as it stands,
 * and never holds it in memory.
 */
export interface Wrapping {
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** A message of several parts, the last of which may be octets that the caller has. */
export interface MultipartOptions {
  /** Fields written before those of MIME, each with its CRLF. */
  readonly header: string
  readonly subtype: string
  /** Parameters besides the boundary. */
  readonly parameters?: readonly (readonly [name: string, value: string])[]
  /** Must not begin a line of any part: the caller takes something that nobody could guess. RFC 2046 §5.1.1. */
  readonly boundary: string
  /** Each with its fields, a blank line and its body; a body that does not end with a line end gets the delimiter's. */
  readonly parts: readonly string[]
  /** The fields of the part whose body is the caller's octets, without the blank line; left out where there is none. */
  readonly enclosed?: string
}

/**
 *     multipart-body := [preamble CRLF] dash-boundary transport-padding CRLF body-part *encapsulation close-delimiter …
 *
 * RFC 2046 §5.1.1. Strings are Unicode and are written in UTF-8, ASCII where they are.
 *
 * @throws {HostError} when the boundary is none, or stands in a part.
 */
export function writeMultipart({
  header,
  subtype,
  parameters = [],
  boundary,
  parts,
  enclosed,
}: MultipartOptions): Wrapping {
  if (!/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)) {
    throw new HostError(`not a boundary: ${JSON.stringify(boundary)}`)
  }
  if (parts.some((part) => part.includes(`--${boundary}`))) throw new HostError('the boundary stands in a part')
  const all = [...parameters, ['boundary', boundary] as const]
  const type = `multipart/${subtype}${all.map(([name, value]) => writeParameter(name, value)).join('')}`
  const bodies = parts.map((part) => `\r\n--${boundary}\r\n${part}`).join('')
  const last = enclosed === undefined ? '' : `\r\n--${boundary}\r\n${enclosed}\r\n`
  return {
    head: fromUtf8(`${header}${writeField('Content-Type', type)}${bodies}${last}`),
    tail: fromUtf8(`\r\n--${boundary}--\r\n`),
  }
}
