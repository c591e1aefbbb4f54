import { hostname } from 'node:os'
import {
  type AccountId,
  type ChangeBus,
  type Clock,
  type DefaultMailbox,
  HostError,
  type SettledDefault,
  settleDefaults,
} from '@mailwright/core'
import type { StoreContext } from './context.js'
import { digestCache } from './digest-cache.js'
import { Disk, type Durability } from './disk.js'
import { UniqueNames } from './file-name.js'
import { folderOf } from './layout.js'
import { MAILDIR_LIMITS, type MaildirLimits } from './limits.js'
import { LineIndexes } from './line-index.js'
import type { MaildirProblem } from './problem.js'

/** How a Maildir store is opened. */
export interface MaildirStoreOptions {
  /**
   * Where accounts live: a folder that holds one Maildir per account, or the Maildir of each account. Account ids that
   * cannot be one component of a path are refused; a function may place them wherever it likes.
   */
  readonly root: string | ((account: AccountId) => string)
  readonly clock: Clock
  /** Told of every change, also of those other programs make in mailboxes that are attended or used. */
  readonly bus?: ChangeBus
  /** Default `full`: what is promised survives a loss of power. `none` survives the end of the process only. */
  readonly durability?: Durability
  /** The last part of file names. Default: the machine's name. */
  readonly hostname?: string
  /** Mailboxes made for a new account; their special uses also go to folders of that name other programs made. */
  readonly defaults?: readonly DefaultMailbox[]
  /** How lines end in files. Default `lf`, as every Unix mail program writes them. Files of either kind are read. */
  readonly lineEnds?: 'lf' | 'crlf'
  /** Told of what a person may want to look at. Default: nobody is. */
  readonly onProblem?: (problem: MaildirProblem) => void
  readonly limits?: Partial<MaildirLimits>
}

/** The mailboxes of a new account. @throws {HostError} for names that no Maildir can hold. */
export function defaultsOf(options: MaildirStoreOptions): readonly SettledDefault[] {
  const defaults = settleDefaults(options.defaults ?? [])
  for (const { name } of defaults) {
    const folder = folderOf(name)
    if ('denied' in folder) throw new HostError(`default mailbox ${name}: ${folder.denied}`)
  }
  return defaults
}

/** What all parts of the store share, from its options. */
export function contextOf(options: MaildirStoreOptions): StoreContext {
  const limits = { ...MAILDIR_LIMITS, ...options.limits }
  return {
    clock: options.clock,
    disk: new Disk(options.durability ?? 'full'),
    limits,
    names: new UniqueNames(options.clock, options.hostname ?? hostname()),
    digests: digestCache(limits.digestOctets),
    lineIndexes: new LineIndexes(),
    lineEnds: options.lineEnds ?? 'lf',
    publish: (hint) => options.bus?.publish(hint),
    report: (problem) => options.onProblem?.(problem),
  }
}
