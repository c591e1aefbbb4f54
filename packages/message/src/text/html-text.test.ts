import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HtmlText } from './html-text.js'

function textOf(html: string, quotes: 'keep' | 'mark' = 'keep'): string {
  const reader = new HtmlText({ quotes })
  return reader.push(html) + reader.end()
}

describe('the text of HTML', () => {
  test.each([
    ['plain', 'a b', 'a b'],
    ['white space collapsed', ' a \r\n\t b ', 'a b'],
    ['inline elements within words', 'H<b>el</b>l<i>o</i>', 'Hello'],
    ['blocks', '<p>a</p><p>b</p>c<br>d<br/>e', 'a\nb\nc\nd\ne'],
    ['cells', '<tr><td>a</td><td>b</td></tr><tr><td>c', 'a b\nc'],
    ['lists', '<ul><li>a<li>b</ul>c', 'a\nb\nc'],
    [
      'named references',
      '&lt;b&gt; &amp; &eacute;&Eacute;&nbsp;&euro;&Omega;&sigmaf;&apos;&quot;',
      '<b> & éÉ\u00a0€Ως\'"',
    ],
    ['numeric references', '&#65;&#x42;&#X43;&#128;&#0;&#xD800;&#x110000;', 'ABC€\ufffd\ufffd\ufffd'],
    ['references without end', 'a&amp b&copy', 'a& b©'],
    ['no references', 'a & b &; &unknown; &#; &x', 'a & b &; &unknown; &#; &x'],
    ['what is no tag', '1 < 2 <3 <> a<', '1 < 2 <3 <> a<'],
    ['attributes', '<a href="x>y" title=\'<p>\' b=c>A</a>', 'A'],
    ['a quote in no value', '<a "b>A', 'A'],
    ['comments', 'a<!-- <p> -- > -->b<!---->c<!-->d<!--x--!>e', 'abcde'],
    ['declarations', '<!DOCTYPE html PUBLIC "x"><?xml v?>a', 'a'],
    ['what is no text', '<title>t</title><style>p > a {}</style><script>if (a < b) "</p>"</script>b', 'b'],
    ['raw text to its own end', '<style></styles></STYLE >a', 'a'],
    ['custom elements', '<o:p>a</o:p><x-y>b</x-y>', 'ab'],
    ['an empty end tag', 'a</>b</ >c', 'abc'],
    ['a document cut off', 'a<p class="x', 'a'],
  ])('%s', (_, html, expected) => {
    expect(textOf(html)).toBe(expected)
  })

  test('marks quotes', () => {
    const html = 'a<blockquote>b<p>c<blockquote>d</blockquote></blockquote>e</blockquote>f'
    expect(textOf(html, 'mark')).toBe('a\n> b\n> c\n> d\ne\nf')
    expect(textOf(html)).toBe('a\nb\nc\nd\ne\nf')
  })

  test('is the same in any cutting, and linear', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '&',
      '!--',
      '-->',
      '-',
      '"',
      '=',
      'a',
      ' ',
      '/',
      'style',
      '<style>',
      '</style>',
      'amp;',
      '#6',
      'p',
      'blockquote',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const html = pieces.join('')
        const reader = new HtmlText()
        expect(Array.from(html, (char) => reader.push(char)).join('') + reader.end()).toBe(textOf(html))
      }),
      { numRuns: 1_000 },
    )
    for (const text of ['<', '&', '<!', '<!--', '-', '<a ', '"', '<style>', '</', '&#', '<a href="']) {
      expect(textOf(text.repeat(100_000)).length).toBeLessThanOrEqual(200_000)
      expect(textOf(`<style>${text.repeat(100_000)}`)).toBe('')
    }
  })
})
