import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main, NOTES } from '../../examples/imap-over-array.js'
import { imap, imapSession } from '../support/dialogue.js'
import { within } from '../support/wait.js'
import type { Wire } from '../support/wire.js'

let example: Awaited<ReturnType<typeof main>>
let client: ImapFlow

beforeAll(async () => {
  example = await main({ port: 0, passwords: { ada: 'secret', bob: 'secret' } })
  const auth = { user: 'ada', pass: 'secret' }
  client = new ImapFlow({ host: '127.0.0.1', port: example.server.port('imap'), secure: false, auth, logger: false })
  await client.connect()
  await client.mailboxOpen('INBOX')
})
afterAll(async () => {
  await client.logout()
  await example.server.close()
})

async function raw(use: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = await imapSession(example.server.port('imap'), 'ada', 'secret')
  try {
    await use(wire)
  } finally {
    wire.destroy()
  }
}

test("each owner's notes are messages, their ids the UIDs", async () => {
  const messages = await client.fetchAll('1:*', { uid: true, envelope: true, internalDate: true })
  const mine = NOTES.filter((note) => note.owner === 'ada')
  expect(
    messages.map((message) => [message.uid, message.envelope?.subject, message.envelope?.from?.[0]?.name]),
  ).toEqual(mine.map((note) => [note.id, note.title, note.author]))
  expect(messages.map((message) => new Date(message.internalDate ?? 0).getTime())).toEqual(mine.map((n) => n.created))
})

test('a message downloads as the text that the host keeps, with the line ends of mail', async () => {
  const { content, meta } = await client.download('7', '1', { uid: true })
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('At four.\r\n')
  expect(meta).toMatchObject({ contentType: 'text/plain', charset: 'utf-8' })
})

test('search reads the decoded text', async () => {
  expect(await client.search({ body: 'mill turns' }, { uid: true })).toEqual([3])
  expect(await client.search({ subject: 'Café' }, { uid: true })).toEqual([7])
})

test('flags are kept; a deletion is not, and the answer says so', async () => {
  expect(await client.messageFlagsAdd('7', ['\\Flagged'], { uid: true })).toBe(true)
  expect(await client.search({ flagged: true }, { uid: true })).toEqual([7])
  await raw(async (wire) => {
    await imap(wire, 's SELECT INBOX')
    expect(await imap(wire, 'd UID STORE 7 +FLAGS (\\Deleted)')).toEqual([
      '* 2 FETCH (UID 7 FLAGS (\\Flagged))',
      expect.stringMatching(/^d OK /),
    ])
    expect(await imap(wire, 'e EXPUNGE')).toEqual([expect.stringMatching(/^e OK /)])
    expect((await imap(wire, 't STATUS INBOX (MESSAGES UIDNEXT)')).at(0)).toBe('* STATUS INBOX (MESSAGES 2 UIDNEXT 9)')
  })
})

test('what the store does not take is refused in the protocol’s words', async () => {
  await raw(async (wire) => {
    await imap(wire, 's SELECT INBOX')
    expect(await imap(wire, 'c CREATE Folder')).toEqual([expect.stringMatching(/^c NO .*Notes have no folders/)])
    expect(await imap(wire, 'd DELETE INBOX')).toEqual([expect.stringMatching(/^d NO /)])
    expect(await imap(wire, 'm UID COPY 7 INBOX')).toEqual([expect.stringMatching(/^m NO \[OVERQUOTA\]/)])
    expect(await imap(wire, 'v UID MOVE 7 INBOX')).toEqual([expect.stringMatching(/^v NO \[OVERQUOTA\]/)])
    expect(await imap(wire, 'a APPEND INBOX {5+}\r\nA: b\n')).toEqual([expect.stringMatching(/^a NO \[OVERQUOTA\]/)])
    expect(await imap(wire, 'n NOOP')).toEqual([expect.stringMatching(/^n OK /)])
  })
})

test('a new note shows at once in a client that waits', async () => {
  const note = {
    id: 20,
    owner: 'ada',
    author: 'Charles',
    title: 'News',
    text: 'Soon.\n',
    created: Date.UTC(2025, 1, 1),
  }
  const exists = new Promise<number>((resolve) => client.once('exists', (event) => resolve(event.count)))
  void client.idle()
  const waiting = within(5_000, 'the note shows', exists)
  example.addNote(note)
  expect(await waiting).toBe(3)
})

test('nobody else’s notes are there, and a wrong password opens nothing', async () => {
  const port = example.server.port('imap')
  const wire = await imapSession(port, 'bob', 'secret')
  expect((await imap(wire, 's STATUS INBOX (MESSAGES)')).at(0)).toBe('* STATUS INBOX (MESSAGES 1)')
  wire.destroy()
  await expect(imapSession(port, 'ada', 'wrong')).rejects.toThrow('NO [AUTHENTICATIONFAILED]')
})
