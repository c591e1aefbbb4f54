import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chunksBody, fromLatin1, type MailQueue, type QueueId, type RecipientOutcome } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Disk } from '../disk.js'
import { LOGGED_OCTETS, SEGMENT_OCTETS, SEGMENTS } from './limits.js'
import { MessageLog } from './message-log.js'
import type { QueueProblem } from './options.js'
import { OwnedQueue } from './owned-queue.js'

const signal = new AbortController().signal
const SENT: RecipientOutcome = { kind: 'delivered', status: '2.0.0', text: 'Ok', relay: 'mx' }
const LATER: RecipientOutcome = { kind: 'deferred', until: 5, status: '4.4.1', text: 'later', relay: 'none' }
let root: string
let problems: QueueProblem[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mailwright-queue-'))
  problems = []
})
afterEach(() => rm(root, { recursive: true, force: true }))

const open = (folder: string): Promise<OwnedQueue> =>
  OwnedQueue.open({ folder, clock: systemClock, durability: 'none', onProblem: (problem) => problems.push(problem) })

/** The folder as a crash leaves it now. */
async function crashed(folder: string, name: string): Promise<string> {
  const copy = join(root, name)
  await cp(folder, copy, { recursive: true })
  return copy
}

async function send(queue: MailQueue, id: string, octets = 3, more: { hold?: 'held'; notBefore?: number } = {}) {
  const body = chunksBody([fromLatin1(id), Buffer.alloc(octets - id.length, '.')])
  const recipients = [{ address: 'a@x' }, { address: 'b@x' }]
  await queue.enqueue(
    { id: id as QueueId, envelope: { reversePath: '' }, recipients, arrived: 1, body, ...more },
    new AbortController().signal,
  )
}

async function claim(queue: MailQueue, now = 1): Promise<Map<string, (outcome: RecipientOutcome) => Promise<unknown>>> {
  const { claimed } = await queue.claim({ now, limit: 10_000, lease: 1_000 }, signal)
  return new Map(
    claimed.map(({ lease, message: { id }, due }) => [
      id,
      (outcome) => queue.settle({ lease, outcomes: due.map((recipient) => ({ recipient, outcome })) }, signal),
    ]),
  )
}

async function idsOf(queue: MailQueue): Promise<readonly string[]> {
  return (await queue.list({ after: null, limit: 10_000 }, signal)).messages.map(({ id }) => id)
}

async function textOf(queue: MailQueue, id: string): Promise<string> {
  const found = await queue.open({ id: id as QueueId }, signal)
  if (found.kind !== 'found') return found.kind
  const chunks: Uint8Array[] = []
  for await (const chunk of found.body.read()) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('latin1')
}

const files = async (folder: string): Promise<readonly string[]> => (await readdir(join(folder, 'messages'))).sort()
const segments = async (folder: string): Promise<readonly string[]> => (await readdir(join(folder, 'log'))).sort()

/** Fails to sync files, so many times. */
class BrittleDisk extends Disk {
  failures = 0

  override async sync(): Promise<void> {
    if (this.failures-- > 0) throw new Error('EIO')
  }
}

