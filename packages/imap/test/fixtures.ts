import {
  type AccountId,
  ANSWERED,
  accountId,
  DELETED,
  FLAGGED,
  fromLatin1,
  INBOX,
  type MailboxId,
  type MailboxName,
  type MailStore,
  mailboxName,
  SEEN,
  type SpecialUse,
} from '@mailwright/core'
import { SORTED, THREADED } from './sorted-mail.js'

/** Mail that a transcript finds when it begins. */
export type Fixture = (store: MailStore) => Promise<void>

const SIGNAL = new AbortController().signal
const FRED = accountId('fred')

/** What one message of a fixture is. */
interface Delivery {
  readonly mailbox?: string
  /** Lines end in LF here; they are delivered with CRLF. */
  readonly text: string
  readonly system?: number
  readonly keywords?: readonly string[]
  /** Default 1996-07-17T09:44:25Z, the INTERNALDATE of RFC 3501 §8. */
  readonly date?: number
  readonly account?: AccountId
}

export const FIXTURES: { readonly [name: string]: Fixture } = {
  /** INBOX alone, empty. */
  async empty(store) {
    await mailboxIdOf(store, INBOX, FRED)
  },

  /** INBOX with three messages, UIDs 1 to 3: one seen, one flagged with a keyword, one untouched; nobody has seen them as recent. */
  async basic(store) {
    await deliver(store, { text: letter(1), system: SEEN })
    await deliver(store, { text: letter(2), system: FLAGGED | SEEN, keywords: ['Work'] })
    await deliver(store, { text: letter(3) })
  },

  /** {@link basic}, with other mailboxes: a level without mailbox, special uses, names beyond ASCII, subscriptions. */
  async folders(store) {
    await FIXTURES['basic']?.(store)
    await make(store, 'Sent', 'Sent')
    await make(store, 'Trash', 'Trash')
    await make(store, 'Lists/imap')
    await make(store, 'Lists/smtp')
    await make(store, 'Entwürfe & Pläne')
    await make(store, 'v1.0')
    await subscribe(store, 'INBOX')
    await subscribe(store, 'Lists/imap')
    await deliver(store, { mailbox: 'Lists/imap', text: letter(1) })
  },

  /** INBOX with one message that has NUL in its header and in its body. */
  async nul(store) {
    await deliver(store, { text: 'Subject: x\nX-Nul: \0\n\na\0\0b', system: SEEN })
  },

  /** The hierarchy of RFC 5258 §5, examples 1 to 3 and 9. */
  async fruit(store) {
    const names = ['Fruit', 'Fruit/Apple', 'Fruit/Banana', 'Tofu', 'Vegetable', 'Vegetable/Broccoli', 'Vegetable/Corn']
    for (const name of names) await make(store, name)
    const subscribed = ['INBOX', 'Fruit/Banana', 'Fruit/Peach', 'Vegetable', 'Vegetable/Broccoli']
    for (const name of subscribed) await subscribe(store, name)
  },

  /** The hierarchy of RFC 5258 §5, example 9: `qux2` is no mailbox. */
  async foo2(store) {
    const names = [
      'foo2',
      'foo2/bar1',
      'foo2/bar2',
      'baz2',
      'baz2/bar2',
      'baz2/bar22',
      'baz2/bar222',
      'eps2',
      'eps2/mamba',
    ]
    for (const name of [...names, 'qux2/bar2']) await make(store, name)
    for (const name of [...names.filter((each) => each !== 'foo2' && each !== 'baz2'), 'qux2/bar2']) {
      await subscribe(store, name)
    }
  },

  /** {@link basic}, with INBOX/Drafts and Work, which holds three messages: one seen, one deleted, one untouched; and bob's INBOX. */
  async shared(store) {
    await FIXTURES['basic']?.(store)
    await mailboxIdOf(store, INBOX, accountId('bob'))
    await make(store, 'INBOX/Drafts')
    await make(store, 'Work')
    await deliver(store, { mailbox: 'Work', text: letter(1), system: SEEN })
    await deliver(store, { mailbox: 'Work', text: letter(2), system: DELETED })
    await deliver(store, { mailbox: 'Work', text: letter(3) })
  },

  /** INBOX with ten messages, UIDs 1 to 10; 3, 4, 7 and 10 are marked deleted. */
  async deleted(store) {
    for (let n = 1; n <= 10; n++) {
      await deliver(store, { text: letter(n), system: [3, 4, 7, 10].includes(n) ? DELETED : SEEN })
    }
  },

  /** RFC 3501 §8: 18 messages, of which 17 and 18 are new; message 12 is the one shown there. */
  async rfc3501(store) {
    for (let n = 1; n <= 18; n++) {
      const text = n === 12 ? MINUTES : letter(n)
      if (n === 17) await claimRecent(store)
      await deliver(store, { text, system: n < 17 ? SEEN : 0 })
    }
  },

  /** A multipart message with an enclosed one, after the example of RFC 3501 §6.4.5, and one without any MIME. */
  async sections(store) {
    await deliver(store, { text: NESTED, system: SEEN })
    await deliver(store, { text: 'From: a@example.com\nSubject: plain\n\nbody\n', system: SEEN })
    await deliver(store, { text: 'Subject: only a header\n', system: SEEN })
  },

  /** INBOX with a message of every transfer encoding, and a plain one. */
  async binary(store) {
    await deliver(store, { text: ENCODED })
    await deliver(store, { text: 'Subject: plain\nContent-Transfer-Encoding: base64\n\naGVsbG8gd29ybGQ=\n' })
  },

  /** One message with 300,000 zero octets in base64. */
  async bigBinary(store) {
    const line = `${'A'.repeat(76)}\n`
    await deliver(store, {
      text: `Subject: zeros\nContent-Transfer-Encoding: base64\n\n${line.repeat(5_263)}${'A'.repeat(12)}\n`,
    })
  },

  /** Drafts of RFC 4469, appendix A: UID 20 with an attachment, 21 with another, 30 a part on its own; the others are letters. */
  async drafts(store) {
    await make(store, 'Drafts', 'Drafts')
    for (let n = 1; n <= 30; n++) {
      const text = n === 20 ? WITH_ZIP : n === 21 ? WITH_SLIDES : n === 30 ? PART_ALONE : letter(n)
      await deliver(store, { mailbox: 'Drafts', text, system: SEEN })
    }
  },

  /** Of RFC 4467 and RFC 5524: fred's and joe's INBOX, UID 20 with the part of the examples and others in several encodings; bob's, with a letter. */
  async urls(store) {
    for (let n = 1; n <= 20; n++) await deliver(store, { text: n === 20 ? WITH_MOTTO : letter(n), system: SEEN })
    await make(store, 'Entwürfe')
    await deliver(store, { mailbox: 'Entwürfe', text: letter(1), system: SEEN })
    await deliver(store, { text: letter(1), account: accountId('bob') })
    await mailboxIdOf(store, INBOX, accountId('submit'))
    await mailboxIdOf(store, INBOX, accountId('anonymous'))
    await claimRecent(store)
  },

  /** Messages for PREVIEW, three of them and their previews those of RFC 8970 §5. */
  async previews(store) {
    await deliver(store, { text: 'Subject: 1\n\nPreview text!\n' })
    await deliver(store, {
      text: `Subject: 2\n\nLorem ipsum dolor sit amet, consectetur adipiscing elit.\n${'Curabitur aliquam turpis et ante dictum. '.repeat(5)}\n`,
    })
    await deliver(store, {
      text: 'Subject: 3\nMIME-Version: 1.0\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n',
    })
    await deliver(store, {
      text: 'Subject: 4\nMIME-Version: 1.0\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<html><body><p>Gr=FC=DFe &amp; mehr</p><blockquote>quoted</blockquote></body></html>\n',
    })
    await deliver(store, {
      text: 'Subject: 5\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<b>html first</b>\n--b\nContent-Type: text/plain\n\nplain text\n--b--\n',
    })
    await deliver(store, { text: 'Subject: 6\n\n> quoted only\n> more\n' })
    await deliver(store, { text: 'Subject: 7\n' })
  },

  /** A message that encloses an internationalised one. */
  async global(store) {
    await deliver(store, {
      text: 'Subject: outer\nMIME-Version: 1.0\nContent-Type: message/global\nContent-Transfer-Encoding: 8bit\n\nSubject: inner\n\nbody\n',
      system: SEEN,
    })
  },

  /** Messages for SEARCH: flags, dates, sizes, encoded headers and bodies. */
  async search(store) {
    const day = (date: string): number => Date.parse(`${date}T12:00:00Z`)
    await deliver(store, {
      text: 'From: Smith <smith@example.com>\nTo: fred@example.org\nSubject: first\nDate: Tue, 1 Feb 1994 10:00:00 +0000\n\none\n',
      system: FLAGGED | SEEN,
      date: day('1994-02-01'),
    })
    await deliver(store, {
      text: 'From: Jones <jones@example.com>\nCc: copy@example.com\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\nDate: Wed, 2 Feb 1994 23:30:00 -0800\nX-Spam: no\n\ntwo\n',
      system: FLAGGED | ANSWERED,
      keywords: ['$Work'],
      date: day('1994-02-02'),
    })
    await deliver(store, {
      text: `From: Smith <smith@example.com>\nBcc: hidden@example.com\nSubject: third\nDate: Thu, 3 Mar 1994 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${btoa('needle in base64')}\n`,
      system: DELETED,
      date: day('1994-03-03'),
    })
    await deliver(store, {
      text: `From: a@example.com\nSubject: long\n\n${'x'.repeat(4_000)}\n`,
      date: day('1995-01-01'),
    })
  },

  /**
   * 23 messages that the examples of RFC 4731 and RFC 5182 may have had, UIDs 7 to 29: 2, 10 to 15 and 21 are not from Smith and
   * came after 12-Feb-2006; of those 2, 10 and 11 are flagged, and so is 5; 4 is the first unseen; 15 are deleted.
   */
  async results(store) {
    for (let n = 1; n <= 6; n++) await deliver(store, { text: letter(n) })
    const mailbox = await mailboxIdOf(store, INBOX, FRED)
    await store.expunge({ account: FRED, mailbox, uids: Uint32Array.of(1, 2, 3, 4, 5, 6), regardless: true }, SIGNAL)
    for (let n = 1; n <= 23; n++) {
      const isFound = [2, 10, 11, 12, 13, 14, 15, 21].includes(n)
      const flags = ([2, 5, 10, 11].includes(n) ? FLAGGED : 0) | (n >= 9 ? DELETED : 0) | (n < 4 ? SEEN : 0)
      const from = isFound ? 'Jones <jones@example.com>' : 'Smith <smith@example.com>'
      const text = `From: ${from}\nSubject: message ${n}\n\nbody\n`
      await deliver(store, { text, system: flags, date: Date.UTC(2006, isFound ? 2 : 0, n, 12) })
    }
    await claimRecent(store)
  },

  /** Five messages that came 4 days, 3 days to the second, 2 days, 10 s and no time before the transcript begins; 2 and 3 are seen. */
  async ages(store) {
    const now = Date.UTC(2026, 0, 1)
    for (const [at, seconds] of [345_600, 259_200, 172_800, 10, 0].entries()) {
      await deliver(store, {
        text: letter(at + 1),
        system: at === 1 || at === 2 ? SEEN : 0,
        date: now - seconds * 1000,
      })
    }
    await claimRecent(store)
  },

  /** {@link SORTED}. */
  async sorted(store) {
    for (const { text, day } of SORTED) await deliver(store, { text, system: SEEN, date: Date.UTC(2026, 0, day, 12) })
    await claimRecent(store)
  },

  /** {@link THREADED}. */
  async threaded(store) {
    for (const { text, day } of THREADED) await deliver(store, { text, system: SEEN, date: Date.UTC(2020, 0, day) })
    await claimRecent(store)
  },

  /** RFC 6203 §3's subjects, and the greeting that its misspelled `Helo` is for. */
  async fuzzy(store) {
    await deliver(store, { text: 'From: a@example.com\nSubject: broken IMAP, or did the server break?\n\nhello\n' })
    await deliver(store, { text: 'From: a@example.com\nSubject: the IMAP break\n\none\n' })
    await deliver(store, { text: 'From: a@example.com\nSubject: IMAP brakes\n\ntwo\n' })
    await deliver(store, { text: 'From: user@example.com\nSubject: the words I work with\n\nthree\n' })
    await deliver(store, { text: 'From: a@example.com\nSubject: please\n\nSend help.\n' })
  },

  /** The mailbox of the second seed's IMAP session: two messages nobody has read, no longer recent; UIDVALIDITY there 1398552193. */
  async seed001(store) {
    await deliver(store, { text: SEED_001_FIRST })
    await deliver(store, { text: SEED_001_SECOND })
    await claimRecent(store)
  },

  /** The mailbox of the fourth seed's IMAP session. */
  async seed003(store) {
    await deliver(store, { text: SEED_003 })
  },

  /** The mailbox of the first seed's IMAP session: one message, read; UIDs 2 to 4 were there and are gone. */
  async seed000(store) {
    for (let n = 1; n <= 4; n++)
      await deliver(store, { text: letter(n), system: SEEN, account: accountId('ventas@mymail.com') })
    const account = accountId('ventas@mymail.com')
    const mailbox = await mailboxIdOf(store, INBOX, account)
    await store.claimRecent({ account, mailbox }, SIGNAL)
    await store.expunge({ account, mailbox, uids: Uint32Array.of(2, 3, 4), regardless: true }, SIGNAL)
  },

  /** 3,000 short messages: more than one write and one page of any store. */
  async many(store) {
    for (let n = 1; n <= 3_000; n++) await deliver(store, { text: `Subject: ${n}\n\n${n}\n`, system: SEEN })
  },

  /** One message of 300,000 octets of body. */
  async big(store) {
    await deliver(store, { text: `Subject: big\n\n${'0123456789'.repeat(30_000)}` })
    await deliver(store, { text: letter(2) })
  },
}

