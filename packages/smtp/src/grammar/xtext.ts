import { fromUtf8, latin1, latin1ToUtf8 } from '@mailwright/core'

/**
 * Decodes xtext; `undefined` for anything else, and for what decodes to control characters or to malformed UTF-8.
 *
 *     xtext   = *( xchar / hexchar )
 *     xchar   = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "="
 *     hexchar = ASCII "+" immediately followed by two upper case hexadecimal digits
 *
 * RFC 3461 §4. Lower-case digits are refused as the grammar says.
 */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined
  const octets = text.replace(/\+(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  return /[\x00-\x1f\x7f]/.test(octets) ? undefined : latin1ToUtf8(octets)
}

/** Text as xtext: UTF-8 octets, each that may not stand as it is in hexadecimal. RFC 3461 §4. */
export function encodeXtext(text: string): string {
  return latin1(fromUtf8(text)).replace(
    /[^!-*,-<>-~]/g,
    (octet) => `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** As {@link decodeXtext}, where only printable US-ASCII and blanks may come of it: what a report repeats (RFC 3461 §4.2, §4.4). */
export function decodePrintableXtext(text: string): string | undefined {
  const decoded = decodeXtext(text)
  return decoded === undefined || /[^\x20-\x7e]/.test(decoded) ? undefined : decoded
}
