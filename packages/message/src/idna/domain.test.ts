import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainToAscii, domainToUnicode } from './domain.js'

describe('a domain in ASCII and back', () => {
  test.each([
    ['ASCII only', 'Example.COM', 'example.com', 'example.com'],
    ['German', 'bücher.example', 'xn--bcher-kva.example', 'bücher.example'],
    ['capitals beyond ASCII', 'BÜCHER.example', 'xn--bcher-kva.example', 'bücher.example'],
    ['decomposed', 'bu\u0308cher.example', 'xn--bcher-kva.example', 'bücher.example'],
    ['sharp s, an exception (RFC 5892 §2.6)', 'straße.example', 'xn--strae-oqa.example', 'straße.example'],
    ['final sigma, another', 'βόλος.com', 'xn--nxasmm1c.com', 'βόλος.com'],
    // RFC 3492 §7.1
    ['Chinese', '他们为什么不说中文', 'xn--ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
    ['Russian', 'почемужеонинеговорятпорусски', 'xn--b1abfaaepdrnnbgefbadotcwatmq2g4l', 'почемужеонинеговорятпорусски'],
    [
      'ideographic and wide dots and letters',
      'ｅｘａｍｐｌｅ。例え．テスト',
      'example.xn--r8jz45g.xn--zckzah',
      'example.例え.テスト',
    ],
    ['A-labels', 'XN--BCHER-KVA.example', 'xn--bcher-kva.example', 'bücher.example'],
    ['a virama with ZWJ (RFC 5892 A.2)', 'ශ්\u200dරී.com', 'xn--10cl1a0b660p.com', 'ශ්\u200dරී.com'],
    ['a middle dot between two l (A.3)', 'l·l', 'xn--ll-0ea', 'l·l'],
    ['a katakana dot among katakana (A.7)', 'デ・ル', 'xn--edkvd0b', 'デ・ル'],
    ['an address literal', '[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]', '[IPv6:2001:db8::1]'],
  ])('%s', (_, domain, ascii, unicode) => {
    expect(domainToAscii(domain)).toBe(ascii)
    expect(domainToUnicode(ascii)).toBe(unicode)
  })

  test.each([
    ['an empty label', 'a..b'],
    ['none', ''],
    ['a last dot', 'example.com.'],
    ['a space', 'a b.example'],
    ['a line end', 'a\r\nb.example'],
    ['an underscore', 'a_b.example'],
    ['a hyphen at an end', '-a.example'],
    ['hyphens in third and fourth place', 'ab--cd.example'],
    ['the same beyond ASCII', 'ab--ü.example'],
    ['a leading combining mark', '\u0301a.example'],
    ['a symbol', 'i❤.example'],
    ['a full stop within by compatibility', '\u2488com'],
    ['a ZWJ after a letter (RFC 5892 A.2)', 'a\u200db.example'],
    ['a middle dot elsewhere (A.3)', 'a·b.example'],
    ['a katakana dot alone (A.7)', 'a・b.example'],
    ['mixed Arabic digits (A.8)', '\u0627\u0660\u06f0'],
    ['what is no Punycode', 'xn--a-é.example'],
    ['an A-label of nothing beyond ASCII', 'xn--abc-.example'],
    ['an A-label of a capital', 'xn--bcher-KVA\u00dc.example'],
    ['an A-label of what is disallowed', 'xn--ls8h.example'],
    ['a label of 64', `${'a'.repeat(64)}.example`],
    ['a label that becomes too long', `${'ü'.repeat(60)}.example`],
    ['a long name', `${`${'a'.repeat(60)}.`.repeat(5)}example`],
  ])('%s is no domain', (_, domain) => {
    expect(domainToAscii(domain)).toBeNull()
  })

  test('what is no A-label is shown as it stands', () => {
    for (const domain of ['xn--ls8h.example', 'xn--\u00fc.example', 'xn--', 'a..b', 'xn--abc-']) {
      expect(domainToUnicode(domain)).toBe(domain)
    }
  })

  test('gives each other, and never fails', () => {
    const label = fc.string({ unit: fc.constantFrom(...'abzß・·üλς例\u200d\u0301-.Öא١۱ｅ'), maxLength: 12 })
    fc.assert(
      fc.property(fc.oneof(label, fc.string({ unit: 'binary' })), (domain) => {
        domainToUnicode(domain)
        const ascii = domainToAscii(domain)
        if (ascii === null || ascii.startsWith('[')) return
        expect(ascii).toMatch(/^[a-z0-9.-]{1,255}$/)
        expect(domainToAscii(ascii)).toBe(ascii)
        expect(domainToAscii(domainToUnicode(ascii))).toBe(ascii)
      }),
    )
  })
})
