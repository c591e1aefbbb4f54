import { type Arrival, type Flags, HostError, type UnixMillis } from '@mailwright/core'
import type { Parcel } from './delivery.js'
import { isCode } from './disk.js'
import type { Mailbox } from './mailbox.js'
import type { Staging } from './staging.js'

/**
 * Runs `job` with a file for each staged message. A message that was made a file for this and is in no mailbox afterwards leaves nothing behind.
 *
 * @param mailbox that is to get them.
 * @param now the internal date of what has none of its own.
 * @param job answers `undefined` where it placed nothing.
 * @returns `noSuchStaged`: one of them was discarded, be it meanwhile.
 */
export async function withParcels<T>(
  staging: Staging,
  mailbox: Mailbox,
  arrivals: readonly Arrival[],
  now: UnixMillis,
  job: (parcels: readonly Parcel[]) => Promise<T>,
): Promise<T | 'noSuchStaged'> {
  const isStaged = (): boolean => arrivals.every(({ staged }) => staging.get(staged) !== undefined)
  if (!isStaged()) return 'noSuchStaged'
  for (const { flags } of arrivals) checked(flags)
  const parcels: Parcel[] = []
  let result: T | undefined
  // A group takes as long as its number: nobody waits for one.
  const isAwaited = arrivals.length === 1
  try {
    if (isAwaited) mailbox.arrivals.begin()
    try {
      for (const { staged: id, flags, internalDate } of arrivals) {
        const staged = staging.get(id)
        const source = await staging.fileFor(id, internalDate ?? now)
        if (staged === undefined || source === undefined) return 'noSuchStaged'
        parcels.push({ staged, source, flags, internalDate: internalDate ?? now })
      }
    } finally {
      if (isAwaited) mailbox.arrivals.end()
    }
    result = await job(parcels)
    return result
  } catch (reason) {
    if (isCode(reason, 'ENOENT') && !isStaged()) return 'noSuchStaged'
    throw reason
  } finally {
    if (result === undefined) for (const { source } of parcels) await staging.giveUp(source)
  }
}

/** Keywords are words: a blank or control character in one would break files shared with other programs. @throws {HostError} */
export function checked(flags: Flags): Flags {
  for (const keyword of flags.keywords) {
    if (!/^[^\s\p{Cc}\p{Cs}]+$/u.test(keyword)) throw new HostError(`not a keyword: ${JSON.stringify(keyword)}`)
  }
  return flags
}
