import type { QueueLaw } from '../queue-case.js'
import { claimLaws } from './claim.js'
import { enqueueLaws } from './enqueue.js'
import { operationLaws } from './operate.js'

/** What every MailQueue must do, whatever keeps its messages. Run each law on a fixture of its own: `law.run(fixture(), check)`. */
export const mailQueueLaws: readonly QueueLaw[] = [...enqueueLaws, ...claimLaws, ...operationLaws]
