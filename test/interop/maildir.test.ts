import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession, imapUntil } from '../support/dialogue.js'
import { note, unstamped } from '../support/messages.js'
import { succeed } from '../support/run.js'
import type { Wire } from '../support/wire.js'

/** What the server leaves on disk, read by Python's `mailbox.Maildir` and by name. */
let site: Appliance

afterEach(() => site?.dispose())

interface Stored {
  readonly key: string
  readonly flags: string
  readonly place: 'new' | 'cur'
  /** Seconds since 1970. */
  readonly date: number
  readonly subject: string
  /** Base64: the file, and what `mailbox` makes of it. */
  readonly octets: string
  readonly seen: string
}

async function read(user: string): Promise<{ readonly [folder: string]: readonly Stored[] }> {
  const script = fileURLToPath(new URL('python/read_maildir.py', import.meta.url))
  const { stdout } = await succeed('python3', ['-B', script, site.maildir(user)])
  // The script's own form.
  return JSON.parse(stdout) as { readonly [folder: string]: readonly Stored[] }
}

function text(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}

/** Works on bob's Maildir as another program: `inbox` is it, `ours` the key of the message with that subject. */
async function theirs(lines: readonly string[]): Promise<void> {
  const script = [
    'import mailbox, sys',
    'inbox = mailbox.Maildir(sys.argv[1], create=False)',
    '[ours] = [key for key, message in inbox.items() if message["subject"] == "ours"]',
    ...lines,
  ]
  await succeed('python3', ['-c', script.join('\n'), site.maildir('bob')])
}

async function append(wire: Wire, mailbox: string, message: string, flags = ''): Promise<void> {
  await wire.sendLine(`a APPEND ${mailbox} ${flags}{${message.length}}`)
  await imapUntil(wire, '+ ')
  await wire.sendLine(message)
  const [answer] = (await imapUntil(wire, 'a ')).slice(-1)
  expect(answer).toMatch(/^a OK /)
}

/** Line ends, 8-bit octets, dots, long lines, a last line without end: whatever SMTP can carry. */
const HARD_CASES: readonly (readonly [subject: string, text: string])[] = [
  ['dots', '.\r\n..\r\n.a\r\n'],
  ['eight-bit', 'Gr\xc3\xbc\xc3\x9fe \xff\xfe\r\n'],
  ['from-lines', 'From here\r\n>From there\r\n'],
  ['long-line', `${'x'.repeat(990)}\r\n${'y'.repeat(5_000)}\r\n`],
  ['empty-lines', '\r\n\r\n\r\n'],
  ['nul', 'a\0b\r\n'],
  ['blanks', ' \t \r\n\t\r\n'],
]

