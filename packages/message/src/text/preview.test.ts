import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PREVIEW_INPUT_CHARACTERS } from '../limits.js'
import { PreviewReader, previewText } from './preview.js'

describe('a preview (RFC 8970 §3.3)', () => {
  test.each([
    ['white space collapsed', '\r\n Hello,\r\n\r\n  world\t!\r\n', 'Hello, world !'],
    ['quoted lines left out', '> a\r\nOn Monday Jo wrote:\r\n> b\r\n>> c\r\nYes.\r\n', 'On Monday Jo wrote: Yes.'],
    ['quoted lines only, as Dovecot shows them', '> only quoted\r\n> text\r\n', '>only quoted text'],
    ['a mark within a line', ' > a\r\nb > c', '> a b > c'],
    ['controls', 'a\x01b\0c\x7fd', 'a b c d'],
    ['other white space', 'a\u00a0b\u3000c\u2028d', 'a b c d'],
    ['padding', 'Sale! \u200c\u00a0\u200c\u00a0\u034f \ufeff Today', 'Sale! Today'],
    ['joiners within words', 'می\u200cخواهم 👩\u200d👩', 'می\u200cخواهم 👩\u200d👩'],
    ['nothing', ' \r\n', ''],
    ['200 characters', 'abcdefghij'.repeat(30), 'abcdefghij'.repeat(20)],
    ['200 with spaces', 'abcdefghi '.repeat(30), 'abcdefghi '.repeat(20).trim()],
    ['200 beyond the first plane', '😀'.repeat(250), '😀'.repeat(200)],
    ['no more than 200 with a last word', `${'x'.repeat(198)} yz`, `${'x'.repeat(198)} y`],
    ['no space at the end', `${'x'.repeat(199)} yz`, 'x'.repeat(199)],
  ])('%s', (_, text, expected) => {
    expect(previewText(text, 'plain')).toBe(expected)
  })

  test.each([
    ['markup', '<html><head><title>T</title><style>x{}</style></head><body><p>A &amp; B</p>C', 'A & B C'],
    ['quotes left out', 'Yes<blockquote>q</blockquote>', 'Yes'],
    ['quotes only', '<blockquote>q<br>r</blockquote>', '>q r'],
  ])('of HTML: %s', (_, html, expected) => {
    expect(previewText(html, 'html')).toBe(expected)
  })

  test('is the same in any cutting, and says when it has enough', () => {
    const word = fc.constantFrom('a', 'bc ', '\n', '>', '<p>', '&amp;', '\u200b', 'x'.repeat(90))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.constantFrom('plain', 'html'), (words, subtype) => {
        const text = words.join('')
        const reader = new PreviewReader(subtype)
        for (const char of text) if (reader.push(char) === 'enough') break
        const preview = reader.end()
        expect(preview).toBe(previewText(text, subtype))
        expect([...preview].length).toBeLessThanOrEqual(200)
        expect(preview).not.toMatch(/^ | $| {2}/)
      }),
      { numRuns: 500 },
    )
  })

  test('gives up in a long text without any', () => {
    const reader = new PreviewReader('html')
    expect(reader.push('<style>')).toBe('more')
    expect(reader.push('x'.repeat(PREVIEW_INPUT_CHARACTERS))).toBe('enough')
    expect(reader.end()).toBe('')
  })
})
