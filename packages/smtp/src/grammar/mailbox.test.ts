import { describe, expect, test } from 'vitest'
import { writeMailbox } from './mailbox.js'

describe('mailboxes', () => {
  test.each([
    ['plainly', { localPart: 'a.b', domain: 'example.org' }, 'a.b@example.org'],
    ['without a domain', { localPart: 'usuario', domain: null }, 'usuario'],
    ['quoted where a blank stands', { localPart: 'joe smith', domain: 'example.org' }, '"joe smith"@example.org'],
    ['quoted where dots stand oddly', { localPart: 'a..b', domain: 'example.org' }, '"a..b"@example.org'],
    ['quoted where nothing stands', { localPart: '', domain: 'example.org' }, '""@example.org'],
    ['with quotes and backslashes escaped', { localPart: 'a"b\\', domain: 'example.org' }, '"a\\"b\\\\"@example.org'],
    ['with brackets that end no path', { localPart: '>', domain: 'example.org' }, '">"@example.org'],
    ['in UTF-8', { localPart: 'jürgen', domain: 'bücher.example' }, 'jürgen@bücher.example'],
    ['in UTF-8, quoted', { localPart: '用 户', domain: 'example.org' }, '"用 户"@example.org'],
  ])('are written %s', (_, mailbox, text) => {
    expect(writeMailbox(mailbox)).toBe(text)
  })
})
