/** One header field as it stands in a message. */
export interface HeaderField {
  /** In lower case. */
  readonly name: string
  /** From the first octet of the name to the last line end, one octet a character; always ends with a line end. */
  readonly raw: string
}

/**
 * The field's body on one line: what follows the colon, line ends removed, white space trimmed at both ends.
 *
 * RFC 5322 §2.2.3: unfolding removes line ends and nothing else, so a TAB stays a TAB.
 */
export function fieldBody(raw: string): string {
  return trim(unfold(raw.slice(raw.indexOf(':') + 1)))
}

/** Removes every CRLF and bare LF. RFC 5322 §2.2.3. */
export function unfold(text: string): string {
  return text.includes('\n') ? text.replace(/\r?\n/g, '') : text
}

/** Removes spaces and TABs at both ends; linear, which `/[ \t]+$/` is not. */
export function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