describe('a Maildir that the server left', () => {
  for (const [lineEnds, onDisk] of [
    ['lf', (wire: string) => wire.replaceAll('\r\n', '\n')],
    ['crlf', (wire: string) => wire],
  ] as const) {
    test(`[H1] holds byte for byte what was sent, with ${lineEnds} line ends`, async () => {
      site = await Appliance.start({ users: ['bob'], store: { lineEnds } })
      for (const [subject, body] of HARD_CASES) {
        expect(await deliver(site.port('smtp'), site.address('bob'), note(subject, body))).toMatch(/^250 /)
      }
      expect(await site.stop()).toEqual({ code: 0, signal: null })
      const { '': inbox = [] } = await read('bob')
      expect(inbox.map(({ subject }) => subject)).toEqual(HARD_CASES.map(([subject]) => subject).sort())
      for (const [subject, body] of HARD_CASES) {
        const stored = inbox.find((message) => message.subject === subject)
        const { stamp, message } = unstamped(text(stored?.octets ?? ''))
        expect(message, subject).toBe(onDisk(note(subject, body)))
        expect(stamp).toMatch(lineEnds === 'lf' ? /^[^\r]*$/ : /^([^\n]*\r\n)*$/)
        expect(stored).toMatchObject({ place: 'new', flags: '' })
      }
    })
  }

  test('[H1] has the folders, places and flags that were set over IMAP', async () => {
    site = await Appliance.start({ users: ['bob'] })
    for (const subject of ['one', 'two', 'three']) {
      await deliver(site.port('smtp'), site.address('bob'), note(subject))
    }
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    for (const command of ['CREATE Work', 'CREATE Work/R&AOQ-ume', 'SELECT INBOX']) {
      expect((await imap(wire, `c ${command}`)).at(-1)).toMatch(/^c OK /)
    }
    await imap(wire, String.raw`s STORE 1 +FLAGS (\Seen \Flagged)`)
    await imap(wire, String.raw`s STORE 2 +FLAGS (\Answered)`)
    expect((await imap(wire, 'm MOVE 3 Work')).at(-1)).toMatch(/^m OK /)
    expect((await imap(wire, 'c COPY 1 "Work/R&AOQ-ume"')).at(-1)).toMatch(/^c OK /)
    await append(wire, 'Drafts', note('draft'), String.raw`(\Draft \Seen) "15-Jul-2020 16:31:24 +0000" `)
    await imap(wire, 'l LOGOUT')
    wire.destroy()
    expect(await site.stop()).toEqual({ code: 0, signal: null })

    const folders = await read('bob')
    const shown = Object.fromEntries(
      Object.entries(folders).map(([name, messages]) => [
        name,
        messages.map(({ subject, flags, place }) => [subject, flags, place]),
      ]),
    )
    expect(shown).toEqual({
      '': [
        ['one', 'FS', 'cur'],
        ['two', 'R', 'cur'],
      ],
      Work: [['three', '', expect.stringMatching(/^(new|cur)$/)]],
      'Work.R&AOQ-ume': [['one', 'FS', 'cur']],
      Drafts: [['draft', 'DS', 'cur']],
      Sent: [],
      Junk: [],
      Trash: [],
    })
    const [draft] = folders['Drafts'] ?? []
    expect(text(draft?.octets ?? '')).toBe(note('draft').replaceAll('\r\n', '\n'))
    const [original, copy] = [folders['']?.[0], folders['Work.R&AOQ-ume']?.[0]]
    expect(copy?.octets).toBe(original?.octets)
  })

  test('[H1] names its files as Postfix does, keeps dates, and nothing is left in tmp', async () => {
    site = await Appliance.start({ users: ['bob'] })
    await deliver(site.port('smtp'), site.address('bob'), note('named'))
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await append(wire, 'INBOX', note('dated'), '"15-Jul-2020 16:31:24 +0000" ')
    wire.destroy()
    await site.stop()
    const folder = site.maildir('bob')
    const names = [...readdirSync(join(folder, 'new')), ...readdirSync(join(folder, 'cur'))]
    expect(names).toHaveLength(2)
    for (const name of names) {
      expect(name).toMatch(/^\d{10}\.V[0-9a-f]+I[0-9a-f]+M\d{1,6}\.mail\.example\.test,S=\d+,W=\d+(:2,)?$/)
    }
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    const { '': inbox = [] } = await read('bob')
    const dated = inbox.find(({ subject }) => subject === 'dated')
    expect(dated?.date).toBe(Date.UTC(2020, 6, 15, 16, 31, 24) / 1000)
    const [stored] = inbox.filter(({ subject }) => subject === 'named')
    const name = names.find((candidate) => candidate.startsWith(stored?.key ?? '-'))
    const part = readdirSync(join(folder, 'new')).includes(name ?? '') ? 'new' : 'cur'
    const { size, mode } = statSync(join(folder, part, name ?? ''))
    expect(name).toContain(`,S=${size},`)
    expect(mode & 0o077).toBe(0)
  })

  test('[F17] what another program puts there, flags and removes is seen at once', async () => {
    site = await Appliance.start({ users: ['bob'] })
    await deliver(site.port('smtp'), site.address('bob'), note('ours'))
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await imap(wire, 's SELECT INBOX')
    await imap(wire, String.raw`f STORE 1 +FLAGS.SILENT (\Seen)`)
    await theirs([
      "inbox.add(b'Subject: theirs\\n\\nText\\n')",
      'message = inbox[ours]',
      'message.add_flag("F")',
      'inbox[ours] = message',
    ])
    expect((await imap(wire, 'n NOOP')).join('\n')).toMatch(/\* 2 EXISTS/)
    const fetched = (await imap(wire, 'f UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])')).join('\n')
    expect(fetched).toMatch(/UID 1 FLAGS \(\\Flagged \\Seen( \\Recent)?\).*Subject: ours/s)
    expect(fetched).toMatch(/UID 2 FLAGS \((\\Recent)?\).*Subject: theirs/s)
    await theirs(['inbox.remove(ours)'])
    expect(await imap(wire, 'n NOOP')).toContain('* 1 EXPUNGE')
    wire.destroy()
  })

  test('[F14] what another program puts there is told to who idles', async () => {
    site = await Appliance.start({ users: ['bob'] })
    await deliver(site.port('smtp'), site.address('bob'), note('ours'))
    const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
    await imap(wire, 's SELECT INBOX')
    await wire.sendLine('i IDLE')
    await imapUntil(wire, '+ ')
    await theirs(["inbox.add(b'Subject: theirs\\n\\nText\\n')"])
    expect((await imapUntil(wire, '* 2 EXISTS')).at(-1)).toBe('* 2 EXISTS')
    wire.destroy()
  })
})
