import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@mailwright/core/node'
import { createFileQueue } from '@mailwright/store-maildir'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smtp, smtpSession } from '../support/dialogue.js'
import { FlakyPeer, type Taken } from '../support/flaky-peer.js'
import { seeded } from '../support/random.js'
import { eventually, within } from '../support/wait.js'

/**
 * `kill -9` again and again, while 2,000 messages come in by SMTP, wait in a file queue, and go out to peers that refuse, stall, and hang up
 * in the middle. What the sender was told 250 for arrives, whole, or its sender hears why not. It arrives twice only where the peer's 250 was not heard: because
 * the peer hung up before it said so, or because the host died before it could write it down.
 */
const MESSAGES = 2_000
/** The long tests ask for more. */
const KILLS = Number(process.env['MAILWRIGHT_QUEUE_KILLS'] ?? 8)
/** Set it to repeat a run that failed. */
const SEED = Number(process.env['MAILWRIGHT_QUEUE_SEED'] ?? Date.now() % 1_000_000)
const SENDERS = 8
/** Deliveries that the host has under way at most: what a crash may repeat. */
const DELIVERIES = 40
const HOST = fileURLToPath(new URL('../support/relay-host.mjs', import.meta.url))

const random = seeded(SEED)
let folder: string
/** By domain. The last takes the reports. */
const peers = new Map<string, FlakyPeer>()
let host: Host
/** Counts the lives of the host. */
let era = 0

