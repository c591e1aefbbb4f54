import type { Body } from '@mailwright/core'

const CRLF = '\r\n'

/**
 * What a person or program wrote to standard input, as a message in wire form: lines end with CRLF, the last one too; an mbox's `From ` line at
 * the top is left out; a line with nothing but a dot ends it where that is the rule. A CR within a line becomes a blank: it would not
 * pass the next server (RFC 5321 §2.3.8).
 */
export async function* typedMessage(input: AsyncIterable<Uint8Array>, loneDot: 'ends' | 'stays'): Body {
  let unfinished = ''
  let isFirst = true
  const line = (text: string): string | null => {
    const bare = text.replace(/\r$/, '').replaceAll('\r', ' ')
    if (isFirst) {
      isFirst = false
      if (/^>?From /.test(bare)) return ''
    }
    return bare === '.' && loneDot === 'ends' ? null : bare + CRLF
  }
  for await (const chunk of input) {
    const lines = (unfinished + Buffer.from(chunk).toString('latin1')).split('\n')
    unfinished = lines.pop() ?? ''
    let out = ''
    let isOver = false
    for (const each of lines) {
      const wire = line(each)
      isOver = wire === null
      if (isOver) break
      out += wire
    }
    if (out !== '') yield Buffer.from(out, 'latin1')
    if (isOver) return
  }
  const last = unfinished === '' ? null : line(unfinished)
  if (last !== null && last !== '') yield Buffer.from(last, 'latin1')
}
