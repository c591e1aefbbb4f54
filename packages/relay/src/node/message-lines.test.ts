import { chunksBody, fromLatin1 } from '@mailwright/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LineRules, messageLines } from './message-lines.js'

async function lines(chunks: readonly string[], rules: LineRules): Promise<string> {
  let text = ''
  for await (const chunk of messageLines(chunksBody(chunks.map(fromLatin1)), rules)) text += chunk.toString('latin1')
  return text
}

/** The same on the whole text, line by line. */
function expected(text: string, { lineEnd, dots, from, end }: LineRules): string {
  const parts = text.split('\n').map((line, at, all) => {
    const isLast = at === all.length - 1
    const dotted = dots === 'doubled' && line.startsWith('.') ? `.${line}` : line
    const quoted = from === 'quoted' && dotted.startsWith('From ') ? `>${dotted}` : dotted
    if (isLast) return quoted
    return quoted.endsWith('\r') ? quoted.slice(0, -1) + lineEnd : `${quoted}\n`
  })
  const whole = parts.join('')
  const closed = text === '' || text.endsWith('\n') ? whole : whole + lineEnd
  return end === 'blankLine' ? closed + lineEnd : closed
}

test('lines are the same however a message is cut', async () => {
  const piece = fc.constantFrom('\r\n', '\n', '\r', '.', 'From ', 'Fro', 'm ', 'x', '>', 'From')
  const rules = fc.record({
    lineEnd: fc.constantFrom('\n', '\r\n'),
    dots: fc.constantFrom('doubled' as const, 'asTheyAre' as const),
    from: fc.constantFrom('quoted' as const, 'asItIs' as const),
    end: fc.constantFrom('blankLine' as const, 'asItIs' as const),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(30)), rules, async (pieces, cuts, rule) => {
      const text = pieces.join('')
      const places = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))].sort((one, other) => one - other)
      const chunks = [0, ...places].map((start, at) => text.slice(start, places[at] ?? text.length))
      expect(await lines(chunks, rule)).toBe(expected(text, rule))
    }),
    { numRuns: 2_000 },
  )
})
