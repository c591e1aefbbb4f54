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
    // RFC 5258 §5, example 8.
    expect(writeListed('LIST', [], 'Foo', FORM, { childInfo: ['SUBSCRIBED'] })).toBe(
      'LIST () "/" Foo ("CHILDINFO" ("SUBSCRIBED"))',
    )
    // RFC 9051 §6.3.9.7.
    expect(writeListed('LIST', [], 'NewMailbox', FORM, { oldName: 'OldMailbox' })).toBe(
      'LIST () "/" NewMailbox ("OLDNAME" (OldMailbox))',
    )
  })

  test('STATUS (RFC 3501 §6.3.10)', () => {
    const values = [
      { att: 'uidNext', value: 44_292 },
      { att: 'messages', value: 231 },
    ] as const
    expect(writeStatus('blurdybloop', values, FORM)).toBe('STATUS blurdybloop (UIDNEXT 44292 MESSAGES 231)')
  })

  test('NAMESPACE (RFC 2342 §5) and ID (RFC 2971 §3.2)', () => {
    expect(writeNamespace(undefined, FORM)).toBe('NAMESPACE (("" "/")) NIL NIL')
    const sharing = { others: ['Other Users/'], shared: ['#shared/', 'Öffentlich/'] }
    expect(writeNamespace(sharing, { ...FORM, separator: '.' })).toBe(
      'NAMESPACE (("" ".")) (("Other Users." ".")) (("#shared." ".")("&ANY-ffentlich." "."))',
    )
    expect(writeId(null)).toBe('ID NIL')
    expect(writeId({})).toBe('ID NIL')
    expect(writeId({ name: 'Cyrus', os: null, '"': '\\' })).toBe('ID ("name" "Cyrus" "os" NIL "\\"" "\\\\")')
  })
})