describe('the log of a queue', () => {
  test('a small message that may be delivered at once has no file, and is there after a crash; what is done is not', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    for (const id of ['ONE', 'TWO', 'THREE']) await send(queue, id, 9)
    expect(await files(folder)).toEqual([])
    await (await claim(queue)).get('TWO')?.(SENT)
    const again = await open(await crashed(folder, 'again'))
    expect(await idsOf(again)).toEqual(['ONE', 'THREE'])
    expect(await textOf(again, 'THREE')).toBe('THREE....')
    // What the first life left is done by the second, and by no third.
    await (await claim(again)).get('ONE')?.(SENT)
    const third = await open(await crashed(join(root, 'again'), 'third'))
    expect(await idsOf(third)).toEqual(['THREE'])
    for (const each of [queue, again, third]) await each.close()
  })

  test('what is large, held, or for later has a file of its own from the start', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    await send(queue, 'LARGE', LOGGED_OCTETS)
    await send(queue, 'HELD', 9, { hold: 'held' })
    await send(queue, 'LATER', 9, { notBefore: 2 })
    await send(queue, 'SMALL', LOGGED_OCTETS - 500)
    expect(await files(folder)).toEqual(['HELD', 'LARGE', 'LATER'])
    expect((await textOf(queue, 'LARGE')).length).toBe(LOGGED_OCTETS)
    expect((await textOf(queue, 'SMALL')).length).toBe(LOGGED_OCTETS - 500)
    await queue.close()
  })

  test('what is deferred or held gets a file of its own, once', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    for (const id of ['WAITS', 'STOPS', 'GOES']) await send(queue, id, 9)
    const body = await queue.open({ id: 'WAITS' as QueueId }, signal)
    const claims = await claim(queue)
    await Promise.all([claims.get('WAITS')?.(LATER), claims.get('GOES')?.(SENT)])
    await queue.hold({ ids: ['STOPS' as QueueId], change: 'hold' }, signal)
    expect(await files(folder)).toEqual(['STOPS', 'STOPS.state', 'WAITS', 'WAITS.state'])
    // Who read it from the log goes on from the file.
    const chunks: Uint8Array[] = []
    if (body.kind === 'found') for await (const chunk of body.body.read()) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('WAITS....')
    const again = await open(await crashed(folder, 'again'))
    const { messages } = await again.list({ after: null, limit: 9 }, signal)
    expect(messages.map(({ id, isHeld, recipients }) => [id, isHeld, recipients[0]?.state.kind])).toEqual([
      ['STOPS', true, 'pending'],
      ['WAITS', false, 'deferred'],
    ])
    for (const each of [queue, again]) await each.close()
  })

  test('a crash between a message’s own file and what the log knows of it leaves one message, that ends once', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    await send(queue, 'A')
    const [segment = ''] = await segments(folder)
    const before = await readFile(join(folder, 'log', segment))
    await (await claim(queue)).get('A')?.(LATER)
    const copy = await crashed(folder, 'again')
    await writeFile(join(copy, 'log', segment), before)
    const again = await open(copy)
    expect(await idsOf(again)).toEqual(['A'])
    await (await claim(again, 5)).get('A')?.(SENT)
    const third = await open(await crashed(copy, 'third'))
    expect(await idsOf(third)).toEqual([])
    for (const each of [queue, again, third]) await each.close()
  })

  test('a torn end is told, and says nothing; what comes after it goes elsewhere', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    await send(queue, 'A')
    await send(queue, 'B')
    const copy = await crashed(folder, 'again')
    const [segment = ''] = await segments(copy)
    const whole = await readFile(join(copy, 'log', segment))
    await writeFile(join(copy, 'log', segment), whole.subarray(0, whole.length - 1))
    const again = await open(copy)
    expect(problems.map(({ path }) => path)).toEqual([join(copy, 'log', segment)])
    expect(await idsOf(again)).toEqual(['A'])
    await send(again, 'C')
    const third = await open(await crashed(copy, 'third'))
    expect(await idsOf(third)).toEqual(['A', 'C'])
    for (const each of [queue, again, third]) await each.close()
  })

  test('a queue at rest has files only, and no log', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    for (const id of ['A', 'B']) await send(queue, id)
    await (await claim(queue)).get('B')?.(SENT)
    await queue.close()
    expect([await files(folder), await segments(folder)]).toEqual([['A'], []])
  })

  test('a log that is full gives its oldest messages files of their own; what is done takes its files along', async () => {
    const folder = join(root, 'queue')
    const queue = await open(folder)
    const octets = LOGGED_OCTETS - 500
    const perSegment = Math.ceil(SEGMENT_OCTETS / octets)
    const count = (SEGMENTS + 1) * perSegment
    const ids = Array.from({ length: count }, (_, at) => `M${String(at).padStart(6, '0')}`)
    for (let at = 0; at < count; at += 50) {
      await Promise.all(ids.slice(at, at + 50).map((id) => send(queue, id, octets)))
    }
    const isSettled = async (): Promise<boolean> => (await segments(folder)).length === SEGMENTS
    for (let wait = 0; wait < 500 && !(await isSettled()); wait++) await new Promise((go) => setTimeout(go, 10))
    expect((await segments(folder)).length).toBe(SEGMENTS)
    const outside = await files(folder)
    expect(outside.length).toBeGreaterThan(perSegment / 2)
    expect(outside).toEqual(ids.slice(0, outside.length))
    // In files, in the log, and in memory.
    for (const id of [ids[0], ids[outside.length + 1], ids.at(-1)]) {
      expect(await textOf(queue, id ?? '')).toBe((id ?? '').padEnd(octets, '.'))
    }
    const again = await open(await crashed(folder, 'again'))
    expect(await idsOf(again)).toEqual(ids)
    const claims = await claim(again)
    await Promise.all([...claims.values()].map((settle) => settle(SENT)))
    expect(claims.size).toBe(count)
    await again.close()
    expect([await files(join(root, 'again')), await segments(join(root, 'again'))]).toEqual([[], []])
    expect(problems).toEqual([])
    await queue.close()
  }, 30_000)

  test('what could not be made durable is refused, and is not there after a restart; what comes then is', async () => {
    const disk = new BrittleDisk('none')
    const retire = async (): Promise<void> => {}
    const options = { disk, folder: root, retire }
    const { log } = await MessageLog.open(options)
    const put = (id: string): Promise<void> => log.put(id as QueueId, [fromLatin1(id)])
    await put('A')
    disk.failures = 1
    await expect(put('X')).rejects.toThrow('EIO')
    await put('Y')
    // It could be taken back: the same file goes on.
    expect((await readdir(root)).length).toBe(1)
    disk.failures = 99
    await expect(Promise.all([put('B'), put('C')])).rejects.toThrow('EIO')
    await expect(log.done(['A' as QueueId])).rejects.toThrow('EIO')
    // New files that nothing was promised in do not pile up.
    for (const id of ['E', 'F', 'G']) await expect(put(id)).rejects.toThrow('EIO')
    expect([log.ids, (await readdir(root)).length]).toEqual([['A', 'Y'], 1])
    disk.failures = 0
    await put('D')
    await log.close()
    await expect(put('H')).rejects.toThrow('closed')
    const { found } = await MessageLog.open(options)
    expect(found.map(({ id, content }) => [id, content.toString()])).toEqual([
      ['A', 'A'],
      ['Y', 'Y'],
      ['D', 'D'],
    ])
  })
})
