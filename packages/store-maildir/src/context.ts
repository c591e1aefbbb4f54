import type { ChangeHint, Clock } from '@mailwright/core'
import type { DigestCache } from './digest-cache.js'
import type { Disk } from './disk.js'
import type { UniqueNames } from './file-name.js'
import type { MaildirLimits } from './limits.js'
import type { LineIndexes } from './line-index.js'
import type { MaildirProblem } from './problem.js'

/** What every part of one store shares. */
export interface StoreContext {
  readonly clock: Clock
  readonly disk: Disk
  readonly limits: MaildirLimits
  readonly names: UniqueNames
  readonly digests: DigestCache
  readonly lineIndexes: LineIndexes
  /** How messages that come in stand on disk. */
  readonly lineEnds: 'lf' | 'crlf'
  publish(hint: ChangeHint): void
  report(problem: MaildirProblem): void
}
