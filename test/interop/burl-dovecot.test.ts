import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession, imapUntil, smtp, smtpSession } from '../support/dialogue.js'
import { Dovecot } from '../support/dovecot.js'
import { freePort } from '../support/free-port.js'
import { DOMAIN, HOSTNAME } from '../support/site.js'
import type { Wire } from '../support/wire.js'

/** Submission by URL as Dovecot's submission server has it, and ours: the same said to both, each with mail and keys of its own. */
let ours: Appliance
let dovecot: Dovecot
let dovecotPort: number

beforeAll(async () => {
  ours = await Appliance.start({
    listeners: ['smtp', 'submission', 'imap'],
    users: ['bob', 'carol'],
    imap: { urlAuth: { keys: 'urls.keys' } },
  })
  dovecotPort = await freePort()
  dovecot = await Dovecot.start({
    settings: [
      'protocols = imap submission',
      `hostname = ${HOSTNAME}`,
      `imap_urlauth_host = ${HOSTNAME}`,
      'mail_attribute_dict = file:%h/dovecot-attributes',
      'submission_relay_host = 127.0.0.1',
      `submission_relay_port = ${ours.port('smtp')}`,
      'submission_relay_ssl = no',
      `service submission-login {\n  chroot =\n  inet_listener submission {\n    port = ${dovecotPort}\n  }\n}`,
      'service imap-urlauth-login {\n  chroot =\n}',
    ],
  })
  for (const site of await sites()) {
    await site.keep('one')
    await site.keep('gone')
    urls.set(site, await makeUrls(site))
  }
})
afterAll(async () => {
  await dovecot?.dispose()
  await ours?.dispose()
})

/** One of the two, with alice's mail open. */
class Site {
  readonly #mail: Wire
  readonly #port: number

  constructor(mail: Wire, port: number) {
    this.#mail = mail
    this.#port = port
  }

