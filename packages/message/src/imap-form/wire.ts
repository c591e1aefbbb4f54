/**
 *     nstring = string / nil
 *
 * RFC 9051 §9. `text` holds one octet a character.
 */
export function nstring(text: string | null): string {
  return text === null ? 'NIL' : string(text)
}

/**
 *     string = quoted / literal        literal = "{" number64 "}" CRLF *CHAR8
 *
 * RFC 9051 §9. A literal where CR, LF or 8-bit octets forbid quoting. NUL cannot be sent in either (CHAR8 = %x01-ff) and
 * is left out.
 */
export function string(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  const sendable = text.includes('\0') ? text.replaceAll('\0', '') : text
  if (!/^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/.test(sendable)) return `{${sendable.length}}\r\n${sendable}`
  return `"${sendable.replace(/["\\]/g, '\\$&')}"`
}

/** What is quoted as it stands, by far most of what is sent. */
const PLAIN = /^[\x01-\x09\x0b\x0c\x0e-\x21\x23-\x5b\x5d-\x7f]*$/

/** `"(" item *(SP item) ")"`, or NIL for none. */
export function nlist(items: readonly string[]): string {
  return items.length === 0 ? 'NIL' : `(${items.join(' ')})`
}
