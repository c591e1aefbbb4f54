import { fromLatin1, latin1, type PartLayout } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyFromBodyStructure, digestMessage, HeaderReader, readHeader } from '../src/index.js'
import { type CheckedBody, checkBody, checkEnvelope } from './imap-grammar.js'
import { DIGEST, naiveStructure } from './naive-structure.js'

/** Lines that messages are made of, hostile ones too. */
const line = fc.oneof(
  fc.constantFrom(
    '',
    'Hello.',
    ' ',
    '--a',
    '--a--',
    '--ab',
    '--ab--  ',
    '--b',
    '--b--',
    '-- ',
    '--',
    'From: Jo (x) <jo@a.example>, "q\\"" <@r.example:b@c>',
    'To: a@b, G: c@d, e;, "open <f@g>',
    'Cc: \xe9 <caf\xe9@x>; (((',
    'Date: Fri, 21 Nov 1997 09:55:06 -0600',
    'Subject: =?utf-8?q?=c3=a9?=\0\r',
    ' folded\ttext',
    'Message-ID: <1@2>',
    'Content-Type: multipart/mixed; boundary=a',
    'Content-Type: multipart/alternative; boundary="ab"',
    'Content-Type: multipart/digest; boundary=b',
    'Content-Type: multipart/mixed',
    'Content-Type: message/rfc822',
    'content-type : MESSAGE/Global',
    "Content-Type: text/html; charset=utf-8; name*0*=utf-8''%e2; name*1*=%82%ac\"",
    'Content-Disposition: attachment; filename="\xfc\0.txt"',
    'Content-Language: en, (c) de',
    'Content-Transfer-Encoding: BASE64',
    'Content-ID:',
    'Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==',
  ),
  fc.string({ maxLength: 12 }),
)
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n')
const opening = fc.constantFrom('', 'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n')
const message = fc
  .tuple(opening, fc.array(fc.tuple(line, lineEnd), { maxLength: 40 }), fc.boolean())
  .map(([first, lines, isCut]) => (first + lines.flat().join('')).slice(0, isCut ? -1 : undefined))

/** Cuts `text` into chunks, empty ones too, at places chosen by `cuts`. */
function cut(text: string, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b)
  return [0, ...places].map((place, index) => fromLatin1(text.slice(place, places[index] ?? text.length)))
}

const cuttings = fc.array(fc.nat(), { maxLength: 12 })

function* layouts(layout: PartLayout): Generator<PartLayout> {
  yield layout
  for (const part of layout.parts) yield* layouts(part)
}

function compare(layout: PartLayout, checked: CheckedBody): void {
  expect(checked.kind).toBe(layout.kind)
  if (checked.octets !== null) expect(checked.octets).toBe(layout.end - layout.body)
  // For a message, the structure's nested body is that of the enclosed message.
  expect(checked.parts.length).toBe(layout.parts.length)
  for (const [index, part] of layout.parts.entries()) {
    const other = checked.parts[index]
    if (other === undefined) throw new Error('missing part')
    compare(part, other)
  }
}

/** Lines of headers and delimiters only: what structure is made of. */
const structural = fc.constantFrom(
  '',
  '',
  'text',
  ' folded',
  '--a',
  '--a',
  '--a--',
  '--ab',
  '--ab--',
  '--b \t',
  '--b--',
  `--${DIGEST}`,
  `--${DIGEST}--`,
  'From x',
  'A: 1',
  'Content-Transfer-Encoding: base64',
  'Content-Type: multipart/mixed; boundary=a',
  'Content-Type: multipart/mixed; boundary=ab',
  'Content-Type: multipart/mixed;\r\n boundary=b',
  `Content-Type: multipart/digest; boundary=${DIGEST}`,
  'Content-Type: message/rfc822',
  'Content-Type: text/html',
)
const structured = fc
  .tuple(opening, fc.array(fc.tuple(structural, lineEnd), { maxLength: 40 }), fc.boolean())
  .map(([first, lines, isCut]) => (first + lines.flat().join('')).slice(0, isCut ? -1 : undefined))

describe('a message, whatever it holds', () => {
  test('has the sections that a naive reader finds', () => {
    fc.assert(
      fc.property(structured, (text) => {
        expect(digestMessage([fromLatin1(text)]).sections).toEqual(naiveStructure(text))
      }),
      { numRuns: 2_000 },
    )
  })

  test('has the same digest however it is cut', () => {
    fc.assert(
      fc.property(message, cuttings, (text, cuts) => {
        const whole = digestMessage([fromLatin1(text)])
        expect(digestMessage(cut(text, cuts))).toEqual(whole)
        expect(digestMessage(Array.from(text, fromLatin1))).toEqual(whole)
      }),
    )
  })

  test('has an envelope and a body structure of the grammar, and a BODY without extension', () => {
    fc.assert(
      fc.property(message, (text) => {
        const digest = digestMessage([fromLatin1(text)])
        checkEnvelope(digest.envelope)
        const full = checkBody(digest.bodyStructure, 'BODYSTRUCTURE')
        expect(checkBody(bodyFromBodyStructure(digest.bodyStructure), 'BODY')).toEqual(full)
        compare(digest.sections, full)
      }),
    )
  })

  test('has sections that nest and stay within its octets', () => {
    fc.assert(
      fc.property(message, (text) => {
        const { sections, octets, headerOctets, lines } = digestMessage([fromLatin1(text)])
        expect(octets).toBe(text.length)
        expect(lines).toBe(text.split('\n').length - 1)
        expect([sections.start, sections.body, sections.end]).toEqual([0, headerOctets, octets])
        for (const part of layouts(sections)) {
          expect(part.start).toBeLessThanOrEqual(part.body)
          expect(part.body).toBeLessThanOrEqual(part.end)
          let from = part.body
          for (const inner of part.parts) {
            expect(inner.start).toBeGreaterThanOrEqual(from)
            expect(inner.end).toBeLessThanOrEqual(part.end)
            from = inner.end
          }
          if (part.kind === 'message') {
            expect(part.parts.map(({ start, end }) => [start, end])).toEqual([[part.body, part.end]])
          }
          if (part.kind === 'multipart') expect(part.parts.length).toBeGreaterThan(0)
          if (part.kind === 'leaf') expect(part.parts).toEqual([])
        }
      }),
    )
  })

  test('has a header that reads the same in any cutting and ends where the digest says', () => {
    fc.assert(
      fc.property(message, cuttings, (text, cuts) => {
        const whole = readHeader(fromLatin1(text))
        const reader = new HeaderReader()
        const fields = cut(text, cuts).flatMap((chunk) => reader.push(chunk))
        expect([...fields, ...reader.end()]).toEqual(whole.fields)
        expect(reader.bodyStart).toBe(whole.bodyStart)
        expect(digestMessage([fromLatin1(text)]).headerOctets).toBe(whole.bodyStart)
      }),
    )
  })

  test('keeps the chunks it was given as they are', () => {
    const chunk = fromLatin1('Subject: a\r\n\r\nb')
    digestMessage([chunk])
    expect(latin1(chunk)).toBe('Subject: a\r\n\r\nb')
  })
})
