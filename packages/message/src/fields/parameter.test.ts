import { describe, expect, test } from 'vitest'
import { parseContentType } from './content.js'
import { type Parameter, parameterPair, parameterText } from './parameter.js'

function parameters(text: string): readonly Parameter[] {
  return parseContentType(`x/y${text}`)?.parameters ?? []
}

type Row = readonly [name: string, text: string, expected: readonly (readonly [string, string])[]]

const table: readonly Row[] = [
  ['none', '', []],
  ['a token', ';charset=us-ascii (Plain text)', [['charset', 'us-ascii']]],
  ['a quoted string with quoted pairs', '; a="x;\\"y\\\\"', [['a', 'x;"y\\']]],
  ['names in any case', '; CharSet=UTF-8', [['CharSet', 'UTF-8']]],
  [
    'continuations (RFC 2231 §3)',
    '; access-type=URL;\r\n URL*0="ftp://";\r\n URL*1="cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"',
    [
      ['access-type', 'URL'],
      ['URL', 'ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar'],
    ],
  ],
  [
    'charset and language (RFC 2231 §4)',
    ";\r\n title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
    [['title*', "us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"]],
  ],
  [
    'both, without semicolons as the RFC prints it (RFC 2231 §4.1)',
    "\r\n title*0*=us-ascii'en'This%20is%20even%20more%20\r\n title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n title*2=\"isn't it!\"",
    [['title*', "us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it!"]],
  ],
  [
    'continuations in any order',
    '; a*1=2; b=x; a*0=1',
    [
      ['a', '12'],
      ['b', 'x'],
    ],
  ],
  ['continuations end at a gap', '; a*0=1; a*2=3', [['a', '1']]],
  [
    'continuations without a first stand for themselves',
    '; a*1=2; a*2=3',
    [
      ['a*1', '2'],
      ['a*2', '3'],
    ],
  ],
  ['a charset converted to UTF-8', "; f*=iso-8859-1''na%EFve", [['f*', "utf-8''na%C3%AFve"]]],
  ['UTF-8 as it was written', "; f*=UTF-8''%e2%82%ac'", [['f*', "UTF-8''%e2%82%ac%27"]]],
  ['an unknown charset kept', "; f*=x-foo'de'na%EFve", [['f*', "x-foo'de'na%EFve"]]],
  ['an extended value without its quotes', '; f*=na%20ve', [['f*', "''na%20ve"]]],
  ['a stray percent sign', "; f*=utf-8''100%", [['f*', "utf-8''100%"]]],
  [
    'both forms of one name',
    "; f=x; f*=utf-8''y",
    [
      ['f', 'x'],
      ['f*', "utf-8''y"],
    ],
  ],
  ['the first of two alike', '; f=x; F=y', [['f', 'x']]],
  [
    'specials without quotes',
    '; boundary=gc0pJq0M:08jU534c0p; b=----=_Part/1?',
    [
      ['boundary', 'gc0pJq0M:08jU534c0p'],
      ['b', '----=_Part/1?'],
    ],
  ],
  [
    'spaces without quotes',
    '; filename=my file.pdf; a=b',
    [
      ['filename', 'my file.pdf'],
      ['a', 'b'],
    ],
  ],
  ['words behind a quoted name', '; name="a b" c', [['name', 'a b']]],
  ['spaces without quotes elsewhere', '; charset=utf-8 foo', [['charset', 'utf-8']]],
  [
    'a quote that does not close',
    '; a="x; b=y',
    [
      ['a', 'x'],
      ['b', 'y'],
    ],
  ],
  ['a name without a value, a value without a name', '; a; =b; c=', [['c', '']]],
  ['empty members', ';; a=b;;', [['a', 'b']]],
]

describe('parameters', () => {
  test.each(table)('%s', (_, text, expected) => {
    expect(parameters(text).map(parameterPair)).toEqual(expected)
  })

  test('are 128 at most, however many there are (CVE-2026-27859)', () => {
    expect(parameters('; a=b'.repeat(5) + Array.from({ length: 200 }, (_, i) => `; p${i}=x`).join(''))).toHaveLength(
      124,
    )
    const joined = parameters(Array.from({ length: 50_000 }, (_, i) => `; a*${i}=x`).join(''))
    expect(joined).toEqual([{ name: 'a', written: 'a', value: 'x'.repeat(128), extended: null }])
  })

  test('in Unicode, the extended form first', () => {
    expect(parameterText(parameters("; f=plain; f*=utf-8''na%C3%AFve"), 'f')).toBe('naïve')
    expect(parameterText(parameters("; f*=''na%C3%AFve"), 'f')).toBe('naïve')
    expect(parameterText(parameters('; f="=?iso-8859-1?Q?na=EFve?="'), 'f')).toBe('naïve')
    expect(parameterText(parameters('; f="na\xc3\xafve"'), 'f')).toBe('naïve')
    expect(parameterText(parameters('; f=x'), 'g')).toBeNull()
  })
})
