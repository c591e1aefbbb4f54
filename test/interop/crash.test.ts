import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession, smtpReply } from '../support/dialogue.js'
import { unstamped } from '../support/messages.js'
import { seeded } from '../support/random.js'
import { Wire } from '../support/wire.js'

/**
 * A power cut, as far as a process can have one: `kill -9` while 1,000 messages are delivered at once. Whatever the sender
 * was told 250 for must be there afterwards, whole and once; what it was not may be there or not, but never in part.
 */
const MESSAGES = 1_000
/** How many connections share the messages, round for round: one message a connection, up to fifty. */
const CONNECTIONS = [1_000, 50, 1_000, 20, 1_000]
/** The long tests ask for more. */
const ROUNDS = Number(process.env['MAILWRIGHT_CRASH_ROUNDS'] ?? CONNECTIONS.length)
const USERS = Array.from({ length: 10 }, (_, at) => `user${at}`)
/** Set it to repeat a run that failed. */
const SEED = Number(process.env['MAILWRIGHT_CRASH_SEED'] ?? Date.now() % 1_000_000)

let site: Appliance
/** Mailbox, UIDVALIDITY and UID of each message seen after a crash: they never change again. */
const places = new Map<string, string>()

beforeAll(async () => {
  site = await Appliance.start({ users: USERS, listeners: ['smtp', 'imap'] })
})
afterAll(() => site?.dispose())

/** The message of an id: always the same, from one line to some hundred. */
function messageOf(id: string): string {
  const random = seeded(Number(id.replaceAll(/\D/g, '')))
  const lines = Math.floor(random() ** 4 * 500)
  let text = `From: sender@example.org\r\nSubject: ${id}\r\n\r\n`
  for (let line = 0; line < lines; line++) text += `${line} ${id} ${'.'.repeat(Math.floor(random() * 60))}\r\n`
  return `${text}End of ${id}\r\n`
}

function userOf(id: string): string {
  return USERS[Number(id.split('-').at(-1)) % USERS.length] ?? ''
}

/** Sends messages over one connection, each one's end in one go with the next one's commands (RFC 2920 §3.1). */
async function send(ids: readonly string[], onAccepted: (id: string) => void): Promise<void> {
  const wire = await Wire.open(site.port('smtp'))
  const expectCodes = async (...codes: readonly number[]): Promise<void> => {
    for (const code of codes) expect((await smtpReply(wire)).code).toBe(code)
  }
  const commands = (id: string): string =>
    `MAIL FROM:<sender@example.org>\r\nRCPT TO:<${site.address(userOf(id))}>\r\nDATA\r\n`
  try {
    await expectCodes(220)
    await wire.send(`EHLO sender.example.org\r\n${commands(ids[0] ?? '')}`)
    await expectCodes(250)
    for (const [at, id] of ids.entries()) {
      await expectCodes(250, 250, 354)
      const next = ids[at + 1]
      await wire.send(`${messageOf(id)}.\r\n${next === undefined ? 'QUIT\r\n' : commands(next)}`)
      await expectCodes(250)
      onAccepted(id)
    }
    await expectCodes(221)
  } finally {
    wire.destroy()
  }
}

/** Delivers 1,000 messages, and kills the server a moment after so many of them were accepted. @returns the accepted ones. */
async function crash(round: number, connections: number, random: () => number): Promise<ReadonlySet<string>> {
  const killAt = 1 + Math.floor(random() * (MESSAGES - 100))
  const delay = random() * 20
  console.log(
    `round ${round}: kill -9 ${delay.toFixed(1)} ms after ${killAt} of 1,000 on ${connections} connections were accepted`,
  )
  const accepted = new Set<string>()
  let killed: Promise<void> | undefined
  const onAccepted = (id: string): void => {
    accepted.add(id)
    if (accepted.size < killAt || killed !== undefined) return
    killed = new Promise((resolve) => setTimeout(resolve, delay)).then(() => site.kill())
  }
  const each = MESSAGES / connections
  const senders = Array.from({ length: connections }, (_, connection) => {
    const ids = Array.from({ length: each }, (_, at) => `${round}-${connection * each + at}`)
    return send(ids, onAccepted)
  })
  const ends = await Promise.allSettled(senders)
  if (killed === undefined) throw new Error(`not even ${killAt} were accepted: ${JSON.stringify(ends[0])}`)
  await killed
  for (const end of ends) {
    // Anything but a connection that broke is a reply that must not be.
    if (end.status === 'rejected' && !/closed before|ECONN/.test(String(end.reason))) throw end.reason
  }
  return accepted
}

/** Every message of a user by id, checked to be whole and to be there once. */
async function read(user: string): Promise<ReadonlySet<string>> {
  const wire = await imapSession(site.port('imap'), user, site.password(user))
  try {
    const opened = (await imap(wire, 's EXAMINE INBOX')).join('\n')
    const validity = /UIDVALIDITY (\d+)/.exec(opened)?.[1] ?? ''
    const found = new Set<string>()
    for (const response of await imap(wire, 'f UID FETCH 1:* (UID BODY.PEEK[])')) {
      const [, uid = '', stored = ''] =
        /^\* \d+ FETCH \(UID (\d+) BODY\[\] \{\d+\}\r\n([\s\S]*)\)$/.exec(response) ?? []
      if (uid === '') continue
      const { message } = unstamped(stored)
      const id = /^Subject: (.*)\r$/m.exec(message)?.[1] ?? ''
      expect(message === messageOf(id), `${id} is whole`).toBe(true)
      expect(found.has(id), `${id} is there twice`).toBe(false)
      found.add(id)
      const place = `${user} ${validity} ${uid}`
      expect(places.get(id) ?? place, `the UID of ${id}`).toBe(place)
      places.set(id, place)
    }
    return found
  } finally {
    wire.destroy()
  }
}

test(`what was accepted survives kill -9 (seed ${SEED})`, { timeout: 50_000 * ROUNDS }, async () => {
  const random = seeded(SEED)
  const accepted = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const connections = CONNECTIONS[round % CONNECTIONS.length] ?? 1
    for (const id of await crash(round, connections, random)) accepted.add(id)
    await site.serve()
    const found = new Set<string>()
    for (const user of USERS) {
      for (const id of await read(user)) {
        expect(userOf(id)).toBe(user)
        found.add(id)
      }
    }
    const lost = [...accepted].filter((id) => !found.has(id))
    expect(lost, `lost in round ${round}, seed ${SEED}`).toEqual([])
    const gone = [...places.keys()].filter((id) => !found.has(id))
    expect(gone, `seen before, and gone in round ${round}, seed ${SEED}`).toEqual([])
    for (const user of USERS) expect(readdirSync(join(site.maildir(user), 'tmp')), user).toEqual([])
  }
})
