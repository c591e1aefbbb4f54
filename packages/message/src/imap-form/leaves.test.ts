import { fromLatin1, HostError } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { digestMessage } from '../structure/digester.js'
import { leavesOf, previewLeaves } from './leaves.js'
import { readWire } from './wire-reader.js'

function digest(text: string) {
  return digestMessage([fromLatin1(text.replaceAll('\n', '\r\n'))])
}

function multipart(subtype: string, ...parts: readonly string[]): string {
  const body = parts.map((part) => `--${subtype}\n${part}\n`).join('')
  return `Content-Type: multipart/${subtype}; boundary=${subtype}\n\n${body}--${subtype}--\n`
}

const PLAIN = 'Content-Type: text/plain; charset=UTF-8\n\nplain'
const HTML = 'Content-Type: TEXT/HTML\nContent-Transfer-Encoding: x-own\n\nhtml'
const PDF = 'Content-Type: application/pdf\nContent-Disposition: ATTACHMENT; filename="a (b).pdf"\n\npdf'
const NOTE = 'Content-Disposition: attachment\n\nnote'
const enclosed = (message: string): string => `Content-Type: message/rfc822\n\n${message}`

function paths(text: string): readonly string[] {
  return leavesOf(digest(text)).map(({ path, type, subtype }) => `${path.join('.')} ${type}/${subtype}`)
}

describe('the leaves of a message', () => {
  test('of one part', () => {
    expect(leavesOf(digest(HTML))).toMatchObject([
      { path: [1], type: 'text', subtype: 'html', encoding: 'x-own', disposition: null },
    ])
  })

  test('with what their headers say', () => {
    expect(leavesOf(digest(multipart('mixed', PLAIN, PDF, NOTE)))).toMatchObject([
      { path: [1], type: 'text', subtype: 'plain', charset: 'UTF-8', encoding: '7bit', disposition: null },
      { path: [2], type: 'application', subtype: 'pdf', charset: '', disposition: 'attachment' },
      { path: [3], type: 'text', subtype: 'plain', charset: 'us-ascii', disposition: 'attachment' },
    ])
  })

  test('are numbered as FETCH numbers them (RFC 9051 §6.4.5.1)', () => {
    // The example of the RFC: 4 is a message whose part 2 is multipart.
    const inner = multipart('mixed', PLAIN, `${multipart('alternative', PLAIN, HTML)}`)
    expect(paths(multipart('related', PLAIN, enclosed(PLAIN), enclosed(inner), enclosed(enclosed(HTML))))).toEqual([
      '1 text/plain',
      '2.1 text/plain',
      '3.1 text/plain',
      '3.2.1 text/plain',
      '3.2.2 text/html',
      '4.1.1 text/html',
    ])
    expect(paths(enclosed(HTML))).toEqual(['1.1 text/html'])
    expect(paths(enclosed(multipart('mixed', HTML, PLAIN)))).toEqual(['1.1 text/html', '1.2 text/plain'])
  })

  test('lead to the layout that is theirs', () => {
    const text = multipart('mixed', enclosed(multipart('alternative', HTML, PLAIN)), PDF).replaceAll('\n', '\r\n')
    const bodies = leavesOf(digestMessage([fromLatin1(text)])).map(({ layout }) => text.slice(layout.body, layout.end))
    expect(bodies).toEqual(['html', 'plain', 'pdf'])
  })

  test('ten thousand, a hundred deep, in no time', () => {
    expect(leavesOf(digest(multipart('mixed', ...Array.from({ length: 9_000 }, () => PLAIN))))).toHaveLength(9_000)
    expect(leavesOf(digest(enclosed('').repeat(200)))[0]?.path).toHaveLength(101)
  })
})

test('a preview is made of text that is no attachment, of alternatives the plain one first', () => {
  const text = multipart('mixed', NOTE, PDF, multipart('alternative', HTML, PLAIN), enclosed(HTML), PLAIN)
  expect(previewLeaves(digest(text)).map(({ path, subtype }) => `${path.join('.')} ${subtype}`)).toEqual([
    '3.2 plain',
    '3.1 html',
    '4.1 html',
    '5 plain',
  ])
})

test.each(['', '(', ')', '("a', '{5}\r\nab)', '(a) b', 'a\r\n'])('what is not in wire form is refused: %j', (wire) => {
  expect(() => readWire(wire)).toThrow(HostError)
})

test('wire form', () => {
  expect(readWire('(NIL "a\\"b" {3}\r\n(") 12 (())("x"))')).toEqual([null, 'a"b', '(")', '12', [[]], ['x']])
})
