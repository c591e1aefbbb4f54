import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { ImapFlow } from 'imapflow'
import { createTransport, type SMTPTransportOptions } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver } from '../support/dialogue.js'
import { note, unstamped } from '../support/messages.js'
import { within } from '../support/wait.js'

/** What most Node programs send and read mail with. */
let site: Appliance
const clients: ImapFlow[] = []

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob', 'carol', 'dora', 'erin', 'frank', 'grace'] })
})
afterAll(async () => {
  for (const client of clients) client.close()
  await site?.dispose()
})

function trusting(): { readonly ca: Buffer } {
  return { ca: readFileSync(site.certificate) }
}

/** A client that is logged in by TLS, or by STARTTLS. */
async function reader(user: string, listener: 'imaps' | 'imap' = 'imaps'): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: site.port(listener),
    secure: listener === 'imaps',
    ...(listener === 'imap' ? { doSTARTTLS: true } : {}),
    tls: trusting(),
    auth: { user, pass: site.password(user) },
    logger: false,
    disableAutoIdle: true,
  })
  clients.push(client)
  await within(20_000, 'imapflow is connected', client.connect())
  return client
}

function found<T>(value: T | false | undefined): T {
  if (value === false || value === undefined) throw new Error('imapflow got nothing')
  return value
}

function sum(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex')
}

describe('nodemailer', () => {
  const picture = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * 7919) % 251))

  async function sendVia(options: SMTPTransportOptions, subject: string): Promise<string> {
    const transport = createTransport({ host: '127.0.0.1', ...options })
    try {
      const sent = await transport.sendMail({
        from: 'Böb <bob@example.test>',
        to: site.address('bob'),
        cc: site.address('carol'),
        subject,
        text: 'Grüße\n.\nEnd\n',
        html: '<p>Grüße</p>',
        attachments: [
          { filename: 'Bild.bin', content: picture },
          { filename: 'Übersicht.txt', content: 'ä\n' },
        ],
      })
      return sent.response
    } finally {
      transport.close()
    }
  }

  for (const [name, listener, secure] of [
    ['STARTTLS', 'submission', false],
    ['TLS', 'submissions', true],
  ] as const) {
    test(`[D1] sends attachments by ${name} after a login`, async () => {
      const auth = { user: 'bob', pass: site.password('bob') }
      const options = { port: site.port(listener), secure, requireTLS: true, tls: trusting(), auth }
      expect(await sendVia(options, `Überraschung by ${name}`)).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]{12}$/)
      const client = await reader('carol')
      await client.mailboxOpen('INBOX')
      const message = found(await client.fetchOne('*', { envelope: true, bodyStructure: true, source: true }))
      expect(message.envelope).toMatchObject({
        subject: `Überraschung by ${name}`,
        from: [{ name: 'Böb', address: 'bob@example.test' }],
        cc: [{ address: 'carol@example.test' }],
      })
      const parts = message.bodyStructure?.childNodes ?? []
      expect(parts.map(({ type, disposition }) => [type, disposition])).toEqual([
        ['multipart/alternative', undefined],
        ['application/octet-stream', 'attachment'],
        ['text/plain', 'attachment'],
      ])
      const { content, meta } = await client.download('*', '2')
      const chunks: Buffer[] = []
      for await (const chunk of content) chunks.push(Buffer.from(chunk))
      expect(meta.filename).toBe('Bild.bin')
      expect(sum(Buffer.concat(chunks))).toBe(sum(picture))
      await client.logout()
    })
  }

  test('[B3] is told early that a message is too big', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: site.port('smtp'), tls: trusting() })
    const attachments = [{ filename: 'big', content: Buffer.alloc(11_000_000) }]
    const sending = transport.sendMail({ from: 'a@example.org', to: site.address('bob'), attachments })
    await expect(sending).rejects.toThrow(/552 5\.3\.4/)
    transport.close()
  })

  test('is told that a password is wrong', async () => {
    const auth = { user: 'bob', pass: 'wrong' }
    const transport = createTransport({
      ...{ host: '127.0.0.1', port: site.port('submissions'), secure: true, tls: trusting(), auth },
    })
    await expect(transport.verify()).rejects.toMatchObject({ code: 'EAUTH', responseCode: 535 })
    transport.close()
  })
})