/** A short message, 110 octets on the wire for one-digit numbers, 102 of them the header. */
function letter(n: number): string {
  return `From: a@example.com\nTo: fred@example.org\nSubject: letter ${n}\nDate: Mon, 1 Jan 1996 00:00:00 +0000\n\nbody ${n}\n`
}

async function deliver(store: MailStore, delivery: Delivery): Promise<void> {
  const account = delivery.account ?? FRED
  const mailbox = await mailboxIdOf(store, delivery.mailbox ?? INBOX, account)
  const octets = fromLatin1(delivery.text.replaceAll('\n', '\r\n'))
  const body = (async function* () {
    yield octets
  })()
  const staged = await store.stage({ account, body }, SIGNAL)
  if (staged.kind !== 'staged') throw new Error(`the fixture's message was not staged: ${staged.kind}`)
  const flags = { system: delivery.system ?? 0, keywords: delivery.keywords ?? [] }
  const internalDate = delivery.date ?? Date.UTC(1996, 6, 17, 9, 44, 25)
  const messages = [{ staged: staged.staged, flags, internalDate }]
  const answer = await store.append({ account, mailbox, messages }, SIGNAL)
  if (answer.kind !== 'appended') throw new Error(`the fixture's message was not appended: ${answer.kind}`)
  await store.discard({ staged: [staged.staged] }, SIGNAL)
}

