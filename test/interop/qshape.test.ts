import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newRecipient, type QueuedMessage, type QueueId } from '@mailwright/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseQshape } from '../../packages/mailwright/src/queue/qshape.js'
import { QueueShape } from '../../packages/mailwright/src/queue/shape.js'
import { seeded } from '../support/random.js'
import { succeed } from '../support/run.js'

/** The same mail, in files of Postfix's for its qshape(1), and in ours: the tables are the same, line for line. */
const SEED = Number(process.env['MAILWRIGHT_QSHAPE_SEED'] ?? Date.now() % 1_000_000)
const NOW = Math.floor(Date.now() / 1_000) * 1_000
const DOMAINS = ['a.example', 'B.a.Example', 'c.b.a.example', 'x.org', '.dots..org.', `${'long.'.repeat(9)}name.net`]

let folder: string
let messages: readonly QueuedMessage[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-qshape-'))
  mkdirSync(join(folder, 'deferred'))
  const random = seeded(SEED)
  const pick = (): string => {
    const number = Math.floor(random() ** 2 * 12)
    const domain = DOMAINS[Math.floor(random() * DOMAINS.length)] ?? ''
    return random() < 0.5 ? `u@s${number}.${number % 3}.deep.example.com` : `u@${domain}`
  }
  messages = Array.from({ length: 300 }, (_, at): QueuedMessage => {
    const count = 1 + Math.floor(random() * 3)
    return {
      id: `ABCDEF${String(at).padStart(4, '0')}` as QueueId,
      envelope: { reversePath: random() < 0.2 ? '' : pick() },
      recipients: Array.from({ length: count }, () => newRecipient({ address: pick() })),
      // In the middle of a minute: qshape looks a moment later.
      arrived: NOW - (Math.floor(2 ** (random() * 13)) * 60_000 + 30_000) + 60_000,
      octets: 10,
      isHeld: false,
      isActive: false,
    }
  })
  for (const message of messages) {
    writeFileSync(join(folder, 'deferred', message.id), postfixFile(message), { mode: 0o700 })
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What of a queue file qshape reads: records of a type, a length and a text. */
function postfixFile({ envelope, recipients, arrived }: QueuedMessage): Buffer {
  const record = (type: string, text: string): Buffer =>
    Buffer.concat([Buffer.from(type), Buffer.of(Buffer.byteLength(text)), Buffer.from(text)])
  return Buffer.concat([
    record('C', `${'0'.padStart(15)} ${'0'.padStart(15)} ${'1'.padStart(15)}`),
    record('T', `${arrived / 1_000} 0`),
    record('S', envelope.reversePath),
    ...recipients.map(({ address }) => record('R', address)),
    record('M', ''),
    record('X', ''),
    record('E', ''),
  ])
}

describe('qshape', () => {
  test.each([
    '',
    '-s',
    '-p',
    '-p -m 2',
    '-pm3 -b 4',
    '-l',
    '-l -b 3 -t 60',
    '-b 1',
    '-t 1440',
    '-b20 -w 120',
    '-s -w 40',
  ])(`as Postfix’s: qshape %s (seed ${SEED})`, async (line) => {
    const args = line === '' ? [] : line.split(' ')
    const request = parseQshape([...args, 'deferred'])
    if (request.kind === 'wrong') return expect.fail(request.sentence)
    const shape = new QueueShape(request.options, NOW)
    for (const message of messages) shape.add(message)
    const { stdout } = await succeed('qshape', [...args, join(folder, 'deferred')])
    // Postfix's leaves the order of lines with the same count and length to chance.
    const lines = (text: string): readonly string[] => text.split('\n').sort()
    expect(lines(shape.lines())).toEqual(lines(stdout))
    expect(ranks(shape.lines())).toEqual(ranks(stdout))
  })

  test('an empty queue', async () => {
    mkdirSync(join(folder, 'hold'))
    const { stdout } = await succeed('qshape', [join(folder, 'hold')])
    const request = parseQshape(['hold'])
    if (request.kind === 'wrong') return expect.fail(request.sentence)
    expect(new QueueShape(request.options, NOW).lines()).toBe(stdout)
  })

  test.each([
    [['-x'], /^usage: /],
    [['-b', 'many'], /^option -b needs a number$/],
    [['corrupt'], /^there is no queue "corrupt"/],
  ])('%j is no command line', (args, sentence) => {
    expect(parseQshape(args)).toEqual({ kind: 'wrong', sentence: expect.stringMatching(sentence) })
  })
})

/** The order that is not left to chance: how many, and how long the name is. */
function ranks(text: string): readonly string[] {
  const rows = text.split('\n').slice(1, -1)
  return rows.map((row) => {
    const [domain = '', count = ''] = row.trim().split(/\s+/)
    return domain.startsWith('+') || domain.startsWith('.+') ? `${count}` : `${count} ${domain.length}`
  })
}
