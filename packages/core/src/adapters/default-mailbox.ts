import { type MailboxName, mailboxName } from '../brands.js'
import { HostError } from '../errors.js'
import type { SpecialUse } from './mail-store.js'

/** A mailbox that a store makes for every new account. */
export interface DefaultMailbox {
  /** With `/` between levels. */
  readonly name: string
  readonly specialUse?: SpecialUse
  /** Default true: a mailbox that is made for somebody should show. */
  readonly isSubscribed?: boolean
}

/** A default mailbox as a store works with it. */
export interface SettledDefault {
  readonly name: MailboxName
  readonly specialUse: SpecialUse | null
  readonly isSubscribed: boolean
}

/** Checks a host's default mailboxes. @throws {HostError} for a name that no mailbox may have. */
export function settleDefaults(defaults: readonly DefaultMailbox[]): readonly SettledDefault[] {
  return defaults.map(({ name, specialUse = null, isSubscribed = true }) => {
    const result = mailboxName(name)
    if ('bad' in result)
      throw new HostError(`the default mailbox "${name}" has a name that no mailbox may have (${result.bad})`)
    return { name: result.name, specialUse, isSubscribed }
  })
}