async function claimRecent(store: MailStore): Promise<void> {
  await store.claimRecent({ account: FRED, mailbox: await mailboxIdOf(store, INBOX, FRED) }, SIGNAL)
}

async function make(store: MailStore, name: string, specialUse?: SpecialUse): Promise<void> {
  const args = { account: FRED, name: nameOf(name), ...(specialUse === undefined ? {} : { specialUse }) }
  const answer = await store.createMailbox(args, SIGNAL)
  if (answer.kind !== 'created') throw new Error(`the fixture's mailbox ${name}: ${answer.kind}`)
}

async function subscribe(store: MailStore, name: string): Promise<void> {
  await store.subscribe({ account: FRED, name: nameOf(name), subscribed: true }, SIGNAL)
}

function nameOf(text: string): MailboxName {
  const result = mailboxName(text)
  if ('bad' in result) throw new Error(`a fixture's mailbox name is ${result.bad}: ${text}`)
  return result.name
}

async function mailboxIdOf(store: MailStore, name: string, account: AccountId): Promise<MailboxId> {
  const { mailboxes } = await store.mailboxes({ account }, SIGNAL)
  const entry = mailboxes.find((known) => known.name === name)
  if (entry === undefined) throw new Error(`the fixture has no mailbox ${name}`)
  return entry.id
}

