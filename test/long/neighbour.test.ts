import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Appliance } from '../support/appliance.js'
import { imap, imapSession } from '../support/dialogue.js'
import { run } from '../support/run.js'
import type { Wire } from '../support/wire.js'

/** What a session may be delayed by another, whatever that one does. */
const DELAY = 50
/**
 * What the machine itself makes of it: this process, the server and whatever else runs share its cores, so a NOOP with nobody attacking
 * is measured before each round. Four times its p99 is the margin, 100 ms at least.
 */
const MARGIN = { times: 4, least: 100 }
const MESSAGES = 2_000
const ROUND = 3_000
const PROBE = fileURLToPath(new URL('noop-probe.mjs', import.meta.url))

/** A machine that is busy elsewhere disturbs some rounds; an attack that delays others does so in each. */
const ROUNDS = 3

let site: Appliance

beforeAll(async () => {
  site = await Appliance.start({ users: ['bob', 'mallory'] })
  const mallory = await session('mallory')
  const message = (at: number): string =>
    `From: a${at}@example.org\r\nSubject: Re: subject ${at % 97}\r\nMessage-ID: <${at}@example.org>\r\n` +
    `References: <${at - 1}@example.org> <${at - 2}@example.org>\r\n\r\n${'words without end '.repeat(40)}\r\n`
  for (let at = 0; at < MESSAGES; at++) {
    const text = message(at)
    await mallory.send(`a APPEND INBOX {${text.length}+}\r\n${text}\r\n`)
    expect(await mallory.line()).toMatch(/^a OK/)
  }
  for (let at = 0; at < 300; at++) await imap(mallory, `a CREATE ${'a'.repeat(at)}${at}`)
  mallory.destroy()
}, 120_000)
afterAll(() => site?.dispose())

function session(user: string): Promise<Wire> {
  return imapSession(site.port('imap'), user, site.password(user))
}

/** How long each NOOP of a well-behaved session in another process takes while `attack` is made again and again. */
async function delays(attack: (wire: Wire) => Promise<void>): Promise<readonly number[]> {
  const probe = run('node', [PROBE, `${site.port('imap')}`, 'bob', site.password('bob'), `${ROUND}`])
  let isOver = false
  void probe.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const wire = await session('mallory')
    await imap(wire, 'a SELECT INBOX')
    // An attack that takes longer is broken off with its connection.
    await Promise.race([attack(wire).catch(() => {}), probe])
    await new Promise((resolve) => setTimeout(resolve, 20))
    wire.destroy()
  }
  const { code, stdout, stderr } = await probe
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as number[]
}

function p99(measured: readonly number[]): number {
  return [...measured].sort((one, other) => one - other)[Math.floor(measured.length * 0.99)] ?? 0
}

/** Says a command, and reads its answer to the end. */
const say =
  (command: string) =>
  async (wire: Wire): Promise<void> => {
    await imap(wire, `x ${command}`)
  }

const zeros = deflateRawSync(Buffer.alloc(48_000_000), { finishFlush: 2 })
const many = (count: number, unit: string): string => unit.repeat(count)

const ATTACKS: readonly (readonly [name: string, attack: (wire: Wire) => Promise<void>])[] = [
  ['a line without end', (wire) => wire.send(Buffer.alloc(16_000_000, 'x'))],
  ['a flood of commands', (wire) => wire.send(many(20_000, 'x NOOP\r\n'))],
  ['a flood of wrong commands', (wire) => wire.send(many(20_000, 'x (\r\n'))],
  [
    'a literal that is counted out',
    (wire) => wire.send(Buffer.concat([Buffer.from('x CREATE {16000000+}\r\n'), Buffer.alloc(16_000_000)])),
  ],
  ['keys of a search', say(`SEARCH ${many(499, 'OR ')}${many(499, 'SUBJECT x ')}SUBJECT y`)],
  ['texts of a search', say(`SEARCH ${many(20, 'TEXT nothing ')}ALL`)],
  ['a search for a long text', say(`SEARCH BODY "${many(60_000, 'w')}"`)],
  ['parentheses', say(`SEARCH ${many(30_000, '(')}ALL${many(30_000, ')')}`)],
  ['ranges', say(`UID FETCH ${many(9_999, '1:*,')}1 FLAGS`)],
  ['everything of every message', say('FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])')],
  ['partials', say(`FETCH 1:* (${Array.from({ length: 250 }, (_, at) => `BODY.PEEK[]<${at}.1>`).join(' ')})`)],
  ['SORT', say('SORT (SUBJECT REVERSE DATE FROM) UTF-8 ALL')],
  ['THREAD', say('THREAD REFERENCES UTF-8 ALL')],
  ['wildcards of LIST', say(`LIST "" "${many(31, '*a')}*b"`)],
  ['flags of every message', say('STORE 1:* +FLAGS (\\Seen)')],
  [
    'a deflate bomb',
    async (wire) => {
      await imap(wire, 'x COMPRESS DEFLATE')
      await wire.send(zeros)
      await new Promise((resolve) => setTimeout(resolve, 500))
    },
  ],
  [
    'a message of parts',
    async (wire) => {
      const text = `Content-Type: multipart/mixed; boundary=a\r\n\r\n${many(300_000, '--a\r\n\r\n')}`
      await imap(wire, `x APPEND Junk {${text.length}+}\r\n${text}`)
    },
  ],
]

describe('LIMITS 15: nobody waits for an attack on another session', () => {
  test.each(ATTACKS)('%s', { timeout: 60_000 }, async (name, attack) => {
    const over: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const quiet = p99(await delays(async () => {}))
      const measured = await delays(attack)
      const worst = p99(measured)
      console.log(`${name}: NOOP p99 ${worst.toFixed(1)} ms of ${measured.length}, quiet ${quiet.toFixed(1)} ms`)
      expect(measured.length).toBeGreaterThan(10)
      over.push(worst - DELAY - Math.max(MARGIN.least, MARGIN.times * quiet))
      if (worst - DELAY < Math.max(MARGIN.least, MARGIN.times * quiet)) break
    }
    expect(Math.min(...over)).toBeLessThan(0)
  })
})
