import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinReference, mailboxPattern } from './mailbox-pattern.js'

describe('mailboxPattern (RFC 3501 §6.3.8)', () => {
  test.each([
    ['*', 'a/b/c'],
    ['*', ''],
    ['%', 'a'],
    ['%', ''],
    ['%/%', 'a/b'],
    ['a*', 'a'],
    ['a*c', 'a/b/c'],
    ['a%', 'abc'],
    ['%b%', 'abc'],
    ['a/%', 'a/'],
    ['*/%', 'a/b/c'],
    ['%*', 'a/b'],
    ['a%/b*', 'ax/bx/y'],
    ['a%b/c', 'ab/c'],
    ['INBOX', 'INBOX'],
    ['inbox', 'INBOX'],
    ['iNb%', 'INBOX'],
    ['inbox/%', 'INBOX/a'],
    ['[a-z].+', '[a-z].+'],
    ['\u53f0%', '\u53f0\u5317'],
    ['%\u{1f4e7}', 'x\u{1f4e7}'],
  ])('%s matches %s', (pattern, name) => {
    expect(mailboxPattern(pattern)(name)).toBe(true)
  })

  test.each([
    ['%', 'a/b'],
    ['a%', 'a/b'],
    ['a*c', 'ab'],
    ['a', 'A'],
    ['a', 'ab'],
    ['ab', 'a'],
    ['%/%', 'a'],
    ['', 'a'],
    ['inbox/A', 'INBOX/a'],
    ['inboxes', 'INBOX'],
    ['inboxes', 'INBOXES'],
    ['%a%/b', 'a/b/b'],
    ['a.b', 'axb'],
  ])('%s does not match %s', (pattern, name) => {
    expect(mailboxPattern(pattern)(name)).toBe(false)
  })

  test('agrees with regular expressions', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '%'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (wild, name) => {
        const expression = new RegExp(`^${wild.replace(/\*/g, '[^]*').replace(/%/g, '[^/]*')}$`)
        expect(mailboxPattern(wild)(name)).toBe(expression.test(name))
      }),
      { numRuns: 2_000 },
    )
  })

  test('a pattern made to blow up takes steps in proportion to name and pattern', () => {
    // Backtracking would take longer than any test may.
    expect(mailboxPattern(`${'*a'.repeat(32)}b`)('a'.repeat(500))).toBe(false)
    expect(mailboxPattern('*%'.repeat(5_000))('a'.repeat(500))).toBe(true)
  })
})

describe('joinReference (RFC 3501 §6.3.8)', () => {
  test.each([
    ['~smith/Mail/', 'foo.*', '~smith/Mail/foo.*'],
    ['archive/', '%', 'archive/%'],
    ['#news.', 'comp.mail.*', '#news.comp.mail.*'],
    ['~smith/Mail/', '/usr/doc/foo', '/usr/doc/foo'],
    ['', '*', '*'],
    ['a', '', 'a'],
  ])('%s and %s give %s', (reference, pattern, joined) => {
    expect(joinReference(reference, pattern)).toBe(joined)
  })
})
