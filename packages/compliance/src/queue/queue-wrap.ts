import type { MailQueue, MethodName } from '@mailwright/core'
import type { QueueFixture } from './queue-case.js'

/** A call on its way to a queue. */
export interface PassingQueueCall<Result> {
  readonly name: MethodName<MailQueue>
  readonly signal: AbortSignal
  perform(queue: MailQueue, signal: AbortSignal): Promise<Result>
}

/** Decides how calls reach a queue. */
export interface QueuePassage {
  pass<Result>(call: PassingQueueCall<Result>): Promise<Result>
  watch(listener: () => void): () => void
  close(): Promise<void>
}

/** A queue all of whose calls go through `passage`. */
export function queueThrough(passage: QueuePassage): MailQueue {
  const through =
    <Args, Result>(
      name: MethodName<MailQueue>,
      perform: (queue: MailQueue, args: Args, signal: AbortSignal) => Promise<Result>,
    ): ((args: Args, signal: AbortSignal) => Promise<Result>) =>
    (args, signal) =>
      passage.pass({ name, signal, perform: (queue, own) => perform(queue, args, own) })
  return {
    enqueue: through('enqueue', (queue, args, signal) => queue.enqueue(args, signal)),
    claim: through('claim', (queue, args, signal) => queue.claim(args, signal)),
    settle: through('settle', (queue, args, signal) => queue.settle(args, signal)),
    extend: through('extend', (queue, args, signal) => queue.extend(args, signal)),
    release: through('release', (queue, args, signal) => queue.release(args, signal)),
    hold: through('hold', (queue, args, signal) => queue.hold(args, signal)),
    requeue: through('requeue', (queue, args, signal) => queue.requeue(args, signal)),
    remove: through('remove', (queue, args, signal) => queue.remove(args, signal)),
    list: through('list', (queue, args, signal) => queue.list(args, signal)),
    open: through('open', (queue, args, signal) => queue.open(args, signal)),
    watch: (listener) => passage.watch(listener),
    close: () => passage.close(),
  }
}

/** `fixture` with every queue it opens dressed by `dress`; `replace` tells it which queue now stands behind the dress. */
export function queueFixtureWith(
  fixture: QueueFixture,
  dress: (queue: MailQueue, replace: (queue: MailQueue) => void) => MailQueue,
): QueueFixture {
  const behind = new Map<MailQueue, MailQueue>()
  const put = (queue: MailQueue): MailQueue => {
    const dressed = dress(queue, (replacement) => behind.set(dressed, replacement))
    if (!behind.has(dressed)) behind.set(dressed, queue)
    return dressed
  }
  const { alongside } = fixture
  return {
    isDurable: fixture.isDurable,
    open: async () => put(await fixture.open()),
    reopen: async (dressed) => put(await fixture.reopen(behind.get(dressed) ?? dressed)),
    ...(alongside === undefined ? {} : { alongside: async () => put(await alongside.call(fixture)) }),
  }
}
