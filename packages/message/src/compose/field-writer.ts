import { HostError } from '@mailwright/core'

/** Characters a line should stay within, its CRLF not counted. RFC 5322 §2.1.1. */
const LINE_CHARACTERS = 78

/**
 * Writes one header field, folded, with its CRLF.
 *
 *     field = field-name ":" field-body CRLF
 *
 * RFC 5322 §2.2, §2.2.3. Lines stay within 78 characters where white space allows it; a longer word stands whole.
 *
 * @param body one line, already encoded; 8-bit characters only where the message is internationalised (RFC 6532).
 * @throws {HostError} for a bad name, and for CR, LF or NUL in `body`: whoever lets a peer's text through must not let a field in.
 */
export function writeField(name: string, body: string): string {
  if (!/^[!-9;-~]+$/.test(name)) throw new HostError(`not a field name: ${JSON.stringify(name)}`)
  if (/[\r\n\0]/.test(body)) throw new HostError(`line end or NUL in the body of ${name}`)
  return `${foldLine(`${name}: ${body}`)}\r\n`
}

/**
 * Folds one line at its white space: each line but the first begins with the white space it was cut before, so unfolding
 * gives the line back. Never makes a line of white space alone. RFC 5322 §2.2.3, §3.2.2.
 */
export function foldLine(line: string): string {
  if (line.length <= LINE_CHARACTERS) return line
  const lines: string[] = []
  let present = ''
  // White space with the word behind it; what precedes the first white space is the field's name.
  for (const [piece] of line.matchAll(/[ \t]*[^ \t]+|[ \t]+$/g)) {
    const isName = lines.length === 0 && (present === '' || present.endsWith(':'))
    if (!isName && present.length + piece.length > LINE_CHARACTERS && /^[ \t]+[^ \t]/.test(piece)) {
      lines.push(present)
      present = ''
    }
    present += piece
  }
  lines.push(present)
  return lines.join('\r\n')
}
