import { mailboxId, mailboxName } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { writeId, writeListed, writeNamespace, writeStatus } from './mailbox-data.js'

const FORM = { utf8: false }

describe('mailbox data', () => {
  test('[F7] LIST (RFC 3501 §6.3.8)', () => {
    expect(writeListed('LIST', ['\\Noselect'], '', FORM)).toBe('LIST (\\Noselect) "/" ""')
    expect(writeListed('LSUB', [], '~/Mail/meetings', FORM)).toBe('LSUB () "/" ~/Mail/meetings')
    expect(writeListed('LIST', ['\\HasNoChildren', '\\Sent'], 'INBOX/a', { ...FORM, separator: '.' })).toBe(
      'LIST (\\HasNoChildren \\Sent) "." INBOX.a',
    )
  })

  test('STATUS (RFC 3501 §6.3.10)', () => {
    const name = mailboxName('blurdybloop')
    const status = { mailbox: mailboxId('1'), messages: 231, uidNext: 44_292, unseen: 3 }
    const mailbox = 'name' in name ? name.name : expect.fail()
    expect(writeStatus(mailbox, ['uidNext', 'messages', 'recent'], status, FORM)).toBe(
      'STATUS blurdybloop (UIDNEXT 44292 MESSAGES 231)',
    )
  })

  test('NAMESPACE (RFC 2342 §5) and ID (RFC 2971 §3.2)', () => {
    expect(writeNamespace(FORM)).toBe('NAMESPACE (("" "/")) NIL NIL')
    expect(writeId(null)).toBe('ID NIL')
    expect(writeId({})).toBe('ID NIL')
    expect(writeId({ name: 'Cyrus', os: null, '"': '\\' })).toBe('ID ("name" "Cyrus" "os" NIL "\\"" "\\\\")')
  })
})
