import type { Clock } from '@mailwright/core'
import type { Durability } from '../disk.js'

export interface FileQueueOptions {
  /** The folder of the queue, made where it is not there. Nothing else may lie in it. */
  readonly folder: string
  readonly clock: Clock
  /** Default `full`: what is promised survives a loss of power. `none` survives the end of the process only. */
  readonly durability?: Durability
  /** Messages at most. Default 1,000,000. Past it `enqueue` answers `full`. */
  readonly messages?: number
  /** Told of what a person may want to look at. Default: nobody is. */
  readonly onProblem?: (problem: QueueProblem) => void
}

/** A file in the queue that is no message, and is left alone; or trouble between processes. */
export interface QueueProblem {
  readonly kind: 'unreadableFile' | 'background'
  readonly path: string
  readonly message: string
}
