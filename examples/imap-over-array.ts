/**
 * IMAP over the host's own data: an array of notes, shown to any mail client as the INBOX of whoever owns them.
 *
 * `array-store/` implements the MailStore contract over the array. Clients may read, search, and mark notes as seen, answered or
 * flagged; a new note shows at once in a client that waits (IDLE). They may not add, copy, move or remove notes, nor make
 * folders: that is refused in the protocol's words. Flags live as long as the process.
 *
 *     npm run example imap-over-array [port]
 */
import { pathToFileURL } from 'node:url'
import { staticAuthenticator } from '@mailwright/auth'
import { LocalChangeBus } from '@mailwright/core'
import { createMailServer, type MailServer } from 'mailwright'
import type { Note } from './array-store/messages.js'
import { createNotesStore } from './array-store/store.js'

export const NOTES: readonly Note[] = [
  {
    id: 3,
    owner: 'ada',
    author: 'Charles Babbage',
    title: 'The engine',
    text: 'The mill turns.\nThe store does not.\n',
    created: Date.UTC(2025, 0, 6, 9, 30),
  },
  { id: 7, owner: 'ada', author: 'Mary Somerville', title: 'Café?', text: 'At four.\n', created: Date.UTC(2025, 0, 7) },
  { id: 8, owner: 'bob', author: 'Ada', title: 'Numbers', text: '1, 1/2, 1/6\n', created: Date.UTC(2025, 0, 8) },
]

/** Serves the notes on `port` of the loopback address. */
export async function main(options: {
  readonly port: number
  readonly passwords: Readonly<Record<string, string>>
}): Promise<{ readonly server: MailServer; addNote(note: Note): void }> {
  const changes = new LocalChangeBus()
  const store = createNotesStore(NOTES, changes)
  const server = await createMailServer({
    hostname: 'notes.example.test',
    store,
    changes,
    authenticator: staticAuthenticator(options.passwords),
    listeners: [{ protocol: 'imap', port: options.port }],
  })
  return { server, addNote: (note) => store.add(note) }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2] ?? 2143)
  const { server } = await main({ port, passwords: { ada: 'secret', bob: 'secret' } })
  process.once('SIGINT', () => void server.close())
  console.log(`curl -u ada:secret 'imap://127.0.0.1:${server.port('imap')}/INBOX;UID=7'; Ctrl-C stops.`)
}
