import type { MailQueue, QueuedMessage, QueueId } from '@mailwright/core'
import { check } from '../kit/check.js'
import { MOMENTS } from '../kit/moments.js'
import { RepeatableBody } from '../kit/repeatable.js'
import type { QueueVariant } from './queue-case.js'
import { type PassingQueueCall, queueFixtureWith, queueThrough } from './queue-wrap.js'

const CHANGING: ReadonlySet<string> = new Set<keyof MailQueue>([
  'enqueue',
  'claim',
  'settle',
  'extend',
  'release',
  'hold',
  'requeue',
  'remove',
])

/**
 * Every changing call is tried with signals that abort ever later, until one comes through. What rejected must have
 * left nothing behind; what came through is what the law goes on with, so it must have happened whole.
 */
export const abortedQueueVariant: QueueVariant = {
  id: 'aborted',
  title: 'every change is aborted at each of its awaits before it is let through',
  wrap: (fixture) =>
    queueFixtureWith(fixture, (queue) => {
      // One change at a time, or another's effect would pass for a remainder.
      let last: Promise<unknown> = Promise.resolve()
      const dressed = queueThrough({
        pass(call) {
          if (!CHANGING.has(call.name) || call.signal.aborted) return call.perform(queue, call.signal)
          const result = last.then(() => attempts(queue, call))
          last = result.catch(() => undefined)
          return result
        },
        watch: (listener) => queue.watch(listener),
        close: () => queue.close(),
      })
      return {
        ...dressed,
        enqueue(args, signal) {
          const body = new RepeatableBody(args.body)
          return dressed.enqueue(
            {
              ...args,
              get body() {
                return body.read()
              },
            },
            signal,
          )
        },
      }
    }),
}

async function attempts<Result>(queue: MailQueue, call: PassingQueueCall<Result>): Promise<Result> {
  const before = await observe(queue)
  for (const [attempt, moment] of MOMENTS.entries()) {
    const controller = new AbortController()
    const fire = moment(() => controller.abort(new Error(`aborted by the kit, attempt ${attempt}`)))
    const outcome = await call.perform(queue, AbortSignal.any([call.signal, controller.signal])).then(
      (result) => ({ result }),
      (fault: unknown) => ({ fault }),
    )
    await fire
    if ('result' in outcome) return outcome.result
    // A fault of its own, or the law's abort, not ours: the law is to see it.
    if (call.signal.aborted || !controller.signal.aborted) throw outcome.fault
    check.equal(
      await observe(queue),
      before,
      `${call.name} that was aborted (attempt ${attempt}) leaves nothing behind`,
    )
  }
  return call.perform(queue, call.signal)
}

/** What anybody can see of a queue. */
async function observe(queue: MailQueue): Promise<readonly QueuedMessage[]> {
  const { signal } = new AbortController()
  const seen: QueuedMessage[] = []
  let after: QueueId | null = null
  do {
    const page: Awaited<ReturnType<MailQueue['list']>> = await queue.list({ after, limit: 100 }, signal)
    seen.push(...page.messages)
    after = page.cursor
  } while (after !== null)
  return seen
}
