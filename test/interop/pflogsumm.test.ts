import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { staticAuthenticator } from '@mailwright/auth'
import { systemClock } from '@mailwright/core/node'
import { createMemoryQueue, createMemoryStore } from '@mailwright/store-memory'
import { createMailServer, MailCounters, type MailCounts, type MailServer, postfixMaillog } from 'mailwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smtp, smtpSession } from '../support/dialogue.js'
import { succeed } from '../support/run.js'
import { eventually } from '../support/wait.js'

/** What becomes of a message, by its number: who gets it, and what pflogsumm should say. */
const KINDS = ['local', 'two', 'unknown', 'relayed', 'refusedThere', 'laterThere', 'stranger', 'alice'] as const
const MESSAGES = 1_000

let folder = ''
let far: Server
let server: MailServer
let counters: MailCounters
let lines: string[]
const queue = createMemoryQueue()

/** A host that takes mail for `ok`, never for `no`, and never now for `later`. */
function otherHost(): Server {
  return createServer((socket) => {
    socket.write('220 far.test ESMTP\r\n')
    let isData = false
    let text = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        if (isData) {
          if (line === '.') {
            isData = false
            socket.write('250 2.0.0 Ok: queued as FAR\r\n')
          }
        } else if (/^RCPT TO:<no/.test(line)) socket.write('550 5.1.1 no such user\r\n')
        else if (/^RCPT TO:<later/.test(line)) socket.write('450 4.2.1 not now\r\n')
        else if (line === 'DATA') {
          isData = true
          socket.write('354 go\r\n')
        } else if (line === 'QUIT') socket.end('221 Bye\r\n')
        else socket.write('250 Ok\r\n')
      }
    })
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-pflogsumm-'))
  far = otherHost().listen(0, '127.0.0.1')
  await once(far, 'listening')
  const address = far.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  lines = []
  const maillog = postfixMaillog({
    clock: systemClock,
    hostname: 'mx',
    pid: 4711,
    write: (line) => void lines.push(line),
  })
  counters = new MailCounters(maillog)
  server = await createMailServer({
    hostname: 'mx.home.test',
    domains: ['home.test'],
    postmaster: 'alice',
    listeners: [{ protocol: 'smtp', port: 0 }],
    store: createMemoryStore({ clock: systemClock }),
    authenticator: staticAuthenticator({ alice: 'a', bob: 'b' }),
    // Refused like a stranger from this machine: only a login lets one relay.
    relay: { queue, relayHost: `[127.0.0.1]:${address.port}`, networks: ['192.0.2.0/24'] },
    logger: counters.logger,
    // Its many refusals are meant: they need no punishment.
    limits: { smtp: { softErrors: 1_000, hardErrors: 1_000 } },
  })
})
afterAll(async () => {
  await server?.close()
  far?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What was really sent, counted here. */
interface Sent {
  received: number
  delivered: number
  deferred: number
  bounced: number
  rejected: number
}

/** Sends the messages over some connections; who may relay logs in. */
async function sendAll(): Promise<Sent> {
  const sent: Sent = { received: 0, delivered: 0, deferred: 0, bounced: 0, rejected: 0 }
  const share = MESSAGES / 4
  const login = Buffer.from('\0bob\0b').toString('base64')
  await Promise.all(
    [0, 1, 2, 3].map(async (lane) => {
      for (let from = lane * share; from < (lane + 1) * share; from += 50) {
        const wire = await smtpSession(server.port('smtp'))
        const stranger = await smtpSession(server.port('smtp'))
        await smtp(wire, `AUTH PLAIN ${login}`)
        for (let at = from; at < from + 50; at++)
          await sendOne(at, KINDS[at % KINDS.length] ?? 'local', { wire, stranger }, sent)
        await smtp(wire, 'QUIT')
        await smtp(stranger, 'QUIT')
      }
    }),
  )
  return sent
}

type Wires = { readonly [name in 'wire' | 'stranger']: Awaited<ReturnType<typeof smtpSession>> }

async function sendOne(at: number, kind: (typeof KINDS)[number], { wire, stranger }: Wires, sent: Sent): Promise<void> {
  const to: { readonly [kind in (typeof KINDS)[number]]: readonly string[] } = {
    local: ['bob@home.test'],
    two: ['bob@home.test', 'alice@home.test'],
    unknown: ['nobody@home.test'],
    relayed: [`ok${at}@far.test`],
    refusedThere: [`no${at}@far.test`],
    laterThere: [`later${at}@far.test`],
    stranger: ['x@far.test'],
    alice: ['alice@home.test', 'nobody@home.test'],
  }
  const session = kind === 'stranger' || kind === 'unknown' ? stranger : wire
  await smtp(session, 'MAIL FROM:<bob@home.test>')
  let accepted = 0
  for (const address of to[kind]) {
    const reply = await smtp(session, `RCPT TO:<${address}>`)
    if (reply.startsWith('250')) accepted++
    else sent.rejected++
  }
  if (accepted === 0) {
    await smtp(session, 'RSET')
    return
  }
  await smtp(session, 'DATA')
  await smtp(session, `Message-ID: <${at}@home.test>\r\nSubject: ${at}\r\n\r\n${'x'.repeat(at)}\r\n.`)
  sent.received++
  if (kind === 'laterThere') sent.deferred++
  else if (kind === 'refusedThere') {
    sent.bounced++
    // The report about it is delivered to bob.
    sent.delivered++
  } else sent.delivered += accepted
}

/** `pflogsumm`'s grand totals. */
async function pflogsumm(): Promise<{ readonly [word: string]: number }> {
  const path = join(folder, 'mail.log')
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  const { stdout } = await succeed('pflogsumm', ['--detail', '0', path])
  const totals: { [word: string]: number } = {}
  for (const [, count = '', unit = '', word = ''] of stdout.matchAll(/^ +(\d+)([km]?) +([a-z ]+?)(?:\s+\(.*\))?$/gm)) {
    totals[word] = Number(count) * (unit === 'k' ? 1_024 : unit === 'm' ? 1_048_576 : 1)
  }
  return totals
}

test('[J5] [K8] pflogsumm finds in our log what our counters count, and what was really sent', async () => {
  const sent = await sendAll()
  const counts = await eventually(
    30_000,
    'the queue has tried everything',
    async (): Promise<MailCounts | undefined> => {
      const now = counters.counts
      return now.delivered === sent.delivered && now.deferrals >= sent.deferred && now.bounced === sent.bounced
        ? now
        : undefined
    },
  )
  expect(counts).toMatchObject({
    received: sent.received,
    delivered: sent.delivered,
    deferred: sent.deferred,
    bounced: sent.bounced,
    rejected: sent.rejected,
  })
  const clients = lines.filter((line) => line.includes(': client='))
  expect(clients).toHaveLength(sent.received)
  expect(clients.filter((line) => !line.endsWith(', sasl_method=PLAIN, sasl_username=bob'))).toEqual([])
  const totals = await pflogsumm()
  expect(totals).toMatchObject({
    received: counts.received,
    delivered: counts.delivered,
    deferred: counts.deferred,
    bounced: counts.bounced,
    rejected: counts.rejected,
  })
  // It counts in units of 1,024 octets, and rounds down.
  expect(Math.abs((totals['bytes received'] ?? 0) - counts.octetsReceived)).toBeLessThan(1_024)
  expect(Math.abs((totals['bytes delivered'] ?? 0) - counts.octetsDelivered)).toBeLessThan(1_024)
})
