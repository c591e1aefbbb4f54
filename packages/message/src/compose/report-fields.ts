import { HostError } from '@mailwright/core'
import { writeField } from './field-writer.js'

/** In which form a report is written: `ascii` for any mail system, `international` for those with SMTPUTF8. RFC 6533. */
export type ReportForm = 'ascii' | 'international'

/** An address with its type, as ORCPT of RFC 3461 has them (decoded). */
export interface TypedAddress {
  /** `rfc822`, `utf-8`, or another registered one. Default: `utf-8` for an address beyond ASCII, else `rfc822`. */
  readonly type?: string
  readonly address: string
}

/** Characters of a line with its field's name. RFC 5322 §2.1.1 forbids more than 998. */
const WORD_CHARACTERS = 500

/**
 *     utf-8-type-addr     = "utf-8;" utf-8-enc-addr
 *     EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
 *
 * RFC 6533 §3, RFC 3464 §2.3.1: `address-type ";" generic-address`. In the ASCII form an address beyond it is written
 * `utf-8-addr-xtext`, every such character as `\x{…}`.
 *
 * @throws {HostError} for a type that is no atom, and for control characters.
 */
export function writeTypedAddress({ type, address }: TypedAddress, form: ReportForm): string {
  const isAscii = /^[\0-\x7f]*$/.test(address)
  const kind = type === undefined || !isAscii ? (isAscii ? 'rfc822' : 'utf-8') : type
  if (!/^[0-9A-Za-z-]+$/.test(kind)) throw new HostError(`not an address type: ${JSON.stringify(kind)}`)
  if (address === '' || /[\0-\x1f\x7f]/.test(address)) throw new HostError(`not an address: ${JSON.stringify(address)}`)
  if (kind !== 'utf-8' || form === 'international') return `${kind};${address}`
  const encoded = address.replace(/[^!-~]|[\\+=]/gu, (char) => {
    return `\\x{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}}`
  })
  return `${kind};${encoded}`
}

/**
 * Text that a peer sent, made fit for a field: controls and line ends become spaces, what the form has not a question mark, and a
 * word that no line could hold is cut.
 */
export function reportText(text: string, form: ReportForm): string {
  const seen = form === 'ascii' ? text.replace(/[^\0-\x7f]/gu, '?') : text.replace(/[\u0080-\u009f\u2028\u2029]/g, ' ')
  return seen
    .replace(/[\0-\x20\x7f]+/g, ' ')
    .trim()
    .replace(new RegExp(`[^ ]{${WORD_CHARACTERS}}(?=[^ ])`, 'gu'), '$& ')
}

/** The fields that are there, in order, each folded with its CRLF. */
export function writeReportFields(
  fields: readonly (readonly [name: string, body: string | null | undefined])[],
): string {
  return fields.map(([name, body]) => (body == null || body === '' ? '' : writeField(name, body))).join('')
}
