import { accountId, mailboxName } from '@mailwright/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { badAccount, folderOf, nameOfFolder } from './layout.js'

function folder(text: string): string | undefined {
  const named = mailboxName(text)
  if ('bad' in named) throw new Error(named.bad)
  const result = folderOf(named.name)
  return 'folder' in result ? result.folder : undefined
}

describe('[H1] Maildir++ folders', () => {
  test.each([
    ['INBOX is the account itself', 'inbox', ''],
    ['one level', 'Sent', '.Sent'],
    ['levels are dots', 'a/b', '.a.b'],
    ['a child of INBOX', 'Inbox/Work', '.INBOX.Work'],
    ['a space stays', 'Sent Items', '.Sent Items'],
    ['an ampersand', 'R&D', '.R&-D'],
    ['the example of RFC 3501 §5.1.3', 'mail/台北/日本語', '.mail.&U,BTFw-.&ZeVnLIqe-'],
    ['as Dovecot writes an umlaut', 'Entwürfe', '.Entw&APw-rfe'],
  ])('%s', (_, name, expected) => {
    expect(folder(name)).toBe(expected)
    if (expected !== '') expect(nameOfFolder(expected)?.toLowerCase()).toBe(name.toLowerCase())
  })

  test.each([
    ['a dot inside a level', 'v1.0'],
    ['a leading dot', '.hidden'],
    ['a home folder', '~root'],
    ['more than a file system takes', 'é'.repeat(120)],
  ])('%s is refused', (_, name) => {
    expect(folder(name)).toBeUndefined()
  })

  test.each([
    ['nothing after the dot', '.'],
    ['a parent', '..'],
    ['an empty level', '.a..b'],
    ['a trailing dot', '.a.'],
    ['malformed modified UTF-7', '.&Jjo'],
    ['raw 8-bit', '.é'],
    ['a slash smuggled in', '.a&AC8-b'],
    ['another case of INBOX', '.inbox.a'],
    ['a second INBOX', '.INBOX'],
    ['no folder of Maildir++', 'cur'],
  ])('%s names no mailbox', (_, name) => {
    expect(nameOfFolder(name)).toBeUndefined()
  })

  test('a folder leads back to its name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        const named = mailboxName(text)
        fc.pre(!('bad' in named))
        if ('bad' in named) return
        const result = folderOf(named.name)
        if (!('folder' in result) || result.folder === '') return
        expect(result.folder).toMatch(/^\.[ -~]+$/)
        expect(result.folder).not.toContain('/')
        expect(nameOfFolder(result.folder)).toBe(named.name)
      }),
    )
  })
})

describe('account ids are data', () => {
  test.each(['', '.', '..', '.hidden', 'a/b', '../b', 'a\\b', 'a\u0000b', 'a\nb', 'a\ud800', 'ü'.repeat(128)])(
    '%j is refused',
    (id) => {
      expect(badAccount(accountId(id))).toBeTypeOf('string')
    },
  )
  test.each(['alice', 'alice@example.org', 'ålice', 'a.b', '-x', 'a b'])('%j is taken', (id) => {
    expect(badAccount(accountId(id))).toBeUndefined()
  })
})
