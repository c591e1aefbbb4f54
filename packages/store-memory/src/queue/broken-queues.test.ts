import { ComplianceFailure, check, mailQueueLaws, type QueueFixture, queueVariants } from '@mailwright/compliance'
import type { Body, MailQueue, QueueId } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { createMemoryQueue } from './memory-queue.js'

const NEVER = new AbortController().signal

/** A queue with one thing wrong, and a law that finds it. */
interface Mistake {
  readonly title: string
  readonly law: string
  /** Default `plain`. */
  readonly variant?: string
  make(queue: MailQueue): Partial<MailQueue>
}

const MISTAKES: readonly Mistake[] = [
  {
    title: 'keeps views of what is its caller’s',
    law: 'enqueue/keeps-the-envelope-and-the-octets',
    variant: 'octets',
    make: (queue) => ({
      async enqueue(args, signal) {
        const chunks: Uint8Array[] = []
        for await (const chunk of args.body) chunks.push(chunk)
        return queue.enqueue({ ...args, body: bodyOf(chunks) }, signal)
      },
    }),
  },
  {
    title: 'does not listen when its caller gives up',
    law: 'enqueue/keeps-the-envelope-and-the-octets',
    variant: 'aborted',
    make: (queue) => ({
      async enqueue(args, signal) {
        const result = await queue.enqueue(args, NEVER)
        signal.throwIfAborted()
        return result
      },
    }),
  },
  {
    title: 'keeps half of a message whose body threw',
    law: 'enqueue/nothing-remains-when-the-body-throws',
    make: (queue) => ({
      async enqueue(args, signal) {
        async function* quiet(): Body {
          try {
            yield* args.body
          } catch {
            // Is taken for the end.
          }
        }
        return queue.enqueue({ ...args, body: quiet() }, signal)
      },
    }),
  },
  {
    title: 'writes one message over another',
    law: 'enqueue/an-id-is-used-once',
    make: (queue) => ({
      async enqueue(args, signal) {
        await queue.remove({ ids: [args.id] }, signal)
        return queue.enqueue(args, signal)
      },
    }),
  },
  {
    title: 'gives a message to whoever asks',
    law: 'claim/nobody-else-gets-it',
    make: (queue) => ({
      claim: (args, signal) => queue.claim({ ...args, lease: 0 }, signal),
    }),
  },
  {
    title: 'knows no end of leases',
    law: 'claim/a-lease-runs-out',
    make: (queue) => ({
      claim: (args, signal) => queue.claim({ ...args, lease: 1e15 }, signal),
    }),
  },
  {
    title: 'renews leases for as long as it likes',
    law: 'claim/a-lease-that-is-renewed-ends-when-it-says',
    make: (queue) => ({
      extend: (args, signal) => queue.extend({ ...args, duration: args.duration * 2 }, signal),
    }),
  },
  {
    title: 'forgets that something will be due',
    law: 'claim/says-when-something-will-be-due',
    make: (queue) => ({
      claim: async (args, signal) => ({ ...(await queue.claim(args, signal)), nextDue: null }),
    }),
  },
  {
    title: 'knows no priorities',
    law: 'claim/higher-priority-first-then-who-waits-longest',
    make: (queue) => ({
      enqueue: ({ envelope: { priority: _, ...envelope }, ...args }, signal) =>
        queue.enqueue({ ...args, envelope }, signal),
    }),
  },
  {
    title: 'delivers what is to wait',
    law: 'claim/not-before-its-time',
    make: (queue) => ({ enqueue: ({ notBefore: _, ...args }, signal) => queue.enqueue(args, signal) }),
  },
  {
    title: 'takes the last word for the first',
    law: 'settle/an-outcome-counts-once',
    make: (queue) => ({
      settle: (args, signal) => queue.settle({ ...args, outcomes: [...args.outcomes].reverse() }, signal),
    }),
  },
  {
    title: 'forgets that a delay was told',
    law: 'settle/a-delay-report-is-remembered',
    make: (queue) => ({
      async open(args, signal) {
        const found = await queue.open(args, signal)
        if (found.kind !== 'found') return found
        const recipients = found.message.recipients.map((each) => ({ ...each, isDelayReported: false }))
        return { ...found, message: { ...found.message, recipients } }
      },
    }),
  },
  {
    title: 'delivers what is on hold',
    law: 'hold/a-message-may-come-held',
    make: (queue) => ({ enqueue: ({ hold: _, ...args }, signal) => queue.enqueue(args, signal) }),
  },
  {
    title: 'takes requeueing for one domain for requeueing everything',
    law: 'requeue/shows-that-somebody-asked',
    make: (queue) => ({ requeue: ({ domain: _, ...args }, signal) => queue.requeue(args, signal) }),
  },
  {
    title: 'counts what was not there',
    law: 'remove/whoever-has-a-lease',
    make: (queue) => ({
      async remove(args, signal) {
        await queue.remove(args, signal)
        return { count: args.ids.length }
      },
    }),
  },
  {
    title: 'pages by places instead of by ids',
    law: 'list/goes-on-where-it-was-whatever-left',
    make(queue) {
      const places = new Map<QueueId, number>()
      return {
        async list({ after, limit }, signal) {
          const { messages } = await queue.list({ after: null, limit: 1_000 }, signal)
          const start = after === null ? 0 : (places.get(after) ?? 0)
          const page = messages.slice(start, start + limit)
          const last = page.at(-1)
          if (last !== undefined) places.set(last.id, start + limit)
          return { messages: page, cursor: start + limit < messages.length ? (last?.id ?? null) : null }
        },
      }
    },
  },
  {
    title: 'tells nobody anything',
    law: 'watch/tells-of-what-may-be-due',
    make: () => ({ watch: () => () => {} }),
  },
  {
    title: 'goes on when it is closed',
    law: 'close/nothing-more-can-be-asked',
    make: () => ({ close: async () => {} }),
  },
  {
    title: 'says that it is durable',
    law: 'enqueue/is-durable',
    make: () => ({}),
  },
]

async function* bodyOf(chunks: readonly Uint8Array[]): Body {
  yield* chunks
}

describe('a queue that', () => {
  test.each(MISTAKES.map((mistake) => [mistake.title, mistake] as const))('%s', async (_, mistake) => {
    const law = mailQueueLaws.find(({ id }) => id === mistake.law)
    const variant = queueVariants.find(({ id }) => id === (mistake.variant ?? 'plain'))
    if (law === undefined || variant === undefined) return expect.fail('there is no such law')
    const open = async (): Promise<MailQueue> => withMistake(createMemoryQueue(), mistake)
    const fixture: QueueFixture = {
      isDurable: mistake.law === 'enqueue/is-durable',
      open,
      async reopen(queue) {
        await queue.close()
        return open()
      },
    }
    await expect(law.run(variant.wrap(fixture), check)).rejects.toThrow(ComplianceFailure)
  })
})

function withMistake(queue: MailQueue, { make }: Mistake): MailQueue {
  return {
    enqueue: (args, signal) => queue.enqueue(args, signal),
    claim: (args, signal) => queue.claim(args, signal),
    settle: (args, signal) => queue.settle(args, signal),
    extend: (args, signal) => queue.extend(args, signal),
    release: (args, signal) => queue.release(args, signal),
    hold: (args, signal) => queue.hold(args, signal),
    requeue: (args, signal) => queue.requeue(args, signal),
    remove: (args, signal) => queue.remove(args, signal),
    list: (args, signal) => queue.list(args, signal),
    open: (args, signal) => queue.open(args, signal),
    watch: (listener) => queue.watch(listener),
    close: () => queue.close(),
    ...make(queue),
  }
}