/** The header of RFC 3501 §8, 342 octets on the wire, and a body of 3028 octets in 92 lines. */
const MINUTES = [
  'Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)',
  'From: Terry Gray <gray@cac.washington.edu>',
  'Subject: IMAP4rev1 WG mtg summary and minutes',
  'To: imap@cac.washington.edu',
  'cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>',
  'Message-Id: <B27397-0100000@cac.washington.edu>',
  'MIME-Version: 1.0',
  'Content-Type: TEXT/PLAIN; CHARSET=US-ASCII',
  '',
  // 91 lines of 31 octets and CRLF, and one of 23.
  ...Array.from({ length: 91 }, (_, n) => `${n}`.padEnd(31, '.')),
  '.'.repeat(23),
  '',
].join('\n')

const NESTED = [
  'From: a@example.com',
  'Subject: nested',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  'preamble',
  '--outer',
  'Content-Type: text/plain',
  '',
  'part one',
  '--outer',
  'Content-Type: application/octet-stream',
  'Content-Transfer-Encoding: base64',
  '',
  'AAEC',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'From: b@example.com',
  'Subject: enclosed',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain',
  '',
  'inner plain',
  '--inner',
  'Content-Type: text/html',
  '',
  '<p>inner</p>',
  '--inner--',
  '--outer--',
  '',
].join('\n')

