import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession, imapUntil, smtp, smtpSession, smtpText } from '../support/dialogue.js'
import { Postfix } from '../support/postfix.js'
import { succeed } from '../support/run.js'
import { HOSTNAME } from '../support/site.js'
import { eventually } from '../support/wait.js'
import type { Wire } from '../support/wire.js'

/** Mail that is submitted out of a mailbox, by its URL (RFC 4468): keys, Maildirs and sockets are real. */

const SCRIPT = fileURLToPath(new URL('./python/submit_by_url.py', import.meta.url))

/** A letter with a line of each kind that a transfer might spoil. */
function letter(subject: string, body: string): string {
  return [
    'From: Alice <alice@example.test>',
    'To: bob@example.test',
    'Date: Wed, 25 Nov 2026 10:00:00 +0000',
    `Message-ID: <${subject}@example.test>`,
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '.',
    '..two dots',
    'From here on, caf\xc3\xa9',
    ` ${'x'.repeat(900)} `,
    body,
    '',
  ].join('\r\n')
}

/** Over TLS, logged in. */
async function submission(server: Appliance, user: string): Promise<Wire> {
  const wire = await smtpSession(server.port('submissions'), { trust: server.certificate })
  const secret = Buffer.from(`\0${user}\0${server.password(user)}`).toString('base64')
  expect(await smtp(wire, `AUTH PLAIN ${secret}`)).toBe('235 2.7.0 Authentication successful')
  return wire
}

/** Puts a letter into a mailbox of alice's. @returns its UIDVALIDITY and UID, as in a URL. */
async function kept(wire: Wire, text: string, mailbox = 'INBOX'): Promise<string> {
  const octets = Buffer.from(text, 'latin1')
  await wire.sendLine(`a APPEND ${mailbox} {${octets.length}}`)
  await imapUntil(wire, '+ ')
  await wire.send(octets)
  await wire.sendLine('')
  const answer = (await imapUntil(wire, 'a ')).at(-1)
  const [, validity, uid] = /^a OK \[APPENDUID (\d+) (\d+)\]/.exec(answer ?? '') ?? []
  if (validity === undefined) throw new Error(`not kept: ${answer}`)
  return `${mailbox};UIDVALIDITY=${validity}/;UID=${uid}`
}

async function authorised(wire: Wire, path: string, access = 'submit+alice'): Promise<string> {
  const rump = `imap://alice@${HOSTNAME}/${path};URLAUTH=${access}`
  const [response = ''] = await imap(wire, `g GENURLAUTH "${rump}" INTERNAL`)
  const url = /^\* GENURLAUTH "([^"]+)"$/.exec(response)?.[1]
  if (url === undefined) throw new Error(`not authorised: ${response}`)
  return url
}

