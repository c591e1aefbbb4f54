import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { ImapFlow, type ImapFlowOptions } from 'imapflow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver } from '../support/dialogue.js'
import { note, unstamped } from '../support/messages.js'
import { stored, storedFlags } from '../support/stored.js'
import { STORES } from '../support/stores.js'
import { Tap } from '../support/tap.js'
import { within } from '../support/wait.js'

/** imapflow is what most Node programs read mail with; it uses whatever extension a server has. */
describe.each(STORES)('imapflow, %s', (_, wishes) => {
  let site: Appliance
  const clients: ImapFlow[] = []

  beforeAll(async () => {
    site = await Appliance.start({ ...wishes, users: ['dora', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'] })
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    await site?.dispose()
  })

  /** A client that is logged in by TLS, or by STARTTLS. */
  async function reader(user: string, listener: 'imaps' | 'imap' = 'imaps'): Promise<ImapFlow> {
    return connected(user, {
      host: '127.0.0.1',
      port: site.port(listener),
      secure: listener === 'imaps',
      ...(listener === 'imap' ? { doSTARTTLS: true } : {}),
      tls: { ca: readFileSync(site.certificate) },
    })
  }

  async function connected(
    user: string,
    options: Pick<ImapFlowOptions, 'host' | 'port'> & Partial<ImapFlowOptions>,
  ): Promise<ImapFlow> {
    const auth = { user, pass: site.password(user) }
    const client = new ImapFlow({ auth, logger: false, disableAutoIdle: true, ...options })
    clients.push(client)
    await within(20_000, 'imapflow is connected', client.connect())
    return client
  }

  test('reads by STARTTLS, and by TLS', async () => {
    for (const listener of ['imap', 'imaps'] as const) {
      const client = await reader('dora', listener)
      expect(client.secureConnection).toBe(true)
      expect(await client.mailboxOpen('INBOX')).toMatchObject({ path: 'INBOX', readOnly: false })
      await client.logout()
    }
  })

  test('compresses by itself, and what it appends and fetches is whole', async () => {
    const client = await reader('grace')
    expect(client.capabilities.has('COMPRESS=DEFLATE')).toBe(true)
    // What it really does: the connection it reads from is behind an inflater.
    expect(Reflect.get(client, '_inflate')).toBeTruthy()
    await client.mailboxOpen('Sent')
    const text = Array.from({ length: 20_000 }, (_, at) => `${(at * 7919) % 100_003} ${at}`).join('\r\n')
    const message = Buffer.from(`Subject: squeezed\r\n\r\n${text}\r\n`)
    const { uid } = found(await client.append('Sent', message))
    const { source } = found(await client.fetchOne(`${uid}`, { source: true }, { uid: true }))
    expect(found(source).equals(message)).toBe(true)
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
      ...{
        host: '127.0.0.1',
        port: site.port('imaps'),
        secure: true,
        tls: { ca: readFileSync(site.certificate) },
        logger: false,
      },
      auth: { user: 'frank', pass: 'wrong' },
    })
    clients.push(client)
    await expect(client.connect()).rejects.toMatchObject({
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
    })
  })

  describe('extensions', () => {
    /** A client whose commands are noted, and what is there in its INBOX. */
    async function tapped(
      user: string,
      options: Partial<ImapFlowOptions> = {},
    ): Promise<{ readonly client: ImapFlow; readonly tap: Tap }> {
      const tap = await Tap.open(site.port('imap'))
      const client = await connected(user, {
        host: '127.0.0.1',
        port: tap.port,
        secure: false,
        doSTARTTLS: false,
        ...options,
      })
      return { client, tap }
    }

    test('COMPRESS, ID, NAMESPACE and ENABLE come with every login', async () => {
      const { client, tap } = await tapped('heidi', { qresync: true })
      expect([...client.enabled].sort()).toEqual(['CONDSTORE', 'IMAP4REV2', 'QRESYNC', 'UTF8=ACCEPT'])
      expect(client.serverInfo).toMatchObject({ name: 'Mailwright' })
      await client.logout()
      const compressed = ['COMPRESS DEFLATE', 'ENABLE CONDSTORE UTF8=ACCEPT QRESYNC IMAP4REV2', 'LOGOUT']
      expect(tap.commands.slice(-3)).toEqual(compressed)
      expect(tap.answers).toContain('\r\n* NAMESPACE (("" "/")) NIL NIL\r\n')
      await tap.close()
    })

    test('[F14] CONDSTORE tells what changed since', async () => {
      await fill('heidi')
      const { client, tap } = await tapped('heidi')
      const { highestModseq: before = 0n } = await client.mailboxOpen('INBOX')
      await meanwhile('heidi', (other) => other.messageFlagsAdd('2', ['\\Flagged']))
      const changed = await client.fetchAll('1:*', { uid: true, flags: true }, { changedSince: before })
      expect(changed).toMatchObject([{ uid: 2, flags: new Set(['\\Flagged']), modseq: before + 1n }])
      expect(await storedFlags(site, 'heidi')).toEqual({ one: '', two: '\\Flagged', three: '' })
      expect(await client.search({ modseq: before + 1n })).toEqual([2])
      expect(found(await client.status('INBOX', { highestModseq: true })).highestModseq).toBe(before + 1n)
      await client.logout()
      const told = new RegExp(`^FETCH 1:\\* \\(UID FLAGS (?:EMAILID )?MODSEQ\\) \\(CHANGEDSINCE ${before}\\)$`)
      expect(tap.commands).toContainEqual(expect.stringMatching(told))
      await tap.close()
    })

    test('[F14] QRESYNC tells by UID what is gone', async () => {
      await fill('ivan')
      const { client, tap } = await tapped('ivan', { qresync: true })
      await client.mailboxOpen('INBOX')
      const idling = client.idle()
      const gone = within(20_000, 'imapflow hears of the expunge', once(client, 'expunge'))
      await meanwhile('ivan', (other) => other.messageDelete('2'))
      expect(await gone).toMatchObject([{ path: 'INBOX', uid: 2, vanished: true, earlier: false }])
      await client.noop()
      await idling
      expect(await client.search({ all: true }, { uid: true })).toEqual([1, 3])
      await client.logout()
      expect(tap.answers).toContain('\r\n* VANISHED 2\r\n')
      await tap.close()
    })

    test('LIST-STATUS and SPECIAL-USE come with one LIST', async () => {
      const { client, tap } = await tapped('judy')
      await client.append('Sent', note('sent'), ['\\Seen'])
      const mailboxes = await client.list({ statusQuery: { messages: true } })
      expect(mailboxes.find(({ specialUse }) => specialUse === '\\Sent')).toMatchObject({
        path: 'Sent',
        subscribed: true,
        status: { messages: 1 },
      })
      await client.logout()
      expect(tap.commands).toContain('LIST "" "*" RETURN (STATUS (MESSAGES) SPECIAL-USE CHILDREN SUBSCRIBED)')
      expect(tap.commands.filter((command) => command.startsWith('STATUS'))).toEqual([])
      await tap.close()
    })

    test('UTF8=ACCEPT and IMAP4rev2: names are UTF-8, and RECENT is no more', async () => {
      const { client, tap } = await tapped('judy')
      await client.mailboxCreate('Größe')
      await client.append('Größe', note('one'))
      await client.mailboxOpen('Größe')
      await client.logout()
      expect(Buffer.from(tap.answers, 'latin1').toString()).toContain(
        '* LIST (\\Subscribed \\HasNoChildren) "/" "Größe"',
      )
      expect(tap.answers).not.toMatch(/RECENT/i)
      expect((await stored(site, 'judy', 'Gr&APYA3w-e')).map(({ subject }) => subject)).toEqual(['one'])
      await tap.close()
    })

    test('OBJECTID names a message beyond its mailbox, where the store can', async () => {
      const client = await reader('judy')
      await client.append('Drafts', note('one'))
      await client.mailboxOpen('Drafts')
      await client.messageCopy('1', 'Junk')
      const original = found(await client.fetchOne('1', { threadId: true }))
      await client.mailboxOpen('Junk')
      const copy = found(await client.fetchOne('1', { threadId: true }))
      expect(copy.emailId).toBe(original.emailId)
      expect(typeof original.emailId).toBe(client.capabilities.has('OBJECTID') ? 'string' : 'undefined')
      await client.logout()
    })

    /** Three messages in the INBOX of a user. */
    async function fill(user: string): Promise<void> {
      for (const subject of ['one', 'two', 'three']) {
        expect(await deliver(site.port('smtp'), site.address(user), note(subject))).toMatch(/^250 /)
      }
    }

    /** Another client of the user's does something. */
    async function meanwhile(user: string, work: (other: ImapFlow) => Promise<unknown>): Promise<void> {
      const other = await reader(user)
      await other.mailboxOpen('INBOX')
      await work(other)
      await other.logout()
    }
  })
})

function found<T>(value: T | false | undefined): T {
  if (value === false || value === undefined) throw new Error('imapflow got nothing')
  return value
}