  async keep(subject: string): Promise<void> {
    const text = `From: alice@${DOMAIN}\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${subject}@x>\r\nSubject: ${subject}\r\n\r\nbody\r\n`
    await this.#mail.sendLine(`a APPEND INBOX {${text.length}}`)
    await imapUntil(this.#mail, '+ ')
    await this.#mail.sendLine(text)
    expect((await imapUntil(this.#mail, 'a ')).at(-1)).toMatch(/^a OK /)
  }

  async authorised(rest: string): Promise<string> {
    const [response = ''] = await this.say(`GENURLAUTH "imap://alice@${HOSTNAME}/${rest}" INTERNAL`)
    const url = /^\* GENURLAUTH "?([^" ]+)"?$/.exec(response)?.[1]
    if (url === undefined) throw new Error(`not authorised: ${response}`)
    return url
  }

  say(command: string): Promise<readonly string[]> {
    return imap(this.#mail, `c ${command}`)
  }

  /** What is answered to lines of a session of a user: the codes. */
  async dialogue(user: string, lines: readonly string[]): Promise<readonly string[]> {
    const wire = await smtpSession(this.#port)
    const secret = Buffer.from(`\0${user}\0secret-of-${user}`).toString('base64')
    expect(await smtp(wire, `AUTH PLAIN ${secret}`)).toMatch(/^235 /)
    const codes: string[] = []
    for (const line of lines) codes.push(/^\d{3}(?: \d\.\d+\.\d+)?/.exec(await smtp(wire, line))?.[0] ?? '')
    wire.destroy()
    return codes
  }

  close(): void {
    this.#mail.destroy()
  }
}

let both: readonly [Site, Site] | undefined
async function sites(): Promise<readonly [Site, Site]> {
  both ??= [
    new Site(await imapSession(ours.port('imap'), 'alice', ours.password('alice')), ours.port('submission')),
    new Site(await imapSession(dovecot.port, 'alice', dovecot.password('alice')), dovecotPort),
  ]
  return both
}
afterAll(() => {
  for (const site of both ?? []) site.close()
})

/** The URLs of each, by the names that dialogues have for them. */
const urls = new Map<Site, ReadonlyMap<string, string>>()

async function makeUrls(site: Site): Promise<ReadonlyMap<string, string>> {
  const own = await site.authorised('INBOX/;UID=1;URLAUTH=submit+alice')
  const gone = await site.authorised('INBOX/;UID=2;URLAUTH=submit+alice')
  const made = new Map([
    ['OWN', own],
    ['GONE', gone],
    ['BODY', await site.authorised('INBOX/;UID=1/;SECTION=TEXT;URLAUTH=submit+alice')],
    ['SESSION', await site.authorised('INBOX/;UID=1;URLAUTH=user+alice')],
    ['USERS', await site.authorised('INBOX/;UID=1;URLAUTH=authuser')],
    ['FORGED', own.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
    ['PLAIN', `imap://${HOSTNAME}/INBOX/;UID=1`],
    ['ELSEWHERE', 'imap://imap.elsewhere.example/INBOX/;UID=1'],
  ])
  await site.say('SELECT INBOX')
  await site.say('UID STORE 2 +FLAGS.SILENT (\\Deleted)')
  expect((await site.say('EXPUNGE')).at(-1)).toMatch(/^c OK /)
  return made
}

const BEGIN = [`MAIL FROM:<alice@${DOMAIN}>`, `RCPT TO:<bob@${DOMAIN}>`] as const

interface Dialogue {
  readonly name: string
  readonly user?: string
  /** What comes behind MAIL and RCPT, with the names of URLs. */
  readonly lines: readonly string[]
  /** Ours. */
  readonly codes: readonly string[]
  /** Dovecot's, where they are others, and why. */
  readonly dovecot?: { readonly codes: readonly string[]; readonly why: string }
}

const NO_REASON = 'RFC 4468 §3.4 has 5.7.0 where authorisation failed; Dovecot says 5.6.6 of all, and repeats the URL'

const DIALOGUES: readonly Dialogue[] = [
  { name: 'a message', lines: ['BURL OWN LAST'], codes: ['250 2.0.0'] },
  { name: 'one without authorisation, of one’s own', lines: ['BURL PLAIN LAST'], codes: ['250 2.0.0'] },
  {
    name: 'in pieces',
    lines: ['BURL OWN', 'BDAT 2\r\n', 'BURL BODY LAST'],
    codes: ['250 2.5.0', '250 2.0.0', '250 2.0.0'],
    dovecot: { codes: ['250 2.0.0', '250 2.0.0', '250 2.0.0'], why: 'RFC 4468 §6: 250 2.5.0 Waiting for additional …' },
  },
  {
    name: 'DATA behind it',
    lines: ['BURL OWN', 'DATA'],
    codes: ['250 2.5.0', '503 5.5.1'],
    dovecot: { codes: ['250 2.0.0', '503 5.5.0'], why: 'words for the same' },
  },
  {
    name: 'a recipient behind it',
    lines: ['BURL OWN', `RCPT TO:<bob@${DOMAIN}>`],
    codes: ['250 2.5.0', '503 5.5.1'],
    dovecot: { codes: ['250 2.0.0', '250 2.1.5'], why: 'RFC 3030 §2: behind the first chunk nothing but chunks' },
  },
  { name: 'a message that is gone', lines: ['BURL GONE LAST'], codes: ['554 5.6.6'] },
  ...(['FORGED', 'SESSION'] as const).map(
    (url): Dialogue => ({
      name: `what may not be had: ${url}`,
      lines: [`BURL ${url} LAST`],
      codes: ['554 5.7.0'],
      dovecot: { codes: ['554 5.6.6'], why: NO_REASON },
    }),
  ),
  {
    name: 'what is another’s',
    user: 'carol',
    lines: ['BURL OWN LAST'],
    codes: ['554 5.7.0'],
    dovecot: { codes: ['554 5.6.6'], why: NO_REASON },
  },
  {
    name: 'what is for all users',
    lines: ['BURL USERS LAST'],
    codes: ['250 2.0.0'],
    dovecot: {
      codes: ['554 5.6.6'],
      why: 'RFC 4467 §3: a submission server has logged in, too; Dovecot lets it have submit+ only',
    },
  },
  {
    name: 'another server’s',
    lines: ['BURL ELSEWHERE LAST'],
    codes: ['554 5.7.14'],
    dovecot: { codes: ['554 5.6.6'], why: 'RFC 4468 §6: a trust relationship is what is missing' },
  },
  { name: 'no URL', lines: ['BURL letter LAST'], codes: ['501 5.5.4'] },
  { name: 'a fragment', lines: ['BURL OWN#x LAST'], codes: ['501 5.5.4'] },
  { name: 'another marker', lines: ['BURL OWN FIRST'], codes: ['501 5.5.4'] },
  {
    name: 'nothing at all, and the rest of a message behind it',
    lines: ['BURL', 'BDAT 0 LAST'],
    codes: ['501 5.5.4', '503 5.5.1'],
    dovecot: { codes: ['501 5.5.4', '503 5.5.0'], why: 'words for the same' },
  },
  {
    name: 'the rest of a message whose beginning failed',
    lines: ['BURL GONE', 'BDAT 0 LAST', 'RSET'],
    codes: ['554 5.6.6', '503 5.5.1', '250 2.0.0'],
    dovecot: { codes: ['554 5.6.6', '503 5.5.0', '250 2.0.0'], why: 'words for the same' },
  },
]

describe('what both say', () => {
  test('of what they offer', async () => {
    for (const port of [ours.port('submission'), dovecotPort]) {
      const wire = await smtpSession(port)
      await smtp(wire, `AUTH PLAIN ${Buffer.from('\0alice\0secret-of-alice').toString('base64')}`)
      expect(await smtp(wire, 'EHLO x')).toMatch(/\| BURL imap imap:\/\/mail\.example\.test(?: \||$)/)
      wire.destroy()
    }
  })

  test.each(DIALOGUES)('to $name', async ({ user = 'alice', lines, codes, dovecot: theirs }) => {
    const wanted = [codes, theirs?.codes ?? codes]
    for (const [at, site] of (await sites()).entries()) {
      const known = urls.get(site) ?? new Map<string, string>()
      const said = lines.map((line) => line.replace(/\b[A-Z]{3,}\b/g, (word) => known.get(word) ?? word))
      const [mail, rcpt, ...rest] = await site.dialogue(user, [...BEGIN, ...said])
      expect([mail, rcpt]).toEqual(['250 2.1.0', '250 2.1.5'])
      expect(rest, at === 0 ? 'ours' : 'Dovecot').toEqual(wanted[at])
    }
  })

  test('to what was revoked', async () => {
    for (const [at, site] of (await sites()).entries()) {
      expect((await site.say('RESETKEY INBOX')).at(-1)).toMatch(/^c OK /)
      const url = urls.get(site)?.get('OWN') ?? ''
      const codes = await site.dialogue('alice', [...BEGIN, `BURL ${url} LAST`])
      expect(codes.at(-1)).toBe(at === 0 ? '554 5.7.0' : '554 5.6.6')
    }
  })
})
