import { inPieces } from '../kit/pieces.js'
import type { QueueVariant } from './queue-case.js'
import { queueFixtureWith, queueThrough } from './queue-wrap.js'

/** Bodies come one octet at a time, in a buffer that is overwritten as soon as the next is asked for. */
export const octetsQueueVariant: QueueVariant = {
  id: 'octets',
  title: 'bodies come one octet at a time, in a buffer that is used again',
  wrap: (fixture) =>
    queueFixtureWith(fixture, (queue) => ({
      ...queueThrough({
        pass: (call) => call.perform(queue, call.signal),
        watch: (listener) => queue.watch(listener),
        close: () => queue.close(),
      }),
      enqueue: (args, signal) => queue.enqueue({ ...args, body: inPieces(args.body) }, signal),
    })),
}
