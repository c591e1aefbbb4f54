import type { QueueVariant } from './queue-case.js'
import { abortedQueueVariant } from './variant-aborted.js'
import { octetsQueueVariant } from './variant-octets.js'
import { reopenedQueueVariant } from './variant-reopened.js'

/** The ways to run `mailQueueLaws`: all laws, unchanged, under each. */
export const queueVariants: readonly QueueVariant[] = [
  { id: 'plain', title: 'the queue as it is', wrap: (fixture) => fixture },
  octetsQueueVariant,
  reopenedQueueVariant,
  abortedQueueVariant,
]
