import { accountId, type Identity, type MailboxRef, type MailStore, mailboxName } from '@mailwright/core'
import { calendar, performer, runFlow } from '@mailwright/core/driver'
import { type ImapServerOptions, type SubmittedUrl, submittedUrls } from '@mailwright/imap'
import { createMemoryStore } from '@mailwright/store-memory'
import { VirtualClock } from '@mailwright/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { FIXTURES } from './fixtures.js'
import { rememberedUrls } from './url-authority.js'
import { authenticator } from './world.js'

const SIGNAL = new AbortController().signal
const NOW = Date.UTC(2026, 0, 1)
const clock = new VirtualClock(NOW)
const store: MailStore = createMemoryStore({ clock, uidValidity: () => 7 })
const authority = rememberedUrls()
const perform = performer([store, authenticator, calendar(clock), authority])

const IMAP: ImapServerOptions = {
  peer: { address: '', port: 0, localAddress: '', localPort: 0 },
  supports: store.supports,
  urlAuth: { submitters: ['submit'], anonymous: ['anonymous'] },
}
const SERVERS = ['imap.example.com', 'imap.example.com:1143']

function identity(user: string, account = user): Identity {
  return { user, account: accountId(account) }
}

const JOE = identity('joe', 'fred')
const HEADER = /^From: a@example\.com\r\nTo: fred@example\.org\r\nSubject: letter 1\r\n/

let inbox: MailboxRef
beforeAll(async () => {
  await FIXTURES['basic']?.(store)
  const account = accountId('fred')
  const { mailboxes } = await store.mailboxes({ account }, SIGNAL)
  const wanted = mailboxName('INBOX')
  const entry = mailboxes.find(({ name }) => 'name' in wanted && name === wanted.name)
  if (entry === undefined) throw new Error('there is no INBOX')
  inbox = { account, mailbox: entry.id }
})

async function resolve(
  url: string,
  submitter: Identity,
  options: Partial<ImapServerOptions> = {},
): Promise<SubmittedUrl> {
  const urls = submittedUrls({ imap: { ...IMAP, ...options }, servers: SERVERS })
  if (urls === null) throw new Error('no URLs are resolved')
  return await runFlow(urls(submitter, url), perform, SIGNAL)
}

/** What a URL stands for to a submitter: its octets, or why it stands for nothing. */
async function told(url: string, submitter = JOE, options: Partial<ImapServerOptions> = {}): Promise<string> {
  const found = await resolve(url, submitter, options)
  if (found.kind !== 'found') return found.kind
  let text = ''
  for await (const chunk of found.source.read({ start: found.start, end: found.end })) text += Buffer.from(chunk)
  return text
}

/** The URL with the token that its owner's server has given it. */
async function signed(rump: string): Promise<string> {
  const { token } = await authority.signUrl({ ref: inbox, rump }, SIGNAL)
  return `${rump}:internal:${token}`
}

const JOES = 'imap://joe@imap.example.com/INBOX'

describe('what a submission server may have (RFC 4468 §3.3, RFC 4467 §3)', () => {
  test.each([
    ['a message', `${JOES};uidvalidity=7/;uid=1;urlauth=submit+joe`, JOE, HEADER],
    ['its body', `${JOES}/;uid=1/;section=text;urlauth=submit+joe`, JOE, /^body 1\r\n/],
    [
      'fields of its header',
      `${JOES}/;uid=1/;section=header.fields%20(subject);urlauth=submit+joe`,
      JOE,
      /^Subject: letter 1\r\n\r\n$/,
    ],
    ['a part of it', `${JOES}/;uid=1/;partial=6.13;urlauth=submit+joe`, JOE, /^a@example\.com$/],
    ['what is for another user, to that one', `${JOES}/;uid=1;urlauth=submit+bob`, identity('bob'), HEADER],
    ['what is for every user', `${JOES}/;uid=1;urlauth=authuser`, identity('bob'), HEADER],
    ['what is for everybody', `${JOES}/;uid=1;urlauth=anonymous`, identity('anonymous'), HEADER],
    ['what is for another server', 'imap://joe@other.example/INBOX/;uid=1;urlauth=submit+joe', JOE, HEADER],
    ['what has not expired', `${JOES}/;uid=1;expire=2026-01-01T00:00:00Z;urlauth=submit+joe`, JOE, HEADER],
  ])('%s', async (_, rump, submitter, wanted) => {
    expect(await told(await signed(rump), submitter)).toMatch(wanted)
  })
})

