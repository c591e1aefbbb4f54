import { decodeModifiedUtf7, mailboxName } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { swapSeparator, writeMailbox, writeSeparator } from './mailbox.js'

describe('writeMailbox', () => {
  test.each([
    ['INBOX', 'INBOX'],
    ['', '""'],
    ['a b', '"a b"'],
    ['NIL', '"NIL"'],
    ['Tom&Jerry', 'Tom&-Jerry'],
    ['~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['lone\ud800', 'lone&,,0-'],
  ])('modified UTF-7 (RFC 3501 §5.1.3): %j', (name, written) => {
    expect(writeMailbox(name, { utf8: false })).toBe(written)
  })

  test.each([
    ['INBOX', 'INBOX'],
    ['Entw\u00fcrfe', '"Entw\u00c3\u00bcrfe"'],
    ['Tom&Jerry', 'Tom&Jerry'],
  ])('UTF-8 (RFC 6855 §3): %s', (name, written) => {
    expect(writeMailbox(name, { utf8: true })).toBe(written)
  })

  test('another separator changes places with "/"', () => {
    expect(writeMailbox('a/b.c', { utf8: false, separator: '.' })).toBe('a.b/c')
    expect(writeSeparator({ utf8: false, separator: '.' })).toBe('"."')
    expect(writeSeparator({ utf8: false })).toBe('"/"')
    expect(writeSeparator({ utf8: false, separator: '\\' })).toBe('"\\\\"')
  })

  test('every name has its own form on the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = mailboxName(text)
        if (!('name' in name)) return
        const written = writeMailbox(name.name, { utf8: false, separator: '.' })
        const bare = written.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1')
        expect(swapSeparator(decodeModifiedUtf7(bare) ?? '', '.')).toBe(name.name)
      }),
    )
  })
})
