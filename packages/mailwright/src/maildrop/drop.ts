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
  readonly body?: '7BIT' | '8BITMIME' | 'BINARYMIME'
  readonly smtpUtf8?: true
  /** The sender wants to hear of the first attempt. */
  readonly firstAttempt?: 'told'
  /** What was asked for single recipients, in their order; absent: `notify` for all. */
  readonly each?: readonly DropRecipient[]
}

/** RFC 3461 §4.1, §4.2. */
export interface DropRecipient {
  readonly notify?: readonly NotifyCondition[]
  /** `addr-type;address`. */
  readonly originalRecipient?: string
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
  const { version, sender, fullName, recipients, notify, ret, envelopeId, body, smtpUtf8, firstAttempt, each } =
    value as {
      [name: string]: unknown
    }
  return (
    version === 1 &&
    isAddress(sender) &&
    (fullName === null || isText(fullName)) &&
    Array.isArray(recipients) &&
    recipients.length > 0 &&
    recipients.every((each) => isAddress(each) && each !== '') &&
    isNotify(notify) &&
    (ret === undefined || ret === 'FULL' || ret === 'HDRS') &&
    (envelopeId === undefined || isText(envelopeId)) &&
    (body === undefined || body === '7BIT' || body === '8BITMIME' || body === 'BINARYMIME') &&
    (smtpUtf8 === undefined || smtpUtf8 === true) &&
    (firstAttempt === undefined || firstAttempt === 'told') &&
    (each === undefined || (Array.isArray(each) && each.length === recipients.length && each.every(isDropRecipient)))
  )
}

function isDropRecipient(value: unknown): value is DropRecipient {
  if (typeof value !== 'object' || value === null) return false
  const { notify, originalRecipient } = value as { [name: string]: unknown }
  const isTyped = isAddress(originalRecipient) && /^[!-:<-~]+;./.test(originalRecipient)
  return isNotify(notify) && (originalRecipient === undefined || isTyped)
}

function isNotify(value: unknown): boolean {
  return (
    value === undefined || (Array.isArray(value) && value.length > 0 && value.every((each) => CONDITIONS.has(each)))
  )
}

/** Text that cannot end a line. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value)
}

function isAddress(value: unknown): value is string {
  return isText(value) && value.length <= 1_000
}