describe('what it may not', () => {
  test.each([
    ['what is for another submitter', `${JOES}/;uid=1;urlauth=submit+joe`, identity('bob'), 'unauthorized'],
    [
      'also where the submitter is the name of a server',
      `${JOES}/;uid=1;urlauth=submit+joe`,
      identity('submit'),
      'unauthorized',
    ],
    ['what is for sessions of IMAP', `${JOES}/;uid=1;urlauth=user+joe`, JOE, 'unauthorized'],
    ['what is for nobody', `${JOES}/;uid=1;urlauth=submit+nobody`, identity('nobody'), 'unauthorized'],
    [
      'what is for users, to whoever is anonymous',
      `${JOES}/;uid=1;urlauth=authuser`,
      identity('anonymous'),
      'unauthorized',
    ],
    ['what has expired', `${JOES}/;uid=1;expire=2025-12-31T23:59:59Z;urlauth=submit+joe`, JOE, 'unauthorized'],
    ['what nobody can tell now', `${JOES}/;uid=1;urlauth=submit+away`, JOE, 'unavailable'],
    ['a message that is not there', `${JOES}/;uid=99;urlauth=submit+joe`, JOE, 'unresolved'],
    ['a part that is not there', `${JOES}/;uid=1/;section=9;urlauth=submit+joe`, JOE, 'unresolved'],
    ['another UIDVALIDITY', `${JOES};uidvalidity=8/;uid=1;urlauth=submit+joe`, JOE, 'unresolved'],
  ])('%s', async (_, rump, submitter, wanted) => {
    expect(await told(await signed(rump), submitter)).toBe(wanted)
  })

  test('a token that is another’s, of another URL, of another mechanism, or none', async () => {
    const rump = `${JOES}/;uid=1;urlauth=submit+joe`
    const url = await signed(rump)
    expect(await told(url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))).toBe('unauthorized')
    expect(await told(url.replace('uid=1', 'uid=2'))).toBe('unauthorized')
    expect(await told(url.replace('internal', 'xsample'))).toBe('unauthorized')
    expect(await told(rump)).toBe('unauthorized')
    expect(await told(url.replace('joe@', 'nobody@'))).toBe('unauthorized')
    expect(await told(url.replace('INBOX', 'NoSuch'))).toBe('unauthorized')
  })

  test('what was revoked', async () => {
    const url = await signed(`${JOES}/;uid=3;urlauth=submit+joe`)
    expect(await told(url)).toMatch(/^From: /)
    await authority.resetUrlKeys(inbox, SIGNAL)
    expect(await told(url)).toBe('unauthorized')
  })

  test('a URL of a server that nobody here knows', async () => {
    expect(await told('imap://joe@imap.gringotts.example/INBOX/;uid=1')).toBe('untrusted')
    const url = `imap://joe@imap.gringotts.example/INBOX/;uid=1;urlauth=submit+joe:internal:${'0'.repeat(32)}`
    expect(await told(url)).toBe('untrusted')
  })

  test('what names no message, or is no IMAP URL', async () => {
    for (const url of [JOES, `${JOES}/`, 'http://imap.example.com/x', 'imap:x', `${JOES}/;uid=0;urlauth=submit+joe`]) {
      expect(await told(url), url).toBe('unresolved')
    }
  })
})

describe('URLs without authorisation (RFC 4468 §3.3)', () => {
  test.each([
    ['the submitter’s own', `${JOES}/;UID=1`, HEADER],
    ['by the port, too', 'imap://joe@IMAP.example.com:1143/INBOX/;UID=1', HEADER],
    ['of whoever submits', 'imap://imap.example.com/INBOX;UIDVALIDITY=7/;UID=1/;SECTION=TEXT', /^body 1\r\n/],
    ['of another user', 'imap://bob@imap.example.com/INBOX/;UID=1', /^unauthorized$/],
    ['of another user who reads the same mail', 'imap://fred@imap.example.com/INBOX/;UID=1', /^unauthorized$/],
    ['of a user of whom nothing can be told now', 'imap://away@imap.example.com/INBOX/;UID=1', /^unavailable$/],
    ['a message that is not there', `${JOES}/;UID=99`, /^unresolved$/],
    ['a mailbox that is not there', 'imap://imap.example.com/NoSuch/;UID=1', /^unresolved$/],
    ['a port of somebody else', 'imap://imap.example.com:144/INBOX/;UID=1', /^untrusted$/],
  ])('%s', async (_, url, wanted) => {
    expect(await told(url)).toMatch(wanted)
  })

  test('the mailbox of a submitter who has none', async () => {
    expect(await told('imap://imap.example.com/INBOX/;UID=1', identity('bob'))).toBe('unresolved')
  })
})

test('where IMAP has no URLAUTH, nothing is resolved; without URL-PARTIAL no parts of octets are', async () => {
  const { urlAuth: _, ...without } = IMAP
  expect(submittedUrls({ imap: without })).toBeNull()
  expect(submittedUrls({ imap: { ...IMAP, switchedOff: ['URLAUTH'] } })).toBeNull()
  const whole = { switchedOff: ['URL-PARTIAL'] }
  expect(await told(await signed(`${JOES}/;uid=1/;partial=6.13;urlauth=submit+joe`), JOE, whole)).toBe('unauthorized')
  expect(await told(`${JOES}/;uid=1/;partial=6.13`, JOE, whole)).toBe('unresolved')
})
