import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { check, mailQueueLaws, type QueueFixture, queueVariants } from '@mailwright/compliance'
import { chunksBody, fromUtf8, type MailQueue, type QueueId } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFileQueue } from './file-queue.js'
import type { QueueProblem } from './options.js'
import { OwnedQueue } from './owned-queue.js'
import { socketPath } from './queue-socket.js'

const signal = new AbortController().signal
let folder: string
let problems: QueueProblem[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailwright-queue-'))
  problems = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (): Promise<MailQueue> =>
  createFileQueue({ folder, clock: systemClock, durability: 'none', onProblem: (problem) => problems.push(problem) })

const fixture: QueueFixture = {
  isDurable: true,
  open,
  async reopen(queue) {
    await queue.close()
    return open()
  },
  alongside: open,
}

/** The queue of the law is a guest of another one's all the while. */
const guest: QueueFixture = {
  isDurable: true,
  async open() {
    owner = await open()
    return open()
  },
  async reopen(queue) {
    await queue.close()
    await owner?.close()
    owner = await open()
    return open()
  },
}
let owner: MailQueue | null = null

describe.each(queueVariants)('file queue: $title', (variant) => {
  // What was begun and given up leaves no file.
  afterEach(async () => expect(await readdir(join(folder, 'tmp'))).toEqual([]))
  for (const law of mailQueueLaws) test(law.id, () => law.run(variant.wrap(fixture), check))
})

describe.each(queueVariants)('file queue that another process owns: $title', (variant) => {
  afterEach(() => owner?.close())
  for (const law of mailQueueLaws) test(law.id, () => law.run(variant.wrap(guest), check))
})

/** Mail for later has a file of its own. */
function send(queue: MailQueue, id: string, notBefore = 0): ReturnType<MailQueue['enqueue']> {
  const recipients = [{ address: 'a@x' }, { address: 'b@x' }]
  const body = chunksBody([fromUtf8('Subject: x\r\n\r\n')])
  const envelope = { reversePath: '' }
  return queue.enqueue({ id: id as QueueId, envelope, recipients, arrived: 0, body, notBefore }, signal)
}

describe('files of a queue', () => {
  test('what is done never comes back, however often the folder is looked at', async () => {
    const queue = await OwnedQueue.open({ folder, clock: systemClock, durability: 'none' })
    let isOver = false
    const looking = (async () => {
      while (!isOver) await queue.rescan()
    })()
    const claimed = new Set<QueueId>()
    const sent = { kind: 'delivered', status: '2.0.0', text: 'Ok', relay: 'mx' } as const
    for (let round = 0; round < 100; round++) {
      const ids = Array.from({ length: 8 }, (_, at) => `R${round}x${at}`)
      await Promise.all(ids.map((id) => send(queue, id)))
      const claims = (await queue.claim({ now: 1, limit: 99, lease: 1_000 }, signal)).claimed
      for (const { message } of claims) {
        expect(claimed.has(message.id), `${message.id} comes again`).toBe(false)
        claimed.add(message.id)
      }
      // The last outcome comes while an earlier one is still being written down.
      const settled = claims.flatMap(({ lease }) =>
        [0, 1].map((recipient) => queue.settle({ lease, outcomes: [{ recipient, outcome: sent }] }, signal)),
      )
      await Promise.all(settled)
    }
    isOver = true
    await looking
    expect(claimed.size).toBe(800)
    expect((await queue.list({ after: null, limit: 9 }, signal)).messages).toEqual([])
    await queue.close()
  })

  test('a message that is done and whose file cannot be removed is not taken for new', async () => {
    const queue = await OwnedQueue.open({ folder, clock: systemClock, durability: 'none' })
    const [a, b] = ['A', 'B'].map((id) => join(folder, 'messages', id))
    await send(queue, 'A', 9)
    await send(queue, 'B', 9)
    const copy = await readFile(a ?? '')
    await rm(a ?? '')
    await mkdir(a ?? '')
    await expect(queue.remove({ ids: ['A', 'B'] as QueueId[] }, signal)).rejects.toThrow()
    await rm(a ?? '', { recursive: true })
    await writeFile(a ?? '', copy)
    await queue.rescan()
    expect((await queue.list({ after: null, limit: 9 }, signal)).messages).toEqual([])
    expect([a, b].map((path) => existsSync(path ?? ''))).toEqual([false, false])
    await queue.close()
  })

  test('a torn line of outcomes says nothing, and does not swallow the next', async () => {
    const queue = await open()
    await send(queue, 'A')
    const later = { kind: 'deferred', until: 5, status: '4.4.1', text: 'later', relay: 'none' } as const
    const outcomes = [
      { recipient: 0, outcome: later },
      { recipient: 1, outcome: later },
    ]
    const [first] = (await queue.claim({ now: 0, limit: 1, lease: 1_000 }, signal)).claimed
    if (first === undefined) return expect.fail('nothing was due')
    await queue.settle({ lease: first.lease, outcomes }, signal)
    await appendFile(join(folder, 'messages', 'A.state'), '\n{"recipients":{"0":{"state":{"kind":"deliv')
    const [second] = (await queue.claim({ now: 5, limit: 1, lease: 1_000 }, signal)).claimed
    if (second === undefined) return expect.fail('nothing was due')
    const sent = { kind: 'delivered', status: '2.0.0', text: 'Ok', relay: 'mx' } as const
    await queue.settle({ lease: second.lease, outcomes: [{ recipient: 1, outcome: sent }] }, signal)
    await queue.close()
    const again = await open()
    const { messages } = await again.list({ after: null, limit: 9 }, signal)
    expect(messages[0]?.recipients.map(({ state }) => state.kind)).toEqual(['deferred', 'delivered'])
    await again.close()
  })

  test('what is no message is left alone, and told; links lead nowhere; half a message goes', async () => {
    const queue = await open()
    await send(queue, 'A')
    await queue.close()
    await writeFile(join(folder, 'secret'), '{"version":1,"recipients":[{"address":"a@x"}],"envelope":{}}\n')
    await writeFile(join(folder, 'messages', 'B'), 'not JSON\n')
    await writeFile(join(folder, 'messages', 'GONE.state'), '\n')
    await writeFile(join(folder, 'tmp', 'C'), 'half')
    const again = await open()
    expect((await again.list({ after: null, limit: 9 }, signal)).messages.map(({ id }) => id)).toEqual(['A'])
    expect(problems.map(({ path }) => path)).toEqual([join(folder, 'messages', 'B')])
    expect(await readdir(join(folder, 'tmp'))).toEqual([])
    expect((await readdir(join(folder, 'messages'))).sort()).toEqual(['A', 'B'])
    await again.close()
    await symlink(join(folder, 'secret'), join(folder, 'messages', 'D'))
    await expect(open()).rejects.toThrow(/ELOOP/)
  })

  test('what a process was at work at that is gone, is due at once', async () => {
    const queue = await open()
    const other = await open()
    await send(queue, 'A')
    const claim = async (from: MailQueue): Promise<number> =>
      (await from.claim({ now: 1, limit: 9, lease: 3_600_000 }, signal)).claimed.length
    expect([await claim(other), await claim(queue)]).toEqual([1, 0])
    let heard = false
    queue.watch(() => {
      heard = true
    })
    // As if it had been killed: the socket closes.
    await other.close()
    for (let wait = 0; wait < 100 && !heard; wait++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await claim(queue)).toBe(1)
    await queue.close()
  })

  test('where paths are too long for sockets, processes meet elsewhere, but in no folder of somebody else', async () => {
    const far = join(folder, 'x'.repeat(100))
    const options = { folder: far, clock: systemClock, durability: 'none' } as const
    const [first, second] = [await createFileQueue(options), await createFileQueue(options)]
    await send(second, 'A')
    expect((await first.list({ after: null, limit: 9 }, signal)).messages.map(({ id }) => id)).toEqual(['A'])
    await second.close()
    await first.close()
    const meeting = dirname(socketPath(far))
    const { mode } = await stat(meeting)
    await chmod(meeting, 0o777)
    try {
      await expect(createFileQueue(options)).rejects.toThrow('is not ours alone')
    } finally {
      await chmod(meeting, mode)
    }
  })

  test.each(['', '../A', 'A/B', 'A.state', 'x'.repeat(65), 'ä'])('%j is no id', async (id) => {
    const queue = await open()
    await expect(send(queue, id)).rejects.toThrow('not the id')
    await expect(queue.open({ id: id as QueueId }, signal)).rejects.toThrow('not the id')
    await queue.close()
  })
})