describe.each([
  ['a site that keeps mail', {}],
  ['a mail transfer agent that queues all', { relay: { queue: 'queue', localMail: 'queued' } }],
] as const)('%s', (_, wishes) => {
  let server: Appliance
  beforeAll(async () => {
    server = await Appliance.start({
      ...wishes,
      listeners: ['smtp', 'submission', 'submissions', 'imap'],
      users: ['bob', 'carol'],
      limits: { messageOctets: 1_000_000 },
      imap: { urlAuth: { keys: 'urls.keys' } },
    })
  })
  afterAll(() => server.dispose())

  function mailOf(user: string): Promise<Wire> {
    return imapSession(server.port('imap'), user, server.password(user))
  }

  /** Begins a message to bob. */
  async function envelope(wire: Wire, from = 'alice'): Promise<void> {
    expect(await smtp(wire, `MAIL FROM:<${server.address(from)}>`)).toBe('250 2.1.0 Ok')
    expect(await smtp(wire, `RCPT TO:<${server.address('bob')}>`)).toBe('250 2.1.5 Ok')
  }

  /** The letter that bob has under a subject, without what its way put before it; waits for the queue. */
  async function received(subject: string): Promise<string> {
    const wire = await mailOf('bob')
    try {
      await imap(wire, 's SELECT INBOX')
      for (let tries = 0; tries < 300; tries++) {
        const [found = ''] = await imap(wire, `f UID SEARCH SUBJECT "${subject}"`)
        const uid = /^\* SEARCH (\d+)/.exec(found)?.[1]
        if (uid === undefined) {
          await new Promise((resolve) => setTimeout(resolve, 50))
          continue
        }
        const [response = ''] = await imap(wire, `f UID FETCH ${uid} BODY.PEEK[]`)
        const text = response.slice(response.indexOf('}\r\n') + 3, -1)
        return text.slice(text.search(/^From: /m))
      }
      throw new Error(`bob has no letter ${subject}`)
    } finally {
      wire.destroy()
    }
  }

  async function subjectsOfBob(): Promise<string> {
    const wire = await mailOf('bob')
    await imap(wire, 's SELECT INBOX')
    const responses = await imap(wire, 'f FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]')
    wire.destroy()
    return responses.join('\n')
  }

  test('BURL is told to users only, in submission only', async () => {
    const stranger = await smtpSession(server.port('submission'))
    expect(await smtp(stranger, 'EHLO x')).toMatch(/\| BURL$/)
    expect(await smtp(stranger, 'BURL imap://x/y LAST')).toBe('530 5.7.0 Authentication required')
    stranger.destroy()
    const mx = await smtpSession(server.port('smtp'))
    expect(await smtp(mx, 'EHLO x')).not.toMatch(/BURL/)
    expect(await smtp(mx, 'BURL imap://x/y LAST')).toBe('502 5.5.1 Error: command not implemented')
    mx.destroy()
    const user = await submission(server, 'alice')
    expect(await smtp(user, 'EHLO x')).toMatch(/\| BURL imap imap:\/\/mail\.example\.test$/)
    user.destroy()
  })

  test('[F15] a letter that was put into Sent goes out as it stands there, octet for octet', async () => {
    const alice = await mailOf('alice')
    const text = letter('whole', 'y'.repeat(900).concat('\r\n').repeat(900))
    const url = await authorised(alice, await kept(alice, text, 'Sent'))
    alice.destroy()
    const wire = await submission(server, 'alice')
    await envelope(wire)
    expect(await smtp(wire, `BURL ${url} LAST`)).toMatch(/^250 2\.0\.0 Ok: queued as \w+$/)
    // The session goes on, and in one group with what stands before.
    const [from, to] = [server.address('alice'), server.address('bob')]
    await wire.send(`MAIL FROM:<${from}>\r\nRCPT TO:<${to}>\r\nBURL ${url} LAST\r\nNOOP\r\n`)
    expect(await smtpText(wire)).toBe('250 2.1.0 Ok')
    expect(await smtpText(wire)).toBe('250 2.1.5 Ok')
    expect(await smtpText(wire)).toMatch(/^250 2\.0\.0 Ok: queued as /)
    expect(await smtpText(wire)).toBe('250 2.0.0 Ok')
    wire.destroy()
    expect((await received('whole')) === text).toBe(true)
  })

  test('a letter is made of chunks and of parts of others, also of URLs that need no authorisation', async () => {
    const alice = await mailOf('alice')
    const path = await kept(alice, letter('template', 'a signature'))
    const url = await authorised(alice, `${path}/;SECTION=TEXT`)
    alice.destroy()
    const wire = await submission(server, 'alice')
    await envelope(wire)
    const start =
      'From: Alice <alice@example.test>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m@x>\r\nSubject: mixed\r\n\r\n'
    await wire.send(
      `BDAT ${start.length}\r\n${start}BURL ${url}\r\nBDAT 5\r\n...\r\nBURL imap://${HOSTNAME}/${path}/;SECTION=HEADER.FIELDS%20(SUBJECT) LAST\r\n`,
    )
    expect(await smtpText(wire)).toBe(`250 2.0.0 Ok: ${start.length} bytes`)
    expect(await smtpText(wire)).toBe('250 2.5.0 Waiting for additional BURL or BDAT commands')
    expect(await smtpText(wire)).toBe('250 2.0.0 Ok: 5 bytes')
    expect(await smtpText(wire)).toMatch(/^250 2\.0\.0 Ok: queued as /)
    wire.destroy()
    const template = letter('template', 'a signature')
    const body = template.slice(template.indexOf('\r\n\r\n') + 4)
    expect(await received('mixed')).toBe(`${start}${body}...\r\nSubject: template\r\n\r\n`)
  })

  test('Python’s imaplib and smtplib do it, too', async () => {
    await succeed('python3', [SCRIPT, 'submit', server.facts('alice')])
    expect(await received('python')).toMatch(/\r\nSubject: python\r\n\r\n\.\r\nfrom Python\r\n$/)
  })

  test('what is not the submitter’s to send is refused, and nothing of it is delivered', async () => {
    const alice = await mailOf('alice')
    const path = await kept(alice, letter('refused', 'x'))
    const url = await authorised(alice, path)
    const forSessions = await authorised(alice, path, 'user+alice')
    const gone = await authorised(alice, path.replace(/UID=\d+$/, 'UID=999999'))
    const half = await authorised(
      alice,
      await kept(alice, letter('refused-2', 'x'.repeat(90).concat('\r\n').repeat(6_000))),
    )

    const carol = await submission(server, 'carol')
    await envelope(carol, 'carol')
    expect(await smtp(carol, `BURL ${url} LAST`)).toBe('554 5.7.0 IMAP URL authorization failed')
    await envelope(carol, 'carol')
    const open = `imap://alice@${HOSTNAME}/${path}`
    expect(await smtp(carol, `BURL ${open} LAST`)).toBe('554 5.7.0 IMAP URL authorization failed')
    carol.destroy()

    const wire = await submission(server, 'alice')
    for (const [wanted, reply] of [
      [forSessions, '554 5.7.0 IMAP URL authorization failed'],
      [url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), '554 5.7.0 IMAP URL authorization failed'],
      [gone, '554 5.6.6 IMAP URL resolution failed'],
      ['imap://imap.elsewhere.example/INBOX/;UID=1', '554 5.7.14 URL resolution requires trust relationship'],
      ['https://www.example.org/letter', '554 5.6.6 IMAP URL resolution failed'],
      ['letter', '501 5.5.4 Syntax: BURL absolute-URI [LAST]'],
    ] as const) {
      await envelope(wire)
      expect(await smtp(wire, `BURL ${wanted} LAST`), wanted).toBe(reply)
      expect(await smtp(wire, 'BDAT 0 LAST')).toBe('503 5.5.1 Error: need RCPT command')
    }
    wire.destroy()

    // Each is small enough, both are not.
    const other = await submission(server, 'alice')
    await envelope(other)
    expect(await smtp(other, `BURL ${half}`)).toMatch(/^250 2\.5\.0 /)
    expect(await smtp(other, `BURL ${half} LAST`)).toBe('554 5.3.4 Message too big for system')

    // Not any more.
    await envelope(other)
    expect(await smtp(other, `BURL ${url}`)).toMatch(/^250 2\.5\.0 /)
    expect((await imap(alice, 'r RESETKEY INBOX')).at(-1)).toMatch(/^r OK /)
    alice.destroy()
    expect(await smtp(other, `BURL ${url} LAST`)).toBe('554 5.7.0 IMAP URL authorization failed')
    expect(await smtp(other, 'QUIT')).toBe('221 2.0.0 Bye')
    other.destroy()
    expect(await subjectsOfBob()).not.toMatch(/refused/)
  })
})