/** Part 1.2 is the one of RFC 4467 §7 and RFC 5524 §4; 2 is an image of 123 octets with NUL, 3 in an encoding nobody knows. */
const WITH_MOTTO = [
  'From: joe@example.com',
  'Subject: mottos',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  '--outer',
  'Content-Type: multipart/mixed; boundary=inner',
  '',
  '--inner',
  '',
  'Hello',
  '--inner',
  'Content-Type: text/plain; charset=us-ascii',
  '',
  'Si vis pacem, para bellum.',
  '',
  '--inner',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '',
  'U2kgdmlzIHBhY2VtLCBwYXJhIGJlbGx1bS4NCg==',
  '--inner--',
  '--outer',
  'Content-Type: image/png',
  'Content-Transfer-Encoding: base64',
  '',
  'A'.repeat(164),
  '--outer',
  'Content-Type: text/plain; charset=us-ascii',
  'Content-Transfer-Encoding: X-BLURDYBLOOP',
  '',
  'blurdy',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: enclosed',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe',
  '--outer--',
  '',
].join('\n')

const ENCODED = [
  'From: a@example.com',
  'Subject: binary',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  'preamble',
  '--outer',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=C3=BC=',
  '=C3=9Fe =',
  ' soft',
  '--outer',
  'Content-Type: application/octet-stream',
  'Content-Transfer-Encoding: BASE64',
  '',
  'AQIAAwQ=',
  '--outer',
  'Content-Type: application/octet-stream',
  'Content-Transfer-Encoding: x-uuencode',
  '',
  'begin',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'From: b@example.com',
  'Subject: enclosed',
  'Content-Type: text/html',
  'Content-Transfer-Encoding: base64',
  '',
  'PHA+aW5uZXI8L3A+',
  '--outer',
  '',
  'plain text',
  '--outer--',
  '',
].join('\n')