describe('imapflow', () => {
  test('reads by STARTTLS, and by TLS', async () => {
    for (const listener of ['imap', 'imaps'] as const) {
      const client = await reader('dora', listener)
      expect(client.secureConnection).toBe(true)
      expect(await client.mailboxOpen('INBOX')).toMatchObject({ path: 'INBOX', readOnly: false })
      await client.logout()
    }
  })

  test('compresses by itself, and what it appends and fetches is whole', async () => {
    const client = await reader('dora')
    expect(client.capabilities.has('COMPRESS=DEFLATE')).toBe(true)
    // What it really does: the connection it reads from is behind an inflater.
    expect(Reflect.get(client, '_inflate')).toBeTruthy()
    await client.mailboxOpen('Sent')
    const text = Array.from({ length: 20_000 }, (_, at) => `${(at * 7919) % 100_003} ${at}`).join('\r\n')
    const message = Buffer.from(`Subject: squeezed\r\n\r\n${text}\r\n`)
    const { uid } = found(await client.append('Sent', message))
    const { source } = found(await client.fetchOne(`${uid}`, { source: true }, { uid: true }))
    expect(sum(found(source))).toBe(sum(message))
    await client.logout()
  })

  test('lists mailboxes with their special uses', async () => {
    const client = await reader('dora')
    const mailboxes = await client.list({ statusQuery: { messages: true, uidNext: true } })
    const shown = mailboxes.map(({ path, specialUse, specialUseSource, status }) => [
      ...[path, specialUse, specialUseSource, status?.messages],
    ])
    expect(shown.sort()).toEqual([
      ['Drafts', '\\Drafts', 'extension', 0],
      ['INBOX', '\\Inbox', 'name', 0],
      ['Junk', '\\Junk', 'extension', 0],
      ['Sent', '\\Sent', 'extension', 0],
      ['Trash', '\\Trash', 'extension', 0],
    ])
    await client.logout()
  })

  test('[F8] creates, renames, subscribes and deletes mailboxes', async () => {
    const client = await reader('dora')
    expect(await client.mailboxCreate(['Projekte', 'Räume & mehr'])).toMatchObject({
      path: 'Projekte/Räume & mehr',
      created: true,
    })
    expect(await client.mailboxCreate('Projekte/Räume & mehr')).toMatchObject({ created: false })
    await client.mailboxRename('Projekte', 'Arbeit')
    await client.mailboxSubscribe('Arbeit/Räume & mehr')
    const listed = await client.list()
    const paths = listed
      .filter(({ path }) => path.startsWith('Arbeit'))
      .map(({ path, subscribed }) => [path, subscribed])
    expect(paths).toContainEqual(['Arbeit/Räume & mehr', true])
    await client.mailboxUnsubscribe('Arbeit/Räume & mehr')
    await client.mailboxDelete('Arbeit/Räume & mehr')
    const after = (await client.list()).map(({ path }) => path)
    expect(after).not.toContain('Arbeit/Räume & mehr')
    await client.logout()
  })

  test('appends, fetches, searches, flags, copies, moves and expunges', async () => {
    const client = await reader('erin')
    const [first, second] = [note('alpha', 'First words.\r\n'), note('beta', 'Second words.\r\n')]
    const date = new Date('2020-07-15T16:31:24Z')
    const appended = found(await client.append('INBOX', first, ['\\Flagged', 'Work'], date))
    expect(appended).toMatchObject({ destination: 'INBOX', uid: 1 })
    await client.append('INBOX', second)
    const opened = await client.mailboxOpen('INBOX')
    expect(opened).toMatchObject({ exists: 2, uidNext: 3, readOnly: false })
    expect(opened.uidValidity).toBe(appended.uidValidity)

    const messages = await client.fetchAll('1:*', {
      ...{ uid: true, flags: true, size: true, internalDate: true, envelope: true, bodyStructure: true, source: true },
    })
    expect(messages.map(({ source }) => source?.toString('latin1'))).toEqual([first, second])
    const [one] = messages
    expect(one?.flags).toContain('\\Flagged')
    expect(one?.flags).toContain('Work')
    expect(new Date(one?.internalDate ?? 0)).toEqual(date)
    expect(one?.size).toBe(first.length)
    expect(one?.envelope).toMatchObject({ subject: 'alpha', messageId: '<alpha@example.org>' })
    expect(one?.bodyStructure).toMatchObject({ type: 'text/plain', lineCount: 1 })

    expect(await client.search({ body: 'second' }, { uid: true })).toEqual([2])
    expect(await client.search({ keyword: 'Work' })).toEqual([1])
    expect(await client.search({ not: { flagged: true } })).toEqual([2])
    expect(await client.search({ or: [{ subject: 'alpha' }, { from: 'nobody' }] })).toEqual([1])

    await client.messageFlagsAdd('2', ['\\Seen', '$Forwarded'])
    await client.messageFlagsRemove('1', ['Work'])
    const flags = await client.fetchAll('1:*', { flags: true })
    expect([...(flags[0]?.flags ?? [])].filter((flag) => flag !== '\\Recent')).toEqual(['\\Flagged'])
    expect([...(flags[1]?.flags ?? [])].filter((flag) => flag !== '\\Recent').sort()).toEqual(['$Forwarded', '\\Seen'])

    const copied = found(await client.messageCopy('1:2', 'Sent'))
    expect(copied.uidMap).toEqual(
      new Map([
        [1, 1],
        [2, 2],
      ]),
    )
    const moved = found(await client.messageMove('2', 'Trash', { uid: true }))
    expect(moved.uidMap).toEqual(new Map([[2, 1]]))
    expect(await client.status('Trash', { messages: true })).toMatchObject({ messages: 1 })
    expect(await client.status('Sent', { messages: true, unseen: true })).toMatchObject({ messages: 2, unseen: 1 })

    await client.messageDelete('1')
    expect(await client.search({ all: true })).toEqual([])
    await client.logout()
  })

  test('[F9] reads parts and ranges of a message, and leaves it unseen', async () => {
    const message = note('parts', `${'0123456789abcdef\r\n'.repeat(1_000)}`)
    await deliver(site.port('smtp'), site.address('frank'), message)
    const client = await reader('frank')
    await client.mailboxOpen('INBOX')
    const whole = found(await client.fetchOne('1', { source: true, headers: ['subject'], bodyParts: ['text'] }))
    const source = found(whole.source).toString('latin1')
    expect(unstamped(source).message).toBe(message)
    expect(whole.headers?.toString()).toBe('Subject: parts\r\n\r\n')
    expect(whole.bodyParts?.get('text')?.toString()).toBe('0123456789abcdef\r\n'.repeat(1_000))
    const part = found(await client.fetchOne('1', { source: { start: 1_000, maxLength: 100 }, flags: true }))
    expect(part.source?.toString('latin1')).toBe(source.slice(1_000, 1_100))
    expect(part.flags).not.toContain('\\Seen')
    await client.logout()
  })

  test('[F14] is told within a second of a delivery, of flags and of an expunge while it idles', async () => {
    const watcher = await reader('grace')
    await watcher.mailboxOpen('INBOX')
    const idling = watcher.idle()
    const told = within(20_000, 'imapflow hears of the delivery', once(watcher, 'exists'))
    expect(await deliver(site.port('smtp'), site.address('grace'), note('push'))).toMatch(/^250 /)
    const begin = performance.now()
    const [event] = await told
    expect(performance.now() - begin).toBeLessThan(1_000)
    expect(event).toMatchObject({ path: 'INBOX', count: 1, prevCount: 0 })

    const writer = await reader('grace')
    await writer.mailboxOpen('INBOX')
    const flagged = within(20_000, 'imapflow hears of the flag', once(watcher, 'flags'))
    await writer.messageFlagsAdd('1', ['\\Answered'])
    expect((await flagged)[0].flags).toContain('\\Answered')
    const gone = within(20_000, 'imapflow hears of the expunge', once(watcher, 'expunge'))
    await writer.messageDelete('1')
    expect((await gone)[0]).toMatchObject({ path: 'INBOX', seq: 1 })
    await writer.logout()
    await watcher.logout()
    await idling.catch(() => {})
  })

  test('is told that a password is wrong', async () => {
    const client = new ImapFlow({
      ...{ host: '127.0.0.1', port: site.port('imaps'), secure: true, tls: trusting(), logger: false },
      auth: { user: 'frank', pass: 'wrong' },
    })
    clients.push(client)
    await expect(client.connect()).rejects.toMatchObject({
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
    })
  })
})
