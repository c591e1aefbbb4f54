import type { MailServer } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliver, imapSession, startServer, until, worstStandstill } from './server.js'

/** Octets of each bomb: just under the server's limit. */
const OCTETS = 9_000_000
/** The loop may stand still so long, client, server and a busy machine together. The bombs used to cost seconds. */
const STANDSTILL = 700

const fill = (unit: string, octets = OCTETS): string => unit.repeat(Math.floor(octets / unit.length))
const numbered = (count: number, unit: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => unit(at)).join('')
const mixed = 'Content-Type: multipart/mixed; boundary=a\r\n\r\n'

/** Messages made to be dear: each took a real server down, or took this one long. */
const BOMBS: readonly (readonly [name: string, message: () => string])[] = [
  ['every line begins with a dot', () => `Subject: x\r\n\r\n${fill('..\r\n')}`],
  ['lines of nothing', () => `Subject: x\r\n\r\n${fill('\r\n')}`],
  ['one endless line', () => `Subject: x\r\n\r\n${fill('y')}`],
  ['a header without end', () => `${fill('A: b\r\n')}\r\nx`],
  ['one field without end', () => `Subject: x\r\n${fill(' y\r\n')}\r\nx`],
  ['parts without end', () => mixed + fill('--a\r\n\r\n')],
  [
    'parts of messages',
    () => `Content-Type: multipart/digest; boundary=a\r\n\r\n${fill('--a\r\n\r\nFrom: a@b\r\n\r\n', 500_000)}`,
  ],
  [
    'multiparts nested without end',
    () => numbered(20_000, (at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`),
  ],
  ['messages nested without end', () => fill('From: a@b\r\nContent-Type: message/rfc822\r\n\r\n')],
  [
    'RFC 2231 parameters (CVE-2026-27859)',
    () => mixed + fill(`--a\r\nContent-Type: text/plain${numbered(150, (at) => `;\r\n a*${at}*=%41%42`)}\r\n\r\n`),
  ],
  ['nested comments (CVE-2025-14874)', () => `${fill(`To: ${fill('(', 100_000)}\r\n`)}\r\nx`],
  ['addresses without end (CVE-2024-23184)', () => `${fill(`To: ${fill('a,', 100_000)}\r\n`)}\r\nx`],
  ['address fields of commas', () => `${fill(`To: ${fill(',', 100_000)}\r\n`)}\r\nx`],
  ['encoded words without end', () => `${fill(`Subject: ${fill('=?utf-8?q?a?= ', 100_000)}\r\n`)}\r\nx`],
]

let server: MailServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

describe('a message made to be dear', () => {
  test.each(BOMBS)('%s', async (_, make) => {
    const message = make()
    const worst = await worstStandstill(async () => {
      expect(await deliver(server, message)).toMatch(/^250 /)
      const alice = await imapSession(server, 'alice')
      await alice.send('2 FETCH * (ENVELOPE BODYSTRUCTURE)\r\n')
      expect(await until(alice, '2 ')).toMatch(/^2 OK/)
      await alice.send('3 SEARCH TEXT nothing-of-the-kind\r\n')
      expect(await until(alice, '3 ')).toMatch(/^3 OK/)
      await alice.send('4 STORE 1:* +FLAGS.SILENT (\\Deleted)\r\n5 EXPUNGE\r\n')
      expect(await until(alice, '5 ')).toMatch(/^5 OK/)
      alice.destroy()
    })
    expect(worst).toBeLessThan(STANDSTILL)
  })
})

describe('a command made to be dear', () => {
  test.each([
    ['keys of SEARCH in a chain', `SEARCH ${'OR '.repeat(499)}${'ALL '.repeat(499)}ALL`, /OK|NO \[LIMIT\]/],
    ['parentheses of SEARCH (CVE-2026-27857)', `SEARCH ${'('.repeat(20_000)}ALL${')'.repeat(20_000)}`, /BAD/],
    ['wildcards of LIST', `LIST "" "${'*a'.repeat(31)}*b"`, /OK/],
    ['a pattern of LIST without end', `LIST "" "*${'a'.repeat(60_000)}"`, /OK/],
    ['ranges without end', `UID FETCH ${'1:4294967295,'.repeat(4_000)}1 FLAGS`, /OK/],
    ['parts of parts', `FETCH 1:* BODY.PEEK[${'1.'.repeat(20_000)}1]`, /OK|BAD/],
    [
      'partials of one body',
      `FETCH 1:* (${Array.from({ length: 300 }, (_, at) => `BODY.PEEK[]<${at}.1>`).join(' ')})`,
      /NO \[LIMIT\]/,
    ],
  ] as const)('%s', async (_, command, answer) => {
    const alice = await imapSession(server, 'alice')
    const worst = await worstStandstill(async () => {
      await alice.send(`c ${command}\r\n`)
      expect(await until(alice, 'c ')).toMatch(answer)
    })
    expect(worst).toBeLessThan(STANDSTILL)
    alice.destroy()
  })
})