/** "multipart/mixed MIME message with two body parts" (RFC 4469, appendix A). */
const WITH_ZIP = [
  'From: Bob Ar <bar@example.org>',
  'Subject: About our holiday trip',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="------------030308070208000400050907"',
  '',
  '--------------030308070208000400050907',
  'Content-Type: text/plain',
  '',
  'See the schedule.',
  '--------------030308070208000400050907',
  'Content-Type: application/x-zip-compressed',
  'Content-Transfer-Encoding: base64',
  '',
  'UEsDBA==',
  '--------------030308070208000400050907--',
  '',
].join('\n')

const WITH_SLIDES = [
  'From: Bob Ar <bar@example.org>',
  'Subject: Slides',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="------------030308070208000400050903"',
  '',
  '--------------030308070208000400050903',
  'Content-Type: text/plain',
  '',
  'See the slides.',
  '--------------030308070208000400050903',
  'Content-Type: application/vnd.ms-powerpoint',
  'Content-Transfer-Encoding: base64',
  '',
  'AAAA',
  '--------------030308070208000400050903--',
  '',
].join('\n')

/** What example 1 puts in as a body part: it brings its own header. */
const PART_ALONE = [
  'Content-Type: application/x-zip-compressed',
  'Content-Transfer-Encoding: base64',
  '',
  'UEsFBg==',
  '',
].join('\n')

const SEED_001_FIRST = [
  'Return-Path: <root@rhel2.local.com>',
  'X-Original-To: user1@local.com',
  'Delivered-To: user1@local.com',
  'Received: from rhel2.local.com (rhel2.local.com [192.168.2.3])',
  '    by rhel1.local.com (Postfix) with ESMTP id AEB6840933',
  '    for <user1@local.com>; Sat, 26 Apr 2014 15:29:40 -0600 (MDT)',
  'Received: from rhel2.local.com (localhost.localdomain [127.0.0.1])',
  '    by rhel2.local.com (8.13.8/8.13.8) with ESMTP id s3QLTem2017283',
  '    for <user1@local.com>; Sat, 26 Apr 2014 15:29:40 -0600',
  'Received: (from root@localhost)',
  '    by rhel2.local.com (8.13.8/8.13.8/Submit) id s3QLTebH017282',
  '    for user1@local.com; Sat, 26 Apr 2014 15:29:40 -0600',
  'Date: Sat, 26 Apr 2014 15:29:40 -0600',
  'From: root <root@rhel2.local.com>',
  'Message-Id: <201404262129.s3QLTebH017282@rhel2.local.com>',
  'To: user1@local.com',
  'Subject: testing',
  '',
  'sdflksdfj',
  '',
].join('\n')

const SEED_001_SECOND = [
  'Return-Path: <root@rhel1.local.com>',
  'X-Original-To: user1',
  'Delivered-To: user1@rhel1.local.com',
  'Received: by rhel1.local.com (Postfix, from userid 0)',
  '    id 46C1640E80; Sat, 26 Apr 2014 16:17:36 -0600 (MDT)',
  'Date: Sat, 26 Apr 2014 16:17:36 -0600',
  'To: user1@rhel1.local.com',
  'Subject: testing',
  'User-Agent: Heirloom mailx 12.4 7/29/08',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=us-ascii',
  'Content-Transfer-Encoding: 7bit',
  'Message-Id: <20140426221736.46C1640E80@rhel1.local.com>',
  'From: root@rhel1.local.com (root)',
  '',
  'sdfsdfsdf',
  '',
].join('\n')

const SEED_003 = [
  'Return-Path: <username@example.com>',
  'X-Original-To: vagrant@mailserver.local',
  'Delivered-To: vagrant@mailserver.local',
  'Received: from mailserver.local (gateway [10.0.2.2])',
  '\tby mailserver.local (Postfix) with ESMTP id 1D7FE400A4C9',
  '\tfor <vagrant@mailserver.local>; Wed, 15 Jul 2020 16:31:24 +0000 (UTC)',
  'Subject: hello',
  '',
  'Greetings',
  '',
].join('\n')
