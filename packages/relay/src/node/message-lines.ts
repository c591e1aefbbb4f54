import type { Body } from '@mailwright/core'

/** How a message is written for a program: pipe(8)'s `eol` and its flags `.`, `>` and `B`. */
export interface LineRules {
  readonly lineEnd: string
  /** Lines that begin with a dot get another one (`.`). */
  readonly dots: 'doubled' | 'asTheyAre'
  /** Lines that begin with `From ` get a `>` (`>`). */
  readonly from: 'quoted' | 'asItIs'
  /** A blank line at the end (`B`). */
  readonly end: 'blankLine' | 'asItIs'
}

const FROM = 'From '

/**
 * A message in wire form, as a program of this machine expects it. Chunks of any cutting; nothing is held but some octets.
 *
 * @param stamp our fields above it, with CRLF: only their line ends change.
 */
export async function* messageLines(
  body: Body,
  { lineEnd, dots, from, end }: LineRules,
  stamp = '',
): AsyncGenerator<Buffer> {
  if (stamp !== '') yield Buffer.from(stamp.replaceAll('\r\n', lineEnd), 'utf8')
  let held = ''
  let isLineStart = true
  const convert = (text: string, isLast: boolean): string => {
    let rest = held + text
    held = ''
    if (!isLast) {
      const [tail = ''] =
        new RegExp(from === 'quoted' ? '(?:\\r|(?:^|\\n)(?:F|Fr|Fro|From))$' : '\\r$').exec(rest) ?? []
      const isHeld = tail !== '' && (tail === '\r' || tail.startsWith('\n') || isLineStart)
      if (isHeld) {
        held = tail.replace(/^\n/, '')
        rest = rest.slice(0, rest.length - held.length)
      }
    }
    if (rest === '') return ''
    const marked = isLineStart ? `\n${rest}` : rest
    let lines = marked
    if (dots === 'doubled') lines = lines.replaceAll('\n.', '\n..')
    if (from === 'quoted') lines = lines.replaceAll(`\n${FROM}`, `\n>${FROM}`)
    if (isLineStart) lines = lines.slice(1)
    isLineStart = rest.endsWith('\n')
    return lines.replaceAll('\r\n', lineEnd)
  }
  for await (const chunk of body) {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    const lines = convert(text, false)
    if (lines !== '') yield Buffer.from(lines, 'latin1')
  }
  const last = convert('', true)
  const close = isLineStart ? '' : lineEnd
  const tail = last + close + (end === 'blankLine' ? lineEnd : '')
  if (tail !== '') yield Buffer.from(tail, 'latin1')
}
