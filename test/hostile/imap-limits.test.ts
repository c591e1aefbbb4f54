import { NAME_LIMITS } from '@mailwright/core'
import { IMAP_LIMITS } from '@mailwright/imap'
import type { MailServer } from 'mailwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Wire } from '../support/wire.js'
import { imapSession, startServer, until } from './server.js'

/** Each limit that the peer can reach with a command, on both sides: at it the command is served, one more is refused. */
const { beforeLogin, afterLogin } = IMAP_LIMITS
const TOO_LONG = 'BAD Command line too long.'

let server: MailServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

async function stranger(): Promise<Wire> {
  const wire = await Wire.open(server.port('imap', 'starttls'))
  await until(wire, '* OK')
  return wire
}

/** Says one command and returns what it is answered, without its tag; of a line that is too long the tag is lost. */
async function answer(wire: Wire, octets: string): Promise<string> {
  await wire.send(`t ${octets}`)
  for (;;) {
    const line = await wire.line()
    if (/^(t|\* BAD) /.test(line)) return line.slice(2)
  }
}

/** A command of exactly so many octets, its tag and no CRLF counted. */
const padded = (before: string, octets: number): string => `${before}${'x'.repeat(octets - before.length - 2)}\r\n`

describe('before login', () => {
  test('a line', async () => {
    const wire = await stranger()
    expect(await answer(wire, padded('NOOP ', beforeLogin.line))).toMatch(/^BAD Error in IMAP command NOOP/)
    expect(await answer(wire, padded('NOOP ', beforeLogin.line + 1))).toBe(TOO_LONG)
    wire.destroy()
  })

  test('a literal is not asked for', async () => {
    const wire = await stranger()
    await wire.send(`t LOGIN {${beforeLogin.literal}}\r\n`)
    expect(await wire.line()).toBe('+ OK')
    await wire.send(`${'x'.repeat(beforeLogin.literal)} {${beforeLogin.literal + 1}}\r\n`)
    expect(await wire.line()).toBe('t NO [TOOBIG] Literal too large.')
    wire.destroy()
  })

  test('one list, and no other in it', async () => {
    const wire = await stranger()
    expect(await answer(wire, 'ID ("name" "x")\r\n')).toMatch(/^OK/)
    expect(await answer(wire, 'ID (("name" "x"))\r\n')).toMatch(/^BAD/)
    wire.destroy()
  })

  test('commands that are for users', async () => {
    const wire = await stranger()
    for (let one = 1; one < IMAP_LIMITS.refusedBeforeLogin; one++) {
      expect(await answer(wire, 'SELECT INBOX\r\n')).toBe('BAD Please log in first.')
    }
    await wire.send('t SELECT INBOX\r\n')
    expect(await wire.rest()).toBe('t BAD Please log in first.\r\n* BYE Too many invalid IMAP commands.\r\n')
  })

  test('failed logins', async () => {
    // Each next one waits longer: two are enough to see.
    const strict = await startServer({ imap: { refusedBeforeLogin: 2 } })
    const wire = await Wire.open(strict.port('imap', 'starttls'))
    await until(wire, '* OK')
    expect(await answer(wire, 'LOGIN alice wrong\r\n')).toMatch(/^NO \[AUTHENTICATIONFAILED\]/)
    await wire.send('t LOGIN alice secrets\r\n')
    const farewell = 't NO [AUTHENTICATIONFAILED] Authentication failed.\r\n* BYE Too many failed logins.\r\n'
    expect(await wire.rest()).toBe(farewell)
    await strict.close()
  })
})

