import type { NotifyCondition } from '@mailwright/core'

/**
 * What stands in the first line of a dropped file, as JSON; the message follows, in wire form. Who wrote it is not in there: the
 * file's owner is.
 */
export interface Drop {
  readonly version: 1
  /** Empty for `<>`; without a domain where it was given without. */
  readonly sender: string
  /** For the From field, where the message has none. */
  readonly fullName: string | null
  readonly recipients: readonly string[]
  readonly notify?: readonly NotifyCondition[]
  readonly ret?: 'FULL' | 'HDRS'
  readonly envelopeId?: string
  readonly body?: '7BIT' | '8BITMIME'
}

const CONDITIONS: ReadonlySet<unknown> = new Set<NotifyCondition>(['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'])

/** Reads a first line. Anybody may have written it: `undefined` for whatever is not exactly one. */
export function parseDrop(line: string): Drop | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  return isDrop(value) ? value : undefined
}

function isDrop(value: unknown): value is Drop {
  if (typeof value !== 'object' || value === null) return false
  const { version, sender, fullName, recipients, notify, ret, envelopeId, body } = value as { [name: string]: unknown }
  return (
    version === 1 &&
    isAddress(sender) &&
    (fullName === null || isText(fullName)) &&
    Array.isArray(recipients) &&
    recipients.length > 0 &&
    recipients.every((each) => isAddress(each) && each !== '') &&
    (notify === undefined || (Array.isArray(notify) && notify.every((each) => CONDITIONS.has(each)))) &&
    (ret === undefined || ret === 'FULL' || ret === 'HDRS') &&
    (envelopeId === undefined || isText(envelopeId)) &&
    (body === undefined || body === '7BIT' || body === '8BITMIME')
  )
}

/** Text that cannot end a line. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value)
}

function isAddress(value: unknown): value is string {
  return isText(value) && value.length <= 1_000
}
