import { fromUtf8, latin1 } from '@mailwright/core'
import { encodeTransfer } from '../transfer/transfer-encoder.js'
import { writeField } from './field-writer.js'

/** Longest line that needs no encoding, its CRLF not counted. RFC 5322 §2.1.1 allows 998 and asks for 78. */
const PLAIN_LINE = /^[\t\x20-\x7e]{0,78}$/

/**
 * Writes a part of plain text with its MIME fields: as it is where it is ASCII of short lines, otherwise quoted-printable in UTF-8.
 *
 * RFC 2046 §4.1, RFC 2045 §6. Line ends of any kind become CRLF, and the text ends with one.
 *
 * @returns text of one octet a character.
 */
export function writeTextPart(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
  const isPlain = lines.every((line) => PLAIN_LINE.test(line))
  const wire = `${lines.join('\r\n')}\r\n`
  const charset = isPlain ? 'us-ascii' : 'utf-8'
  const head =
    writeField('Content-Type', `text/plain; charset=${charset}`) +
    writeField('Content-Transfer-Encoding', isPlain ? '7bit' : 'quoted-printable')
  if (isPlain) return `${head}\r\n${wire}`
  const encoder = encodeTransfer('quoted-printable')
  return `${head}\r\n${latin1(encoder.push(fromUtf8(wire)))}${latin1(encoder.end())}`
}
