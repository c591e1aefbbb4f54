import { check, mailQueueLaws, type QueueFixture, queueVariants } from '@mailwright/compliance'
import { chunksBody, type QueueId } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { createMemoryQueue } from './memory-queue.js'

const fixture = (): QueueFixture => ({
  isDurable: false,
  open: async () => createMemoryQueue(),
  async reopen(queue) {
    await queue.close()
    return createMemoryQueue()
  },
})

describe.each(queueVariants)('memory queue: $title', (variant) => {
  for (const law of mailQueueLaws) test(law.id, () => law.run(variant.wrap(fixture()), check))
})

describe('memory queue', () => {
  test('no more messages than it may hold', async () => {
    const queue = createMemoryQueue({ messages: 1 })
    const send = (id: string): ReturnType<typeof queue.enqueue> =>
      queue.enqueue(
        {
          id: id as QueueId,
          envelope: { reversePath: '' },
          recipients: [{ address: 'a@x' }],
          arrived: 0,
          body: chunksBody([]),
        },
        new AbortController().signal,
      )
    expect((await send('A')).kind).toBe('queued')
    expect((await send('B')).kind).toBe('full')
  })
})
