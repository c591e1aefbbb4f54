import { afterAll, beforeAll, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { deliver, imap, imapSession } from '../support/dialogue.js'
import type { Wire } from '../support/wire.js'

/** URLs that one user authorises and others fetch, over a Maildir and real sockets, across restarts of the server. */

const MESSAGE = 'From: a@example.org\r\nSubject: motto\r\n\r\nSi vis pacem, para bellum.\r\n'

let server: Appliance
beforeAll(async () => {
  server = await Appliance.start({
    listeners: ['smtp', 'imap'],
    users: ['bob', 'carol', 'submit'],
    imap: { urlAuth: { keys: 'urls.keys', submitters: ['submit'] } },
  })
})
afterAll(() => server.dispose())

function session(user: string): Promise<Wire> {
  return imapSession(server.port('imap'), user, server.password(user))
}

/** Authorises a URL of alice's message. */
async function authorise(wire: Wire, access: string): Promise<string> {
  const rump = `imap://alice@mail.example.test/INBOX/;UID=1/;SECTION=1;URLAUTH=${access}`
  const [response, reply] = await imap(wire, `g GENURLAUTH "${rump}" INTERNAL`)
  expect(reply).toBe('g OK Genurlauth completed.')
  const url = /^\* GENURLAUTH "([^"]+)"$/.exec(response ?? '')?.[1]
  expect(url).toMatch(/:internal:01[0-9a-f]{64}$/)
  return url ?? ''
}

/** What a user gets for a URL: its octets, or NIL. */
async function fetched(user: string, url: string): Promise<string> {
  const wire = await session(user)
  const [response = '', reply] = await imap(wire, `f URLFETCH "${url}"`)
  wire.destroy()
  expect(reply).toBe('f OK Urlfetch completed.')
  expect(response.startsWith(`* URLFETCH "${url}" `)).toBe(true)
  return response.slice(`* URLFETCH "${url}" `.length)
}

const CONTENT = '{28}\r\nSi vis pacem, para bellum.\r\n'

test('a URL admits whom it names, for as long as its key lives', async () => {
  expect(await deliver(server.port('smtp'), server.address('alice'), MESSAGE)).toMatch(/^250 /)
  const alice = await session('alice')
  const [selected] = (await imap(alice, 's SELECT INBOX')).filter((line) => line.includes('URLMECH'))
  expect(selected).toBe('* OK [URLMECH INTERNAL] URLs can be authorised')
  const forBob = await authorise(alice, 'user+bob')
  const forSubmit = await authorise(alice, 'submit+alice')
  const forAll = await authorise(alice, 'authuser')
  alice.destroy()

  expect(await fetched('bob', forBob)).toBe(CONTENT)
  expect(await fetched('carol', forBob)).toBe('NIL')
  expect(await fetched('alice', forBob)).toBe('NIL')
  expect(await fetched('submit', forSubmit)).toBe(CONTENT)
  expect(await fetched('bob', forSubmit)).toBe('NIL')
  expect(await fetched('carol', forAll)).toBe(CONTENT)
  expect(await fetched('carol', forAll.replace('/;SECTION=1;', '/;SECTION=HEADER;'))).toBe('NIL')
  // Its octets do not open the mailbox otherwise.
  expect(await fetched('bob', forBob.replace('alice@', 'carol@'))).toBe('NIL')

  await server.stop()
  await server.serve()
  expect(await fetched('bob', forBob)).toBe(CONTENT)

  const again = await session('alice')
  expect(await imap(again, 'r RESETKEY INBOX')).toEqual(['r OK [URLMECH INTERNAL] Key reset.'])
  again.destroy()
  expect(await fetched('bob', forBob)).toBe('NIL')

  await server.stop()
  await server.serve()
  expect(await fetched('bob', forBob)).toBe('NIL')
  expect(await fetched('carol', forAll)).toBe('NIL')
})