test('a site whose users have no such URLs has no BURL', async () => {
  const server = await Appliance.start({ listeners: ['submission', 'imap'] })
  try {
    const wire = await smtpSession(server.port('submission'))
    expect(await smtp(wire, 'EHLO x')).not.toMatch(/BURL/)
    wire.destroy()
  } finally {
    await server.dispose()
  }
})

test('a letter of 8 bits goes to a server that takes 7 in another encoding, though nobody said what it is (§4)', async () => {
  const postfix = await Postfix.start({ settings: ['smtpd_discard_ehlo_keywords = 8bitmime'] })
  let server: Appliance | undefined
  try {
    server = await Appliance.start({
      listeners: ['submissions', 'imap'],
      imap: { urlAuth: { keys: 'urls.keys' } },
      relay: { queue: 'queue', host: `[127.0.0.1]:${postfix.port()}` },
    })
    const alice = await imapSession(server.port('imap'), 'alice', server.password('alice'))
    const url = await authorised(alice, await kept(alice, letter('far', 'x')))
    alice.destroy()
    const wire = await submission(server, 'alice')
    await smtp(wire, `MAIL FROM:<${server.address('alice')}>`)
    await smtp(wire, `RCPT TO:<${postfix.address('bob')}>`)
    expect(await smtp(wire, `BURL ${url} LAST`)).toMatch(/^250 /)
    wire.destroy()
    const [message = ''] = await eventually(20_000, 'it arrives', () => {
      const messages = postfix.messages('bob')
      return messages.length > 0 ? messages : undefined
    })
    expect(message).toMatch(/^Content-Transfer-Encoding: quoted-printable\r?$/m)
    expect(message).toMatch(/caf=C3=A9/)
    expect(message).not.toMatch(/[^\0-\x7f]/)
  } finally {
    await server?.dispose()
    await postfix.dispose()
  }
})
