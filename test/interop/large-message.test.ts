import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { constants, createInflateRaw, deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession } from '../support/dialogue.js'
import { succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'

/** A message far larger than the server may be: it can only stream through. */
const MESSAGE_OCTETS = 50_000_000
const MEMORY_OCTETS = 200_000_000
/** Every message begins so; what delivery puts before it is cut off there. */
const BEGIN = 'X-Begin: here\r\n'

let site: Appliance
let sent: { readonly path: string; readonly octets: number; readonly sum: string }

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob', 'carol'], limits: { messageOctets: 2 * MESSAGE_OCTETS } })
  sent = await makeMessage(join(site.folder, 'sent.eml'))
})
afterAll(() => site?.dispose())

/** Lines of every length that SMTP allows, none like another, some with dots. */
async function makeMessage(path: string): Promise<typeof sent> {
  const file = createWriteStream(path)
  const hash = createHash('sha256')
  let octets = 0
  const write = async (text: string): Promise<void> => {
    const chunk = Buffer.from(text, 'latin1')
    hash.update(chunk)
    octets += chunk.length
    if (!file.write(chunk)) await once(file, 'drain')
  }
  await write(`${BEGIN}From: a@example.org\r\nSubject: large\r\n\r\n`)
  for (let block = 0; octets < MESSAGE_OCTETS; block++) {
    let text = ''
    for (let line = 0; line < 1_000; line++) {
      const number = `${block}/${line} `
      text += `${line % 50 === 0 ? '.' : ''}${number.repeat(1 + ((block * 31 + line * 7) % 90)).slice(0, 990)}\r\n`
    }
    await write(text)
  }
  file.end()
  await once(file, 'finish')
  return { path, octets, sum: hash.digest('hex') }
}

/** Checks that a file ends in the message, to the last octet. */
async function expectMessage(path: string): Promise<void> {
  const { size } = await stat(path)
  const start = size - sent.octets
  expect(start).toBeGreaterThan(0)
  expect(start).toBeLessThan(2_000)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { start })) hash.update(chunk as Buffer)
  expect(hash.digest('hex')).toBe(sent.sum)
}

/** The kernel keeps the highest value by itself: nothing is missed between two looks. */
function expectSmall(): void {
  expect(site.server.memory().peak).toBeLessThan(MEMORY_OCTETS)
}

/** Reads what comes in clear, up to the line that begins so; nothing may have come behind it. */
async function clearUntil(socket: Socket, begin: string): Promise<void> {
  let heard = ''
  while (!new RegExp(`^${begin}.*\r\n$`, 'm').test(heard)) {
    const [chunk]: Buffer[] = await once(socket, 'data')
    heard += chunk?.toString('latin1')
  }
  socket.pause()
  expect(heard.slice(heard.lastIndexOf('\n', heard.length - 2) + 1)).toMatch(new RegExp(`^${begin}`))
}

const CURL = ['--silent', '--show-error', '--max-time', '100']

function as(user: string): readonly string[] {
  return ['--user', `${user}:${site.password(user)}`]
}

test('50 MB go in by SMTP', { timeout: 120_000 }, async () => {
  const url = `smtp://127.0.0.1:${site.port('smtp')}/x`
  const envelope = ['--mail-from', 'a@example.org', '--mail-rcpt', site.address('bob'), '--upload-file', sent.path]
  await succeed('curl', [...CURL, url, ...envelope], { timeout: 110_000 })
  expectSmall()
})

test('and out by IMAP', { timeout: 120_000 }, async () => {
  const path = join(site.folder, 'imap.eml')
  const url = `imap://127.0.0.1:${site.port('imap')}/INBOX;MAILINDEX=1`
  await succeed('curl', [...CURL, url, ...as('bob'), '--output', path], { timeout: 110_000 })
  await expectMessage(path)
  expectSmall()
})

test('and out by IMAP in TLS', { timeout: 120_000 }, async () => {
  const path = join(site.folder, 'imaps.eml')
  const url = `imaps://127.0.0.1:${site.port('imaps')}/INBOX;MAILINDEX=1`
  await succeed('curl', [...CURL, '--insecure', url, ...as('bob'), '--output', path], { timeout: 110_000 })
  await expectMessage(path)
  expectSmall()
})

test('and out by IMAP through COMPRESS', { timeout: 120_000 }, async () => {
  const inflater = createInflateRaw()
  const socket = connect({ host: '127.0.0.1', port: site.port('imap') })
  const hash = createHash('sha256')
  let octets = 0
  try {
    socket.write(`a LOGIN bob "${site.password('bob')}"\r\nb SELECT INBOX\r\nc COMPRESS DEFLATE\r\n`)
    await clearUntil(socket, 'c OK ')
    socket.pipe(inflater)
    socket.write(deflateRawSync('d FETCH 1 BODY.PEEK[]\r\n', { finishFlush: constants.Z_SYNC_FLUSH }))
    let head = ''
    let size = -1
    for await (const piece of inflater as AsyncIterable<Buffer>) {
      let chunk = piece
      if (size === -1) {
        head += chunk.toString('latin1')
        const [announced = '', count] = /^.*?\{(\d+)\}\r\n/s.exec(head) ?? []
        if (count === undefined) continue
        size = Number(count)
        chunk = Buffer.from(head.slice(announced.length), 'latin1')
      }
      const part = chunk.subarray(0, size - octets)
      // The message ends with what was sent; before it stands what delivery put there.
      const skip = Math.max(0, size - sent.octets - octets)
      if (part.length > skip) hash.update(part.subarray(skip))
      octets += part.length
      if (octets === size) break
    }
    expect(octets).toBe(size)
    expect(hash.digest('hex')).toBe(sent.sum)
    expect(socket.bytesRead).toBeLessThan(size / 2)
  } finally {
    socket.destroy()
    inflater.destroy()
  }
  expectSmall()
})

test('and out by POP3', { timeout: 120_000 }, async () => {
  const path = join(site.folder, 'pop3.eml')
  const url = `pop3://127.0.0.1:${site.port('pop3')}/1`
  await succeed('curl', [...CURL, url, ...as('bob'), '--output', path], { timeout: 110_000 })
  await expectMessage(path)
  expectSmall()
})

test('50 MB go in by APPEND', { timeout: 120_000 }, async () => {
  const url = `imap://127.0.0.1:${site.port('imap')}/Sent`
  await succeed('curl', [...CURL, url, ...as('carol'), '--upload-file', sent.path], { timeout: 110_000 })
  const { stdout } = await succeed('curl', [
    ...[...CURL, `imap://127.0.0.1:${site.port('imap')}/Sent`, ...as('carol')],
    ...['--request', 'FETCH 1 RFC822.SIZE'],
  ])
  expect(stdout).toContain(`RFC822.SIZE ${sent.octets})`)
  expectSmall()
})

test('a peer that stops reading stops the store from being read', { timeout: 120_000 }, async () => {
  const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  expect((await imap(wire, 'a SELECT INBOX')).at(-1)).toMatch(/^a OK /)
  const before = site.server.octetsRead()
  await wire.sendLine('b FETCH 1 BODY.PEEK[]')
  wire.pause()
  // It has read all that it will when the count stands still for a while.
  let last = -1
  await eventually(60_000, 'the server stops reading', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const now = site.server.octetsRead()
    const isStill = now === last
    last = now
    return isStill ? true : undefined
  })
  wire.destroy()
  const read = last - before
  expect(read).toBeGreaterThan(0)
  // What fits into the sockets' buffers on the way has been read, and no more.
  expect(read).toBeLessThan(sent.octets / 2)
  expectSmall()
})
