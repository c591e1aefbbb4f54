import { describe, expect, test } from 'vitest'
import { type ImapUrl, parseImapUrl } from './imap-url.js'

const NOTHING = { server: null, mailbox: null, uidValidity: null, uid: null, section: null, partial: null, auth: null }

const rows: readonly (readonly [url: string, expected: Partial<ImapUrl>])[] = [
  // RFC 4469, appendix A, and RFC 8508 §4.2.
  [
    '/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER',
    { mailbox: 'Drafts', uidValidity: 385759045, uid: 20, section: 'HEADER' },
  ],
  [
    '/Drafts;UIDVALIDITY=385759045/;UID=20/;Section=2.MIME',
    { mailbox: 'Drafts', uidValidity: 385759045, uid: 20, section: '2.MIME' },
  ],
  ['/Drafts;UIDVALIDITY=385759045/;UID=30', { mailbox: 'Drafts', uidValidity: 385759045, uid: 30 }],
  ['/Drafts/;UID=3002', { mailbox: 'Drafts', uid: 3002 }],
  // Relative to the selected mailbox.
  [';UID=20', { uid: 20 }],
  ['/;UID=20/;SECTION=1', { uid: 20, section: '1' }],
  ['Drafts/;uid=7', { mailbox: 'Drafts', uid: 7 }],
  ['a/b/c/;UID=7', { mailbox: 'a/b/c', uid: 7 }],
  // RFC 5092 §10.
  [
    'imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024',
    {
      server: { user: null, host: 'minbari.example.org', port: null },
      mailbox: 'gray-council',
      uidValidity: 385759045,
      uid: 20,
      partial: { start: 0, count: 1024 },
    },
  ],
  [
    'imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97',
    { server: { user: null, host: 'psicorp.example.org', port: null }, mailbox: '~peter/日本語/台北' },
  ],
  [
    'imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2',
    {
      server: { user: null, host: 'minbari.example.org', port: null },
      mailbox: 'gray-council',
      uid: 20,
      section: '1.2',
    },
  ],
  [
    'imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows',
    { server: { user: null, host: 'minbari.example.org', port: null }, mailbox: 'gray council' },
  ],
  [
    'imap://john;AUTH=*@minbari.example.org:1143/babylon5/personel?charset%20UTF-8%20SUBJECT%20%7B14+%7D%0D%0A',
    { server: { user: 'john', host: 'minbari.example.org', port: 1143 }, mailbox: 'babylon5/personel' },
  ],
  [
    '/INBOX/;UID=1/;SECTION=HEADER.FIELDS%20(DATE%20FROM)',
    { mailbox: 'INBOX', uid: 1, section: 'HEADER.FIELDS (DATE FROM)' },
  ],
  ['/INBOX/;UID=1/;PARTIAL=5', { mailbox: 'INBOX', uid: 1, partial: { start: 5, count: null } }],
  ['//host/INBOX/;UID=1', { server: { user: null, host: 'host', port: null }, mailbox: 'INBOX', uid: 1 }],
  // RFC 4467 §3 and §6.
  [
    'imap://joe@example.com/INBOX/;uid=20;urlauth=submit+fred',
    {
      server: { user: 'joe', host: 'example.com', port: null },
      mailbox: 'INBOX',
      uid: 20,
      auth: {
        access: { kind: 'submit', user: 'fred' },
        expires: null,
        rump: 'imap://joe@example.com/INBOX/;uid=20;urlauth=submit+fred',
        verifier: null,
      },
    },
  ],
]

describe('an IMAP URL', () => {
  test.each(rows)('%s', (url, expected) => {
    expect(parseImapUrl(url)).toEqual({ ...NOTHING, ...expected })
  })

  test('tells the rump from the verifier (RFC 4467 §3)', () => {
    const rump =
      'imap://joe@example.com/INBOX/;uid=20/;section=1.2;expire=2005-12-19T16:39:57-08:00;urlauth=user+fr%65d'
    const token = '91354a473744909de610943775f92038'
    expect(parseImapUrl(`${rump}:internal:${token}`)).toMatchObject({
      uid: 20,
      section: '1.2',
      auth: {
        access: { kind: 'user', user: 'fred' },
        expires: Date.UTC(2005, 11, 20, 0, 39, 57),
        rump,
        verifier: { mechanism: 'internal', token },
      },
    })
    expect(parseImapUrl(rump)?.auth?.verifier).toBeNull()
  })

  test.each([
    'http://example.com/INBOX/;UID=1',
    'imap:/INBOX/;UID=1',
    '/INBOX;UID=1',
    '/INBOX/;UID=0',
    '/INBOX/;UID=4294967296',
    '/INBOX/;UID=x',
    '/INBOX;UIDVALIDITY=0/;UID=1',
    '/INBOX/;UID=1/;SECTION=',
    '/INBOX/;UID=1/;PARTIAL=0.0',
    '/INBOX/;UID=1/;PARTIAL=x',
    '/INBOX/;UID=1/;FROB=1',
    '/IN BOX/;UID=1',
    '/%ff/;UID=1',
    '/%zz/;UID=1',
    '/a%00b/;UID=1',
    '/b\xe9/;UID=1',
    '/INBOX/;UID=1;URLAUTH=nobody',
    '/INBOX/;UID=1;URLAUTH=user+',
    '/INBOX/;UID=1;EXPIRE=tomorrow;URLAUTH=anonymous',
    '/INBOX/;UID=1;URLAUTH=anonymous:INTERNAL:12',
    'imap://host:99999/INBOX/;UID=1',
    'imap:///INBOX/;UID=1',
  ])('%s is none', (url) => {
    expect(parseImapUrl(url)).toBeNull()
  })

  test('is read in time linear in its length', () => {
    const began = performance.now()
    for (const part of ['/', ';', '%20', '/;UID=1', ';UIDVALIDITY=1', '/;SECTION=1', '('])
      parseImapUrl(`/${part.repeat(20_000)}`)
    expect(performance.now() - began).toBeLessThan(500)
  })
})