/** A message that the sender was told 250 for. */
interface Accepted {
  readonly name: string
  readonly recipients: readonly string[]
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-queue-crash-'))
  const flaky = { 'fair.test': 0.01, 'bad.test': 0.15, 'away.test': 0.04, 'senders.test': 0.08 }
  for (const [at, [domain, trouble]] of Object.entries(flaky).entries()) {
    const down = domain === 'away.test' ? 400 : 0
    peers.set(domain, await FlakyPeer.start({ random: seeded(SEED + at + 1), trouble, down }))
  }
  host = await Host.start()
})
afterAll(async () => {
  await host?.end('SIGKILL')
  for (const peer of peers.values()) await peer.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The host in a process of its own, for one life of it. */
class Host {
  readonly #child: ChildProcess
  readonly #over: Promise<void>
  /** Ids of messages that it said were done with, in this life. */
  readonly removed = new Set<string>()
  /** Deliveries that it said went well, each with how often. */
  readonly sent = new Map<string, number>()
  /** What it was not happy with. */
  readonly faults: string[] = []
  port = 0

  private constructor(transports: string) {
    this.#child = spawn(process.execPath, [HOST, folder, transports], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { stdout } = this.#child
    if (stdout === null) throw new Error('spawn gave no pipe')
    const lines = createInterface({ input: stdout })
    lines.on('line', (line) => this.#heard(line))
    // Whatever it said before it died is heard.
    this.#over = new Promise((resolve) => lines.once('close', resolve))
  }

  static async start(): Promise<Host> {
    era++
    for (const peer of peers.values()) peer.era = era
    const ways = [...peers].map(([domain, { port }]) => [domain, `smtp:[127.0.0.1]:${port}`])
    const started = new Host(JSON.stringify(Object.fromEntries(ways)))
    await eventually(30_000, 'the host is ready', () => (started.port > 0 ? true : undefined))
    return started
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child.kill(signal)
    await within(30_000, `the host ends by ${signal}`, this.#over)
  }

  #heard(line: string): void {
    if (!line.endsWith('}')) return
    const { msg, id, to, status, port, ...rest } = JSON.parse(line)
    if (msg === 'ready') this.port = port
    if (msg === 'removed') this.removed.add(id)
    if (msg === 'delivery' && status === 'sent') this.sent.set(`${id} ${to}`, (this.sent.get(`${id} ${to}`) ?? 0) + 1)
    // A record that a kill has torn was promised to nobody.
    const isTorn = msg === 'queueProblem' && /a crash tears/.test(rest.message)
    if (/Fault$|Problem$/.test(msg) && !isTorn) this.faults.push(`${msg} ${id} ${JSON.stringify(rest)}`)
  }
}

/** The message of a name: always the same, from one line to some hundred. */
function messageOf(name: string): string {
  const own = seeded(numberOf(name))
  const lines = Math.floor(own() ** 4 * 400)
  let text = `Subject: ${name}\r\n\r\n`
  for (let line = 0; line < lines; line++) text += `${line} ${name} ${'.'.repeat(Math.floor(own() * 60))}\r\n`
  return `${text}.\r\nEnd of ${name}\r\n`
}

/** One to three recipients, at most one at each peer; one of eight does not exist. */
function recipientsOf(name: string): readonly string[] {
  const own = seeded(numberOf(name) + 7)
  const domains = ['fair.test', 'bad.test', 'away.test'].filter(() => own() < 0.6)
  return (domains.length === 0 ? ['fair.test'] : domains).map((domain) => {
    const local = own() < 0.125 ? `no-${name}` : name
    return `${local}@${domain}`
  })
}

function numberOf(name: string): number {
  return Number(name.slice(1).replace('.', '9'))
}

/** Sends messages until all are accepted, each try under a name of its own: nobody knows what became of a try that was not answered. */
async function sendAll(onAccepted: (accepted: Accepted) => void): Promise<void> {
  let next = 0
  const send = async (): Promise<void> => {
    while (next < MESSAGES) {
      const at = next++
      for (let attempt = 1; !(await tried(`m${at}.${attempt}`)); attempt++) await pause(20)
    }
  }
  const tried = async (name: string): Promise<boolean> => {
    const recipients = recipientsOf(name)
    const wire = await smtpSession(host.port).catch(() => null)
    if (wire === null) return false
    try {
      const answers = [await smtp(wire, `MAIL FROM:<${name}@senders.test>`)]
      for (const recipient of recipients) answers.push(await smtp(wire, `RCPT TO:<${recipient}>`))
      answers.push(await smtp(wire, 'DATA'))
      expect(answers.map((text) => text.slice(0, 3))).toEqual(['250', ...recipients.map(() => '250'), '354'])
      await wire.send(messageOf(name).replaceAll(/^\./gm, '..'))
      expect(await smtp(wire, '.')).toMatch(/^250 2\.0\.0 Ok: queued as /)
    } catch (reason) {
      // Anything but a connection that broke is a reply that must not be.
      if (!/closed before|ECONN/.test(String(reason))) throw reason
      return false
    } finally {
      wire.destroy()
    }
    onAccepted({ name, recipients })
    return true
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis))
}

/** The id under which the host had a message, in the `Received` field that it put above. */
function idOf({ message }: Taken): string {
  return /^Received: .*\r\n(?:[ \t].*\r\n)*?.*\bid ([0-9A-Za-z]+)/.exec(message)?.[1] ?? ''
}

/** Recipients of accepted messages that nobody answers for yet. */
function unaccounted(accepted: readonly Accepted[]): readonly string[] {
  const ends = new Set<string>()
  for (const [domain, { taken }] of peers) {
    for (const each of taken) {
      if (domain !== 'senders.test') ends.add(each.recipient)
      else for (const [, failed = ''] of each.message.matchAll(/^Final-Recipient: rfc822; ?(.*)\r$/gm)) ends.add(failed)
    }
  }
  return accepted.flatMap(({ recipients }) => recipients.filter((recipient) => !ends.has(recipient)))
}

test(`[B10] [J4] kill -9, and nothing that was accepted is lost (seed ${SEED})`, {
  timeout: 60_000 + KILLS * 6_000,
}, async () => {
  const accepted: Accepted[] = []
  /** What each life but the last said before its end. */
  const lives: Host[] = []
  const thresholds = Array.from({ length: Math.ceil(KILLS * 0.75) }, () => Math.floor(random() * (MESSAGES - 50))).sort(
    (one, other) => one - other,
  )
  let isSending = true
  const sending = sendAll((each) => accepted.push(each)).finally(() => {
    isSending = false
  })
  sending.catch(() => {})
  for (let kill = 0; kill < KILLS; kill++) {
    // Some while messages come in, the others while the queue empties.
    const threshold = thresholds[kill]
    const isReached = (): boolean => !isSending || (threshold !== undefined && accepted.length >= threshold)
    await eventually(60_000, `${threshold} are accepted`, () => (isReached() ? true : undefined))
    await pause(random() * 400)
    console.log(`life ${era}: kill -9 after ${accepted.length}, ${unaccounted(accepted).length} recipients waiting`)
    await host.end('SIGKILL')
    lives.push(host)
    host = await Host.start()
  }
  await sending
  expect(accepted.length).toBe(MESSAGES)
  // Tries that were not answered may be there as well: they go the same way.
  const queue = await createFileQueue({ folder, clock: systemClock })
  await eventually(90_000, 'the queue is empty', async () => {
    const { messages } = await queue.list({ after: null, limit: 1 }, new AbortController().signal)
    return messages.length === 0 ? true : undefined
  })
  await queue.close()
  expect(unaccounted(accepted), `lost, seed ${SEED}`).toEqual([])
  await host.end('SIGTERM')
  lives.push(host)
  for (const part of ['tmp', 'messages', 'log']) expect(readdirSync(join(folder, part)), part).toEqual([])
  expect(lives.flatMap(({ faults }) => faults)).toEqual([])

  const repeats = judge(lives)
  const troubles = [...peers].map(
    ([domain, peer]) => `${domain} ${[...peer.troubles.values()].reduce((a, b) => a + b, 0)}`,
  )
  console.log(
    `${repeats.untold} repeated because a peer did not say 250, ${repeats.killed} because of a kill, ${repeats.reports} reports twice; troubles: ${troubles.join(', ')}`,
  )
})

/** Looks at everything that peers took. @returns how often what was taken twice, and why. */
function judge(lives: readonly Host[]): { readonly untold: number; readonly killed: number; readonly reports: number } {
  let untold = 0
  let killed = 0
  const repeatedAfter = new Map<number, Set<string>>()
  const reportsOf = new Map<string, Set<string>>()
  for (const [domain, { taken }] of peers) {
    const before = new Map<string, Taken[]>()
    for (const each of taken) {
      const id = idOf(each)
      expect(id, `${each.recipient} has a Received field of ours`).not.toBe('')
      if (domain === 'senders.test') {
        const [, failed = ''] = /^Final-Recipient: rfc822; ?(.*)\r$/m.exec(each.message) ?? []
        expect(failed, `a report to ${each.recipient}`).toMatch(/^no-/)
        const reports = reportsOf.get(`${each.recipient} ${failed}`) ?? new Set()
        reportsOf.set(`${each.recipient} ${failed}`, reports.add(id))
      } else {
        const name = each.recipient.slice(0, each.recipient.indexOf('@'))
        const text = each.message.slice(each.message.indexOf('Subject: '))
        expect(text === messageOf(name), `${name} is whole`).toBe(true)
      }
      // The host said that it was done with it, and that was durable.
      const isDone = lives.some(({ removed }, life) => life + 1 < each.era && removed.has(id))
      expect(isDone, `${id} for ${each.recipient} is delivered after it was removed`).toBe(false)
      const key = `${id} ${each.recipient}`
      const earlier = before.get(key) ?? []
      before.set(key, [...earlier, each])
      for (const one of earlier) {
        if (!one.wasTold) untold++
        else {
          expect(one.era, `${key} is delivered again although 250 was said`).toBeLessThan(each.era)
          killed++
          const repeated = repeatedAfter.get(one.era) ?? new Set()
          repeatedAfter.set(one.era, repeated.add(`${id} ${domain}`))
        }
      }
    }
  }
  for (const [at, { sent }] of lives.entries()) {
    for (const [key, times] of sent) expect(times, `${key} sent in life ${at + 1}`).toBe(1)
  }
  for (const [life, repeated] of repeatedAfter) {
    expect(repeated.size, `repeated after the end of life ${life}`).toBeLessThanOrEqual(DELIVERIES)
  }
  const reports = [...reportsOf.values()].reduce((sum, ids) => sum + ids.size - 1, 0)
  expect(reports, 'reports that a crash made twice').toBeLessThanOrEqual(KILLS * DELIVERIES)
  return { untold, killed, reports }
}
