import { createHash, type Hash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession, imapUntil } from '../support/dialogue.js'
import type { Wire } from '../support/wire.js'

/** Decoded octets of the part: a message far larger than the server may be. */
const CONTENT_OCTETS = 48_000_000
const MEMORY_OCTETS = 200_000_000
/** Whole lines of base64: 57 octets make 76 characters. */
const BLOCK_OCTETS = 57 * 1_000

let site: Appliance
let sum = ''
let octets = 0

const HEADER = 'Subject: large\r\nContent-Transfer-Encoding: base64\r\n\r\n'

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob'], limits: { messageOctets: 2 * CONTENT_OCTETS } })
})
afterAll(() => site?.dispose())

/** Octets of every value, no block like another. */
function* blocks(): Generator<Buffer> {
  for (let at = 0; at < CONTENT_OCTETS; at += BLOCK_OCTETS) {
    const block = Buffer.alloc(Math.min(BLOCK_OCTETS, CONTENT_OCTETS - at))
    for (let index = 0; index < block.length; index += 1) block[index] = (index * 7 + at / BLOCK_OCTETS) & 0xff
    yield block
  }
}

function encoded(block: Buffer): string {
  return block.toString('base64').replace(/.{1,76}/g, '$&\r\n')
}

/** Reads a literal that was announced, and hashes it. */
async function hashLiteral(wire: Wire, length: number): Promise<string> {
  const hash: Hash = createHash('sha256')
  for (let left = length; left > 0; ) {
    const chunk = await wire.octets(Math.min(left, 65_536))
    hash.update(chunk)
    left -= chunk.length
  }
  return hash.digest('hex')
}

function expectSmall(): void {
  expect(site.server.memory().peak).toBeLessThan(MEMORY_OCTETS)
}

test('a part of 48 MB in base64 goes in', { timeout: 120_000 }, async () => {
  const hash = createHash('sha256')
  for (const block of blocks()) {
    hash.update(block)
    octets += encoded(block).length
  }
  sum = hash.digest('hex')
  const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  await wire.sendLine(`a APPEND INBOX {${HEADER.length + octets}+}`)
  await wire.send(HEADER)
  for (const block of blocks()) await wire.send(encoded(block))
  await wire.sendLine('')
  expect((await imapUntil(wire, 'a ')).at(-1)).toMatch(/^a OK /)
  wire.destroy()
  expectSmall()
})

test('BINARY sends it decoded, whole and in pieces', { timeout: 120_000 }, async () => {
  const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  expect((await imap(wire, 'a SELECT INBOX')).at(-1)).toMatch(/^a OK /)
  expect(await imap(wire, 'b FETCH 1 BINARY.SIZE[1]')).toContain(`* 1 FETCH (BINARY.SIZE[1] ${CONTENT_OCTETS})`)
  await wire.sendLine('c FETCH 1 BINARY.PEEK[1]')
  expect(await wire.line()).toBe(`* 1 FETCH (BINARY[1] ~{${CONTENT_OCTETS}}`)
  expect(await hashLiteral(wire, CONTENT_OCTETS)).toBe(sum)
  expect(await wire.line()).toBe(')')
  expect((await imapUntil(wire, 'c ')).at(-1)).toMatch(/^c OK /)
  // Piece by piece, as a client fetches what is large: each begins where the last one ended.
  const hash = createHash('sha256')
  const piece = 4_000_000
  for (let at = 0; at < CONTENT_OCTETS; at += piece) {
    await wire.sendLine(`d FETCH 1 BINARY.PEEK[1]<${at}.${piece}>`)
    expect(await wire.line()).toBe(`* 1 FETCH (BINARY[1]<${at}> ~{${piece}}`)
    for (let left = piece; left > 0; ) {
      const chunk = await wire.octets(Math.min(left, 65_536))
      hash.update(chunk)
      left -= chunk.length
    }
    expect(await wire.line()).toBe(')')
    expect((await imapUntil(wire, 'd ')).at(-1)).toMatch(/^d OK /)
  }
  expect(hash.digest('hex')).toBe(sum)
  wire.destroy()
  expectSmall()
})

test('CATENATE copies it without holding it', { timeout: 120_000 }, async () => {
  const wire = await imapSession(site.port('imap'), 'bob', site.password('bob'))
  const url = 'URL "/INBOX/;UID=1/;SECTION=TEXT"'
  await wire.sendLine(`a APPEND INBOX CATENATE (TEXT {${HEADER.length}+}`)
  await wire.send(HEADER)
  await wire.sendLine(` ${url})`)
  expect((await imapUntil(wire, 'a ')).at(-1)).toMatch(/^a OK /)
  await imap(wire, 'b SELECT INBOX')
  await wire.sendLine('c FETCH 2 BINARY.PEEK[1]')
  expect(await wire.line()).toBe(`* 2 FETCH (BINARY[1] ~{${CONTENT_OCTETS}}`)
  expect(await hashLiteral(wire, CONTENT_OCTETS)).toBe(sum)
  wire.destroy()
  expectSmall()
})