describe('after login', () => {
  const nested = (depth: number): string => `SEARCH ${'('.repeat(depth)}ALL${')'.repeat(depth)}\r\n`
  const keys = (count: number): string => `SEARCH ${'ALL '.repeat(count - 1)}ALL\r\n`
  const chain = (count: number): string => `SEARCH ${'NOT '.repeat(count - 1)}ALL\r\n`
  const ranges = (count: number): string => `UID FETCH ${'1:2,'.repeat(count - 1)}1 FLAGS\r\n`
  const long = (octets: number): string => `CREATE "${'n'.repeat(octets)}"\r\n`
  const deep = (levels: number): string => `CREATE ${'d/'.repeat(levels - 1)}d\r\n`
  const wild = (count: number): string => `LIST "" "${'a*'.repeat(count)}"\r\n`
  const items = (count: number): string =>
    `UID FETCH 1:* (${Array.from({ length: count }, (_, at) => `BODY.PEEK[]<${at}.1>`).join(' ')})\r\n`
  const flags = (count: number): string =>
    `UID STORE 9 +FLAGS (${Array.from({ length: count }, (_, at) => `k${at}`).join(' ')})\r\n`

  const urls = (count: number): string => `URLFETCH${' x'.repeat(count)}\r\n`

  test.each<readonly [string, string, RegExp, string, RegExp]>([
    [
      'a line',
      padded('SEARCH SUBJECT ', afterLogin.line),
      /^OK/,
      padded('SEARCH SUBJECT ', afterLogin.line + 1),
      /^BAD Command line too long/,
    ],
    [
      'a literal',
      `SEARCH SUBJECT {${afterLogin.literal}+}\r\n${'x'.repeat(afterLogin.literal)}\r\n`,
      /^OK/,
      `SEARCH SUBJECT {${afterLogin.literal + 1}+}\r\n${'x'.repeat(afterLogin.literal + 1)}\r\n`,
      /^NO \[TOOBIG\]/,
    ],
    ['open parentheses', nested(afterLogin.depth), /^OK/, nested(afterLogin.depth + 1), /^BAD/],
    ['keys of a search', keys(afterLogin.searchKeys), /^OK/, keys(afterLogin.searchKeys + 1), /^NO \[LIMIT\]/],
    [
      'keys without parentheses',
      chain(afterLogin.searchKeys),
      /^OK/,
      chain(afterLogin.searchKeys + 1),
      /^NO \[LIMIT\]/,
    ],
    ['terms of a sequence set', ranges(afterLogin.ranges), /^OK/, ranges(afterLogin.ranges + 1), /^NO \[LIMIT\]/],
    ['octets of a name', long(NAME_LIMITS.octets), /^OK/, long(NAME_LIMITS.octets + 1), /^NO \[CANNOT\]/],
    ['levels of a name', deep(NAME_LIMITS.levels), /^OK/, deep(NAME_LIMITS.levels + 1), /^NO \[CANNOT\]/],
    ['wildcards', wild(afterLogin.wildcards), /^OK/, wild(afterLogin.wildcards + 1), /^NO \[LIMIT\]/],
    ['items of a fetch', items(afterLogin.fetchItems), /^OK/, items(afterLogin.fetchItems + 1), /^NO \[LIMIT\]/],
    ['URLs', urls(afterLogin.urls), /^OK/, urls(afterLogin.urls + 1), /^NO \[LIMIT\]/],
    [
      'flags of a store',
      flags(afterLogin.flags),
      /^OK|^NO \[LIMIT\] Too many keywords/,
      flags(afterLogin.flags + 1),
      /^NO \[LIMIT\]/,
    ],
  ])('%s', async (_, allowed, served, one, refused) => {
    const wire = await imapSession(server, 'bob')
    expect(await answer(wire, allowed)).toMatch(served)
    expect(await answer(wire, one)).toMatch(refused)
    // What was refused is over: the next command is answered as ever.
    expect(await answer(wire, 'NOOP\r\n')).toBe('OK NOOP completed.')
    wire.destroy()
  })

  test('commands that are none', async () => {
    const wire = await imapSession(server, 'bob')
    for (let one = 1; one < IMAP_LIMITS.badCommands; one++) expect(await answer(wire, 'HUH\r\n')).toMatch(/^BAD/)
    await wire.send('t HUH\r\n')
    expect(await wire.rest()).toMatch(/^t BAD .*\r\n\* BYE Too many invalid IMAP commands\.\r\n$/)
  })

  test('a pattern costs no more than the name is long, for each of its wildcards', async () => {
    const wire = await imapSession(server, 'bob')
    for (const octets of [100, 200, 400, 800]) expect(await answer(wire, long(octets))).toMatch(/^OK/)
    const cost = async (pattern: string): Promise<number> => {
      let best = Number.POSITIVE_INFINITY
      for (let round = 0; round < 5; round++) {
        const began = performance.now()
        expect(await answer(wire, `LIST "" "${pattern}"\r\n`)).toMatch(/^OK/)
        best = Math.min(best, performance.now() - began)
      }
      return best
    }
    // A matcher that goes back would need 800 to the power of the wildcards for names of one letter.
    const few = await cost(`${'*n'.repeat(2)}*x`)
    const many = await cost(`${'*n'.repeat(afterLogin.wildcards - 1)}*x`)
    expect(many).toBeLessThan(20 * few + 100)
    wire.destroy()
  })
})
