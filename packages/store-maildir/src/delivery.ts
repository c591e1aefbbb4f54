import type { Flags, UnixMillis } from '@mailwright/core'
import type { Mailbox } from './mailbox.js'
import type { StoredMessage } from './message-table.js'
import { type Placed, type Placement, place, type SourceFile } from './placement.js'
import { keywordsOf, spelledIn } from './spelling.js'
import type { StagedMessage } from './staging.js'

/** A staged message with what the mailbox is to know of it. */
export interface Parcel {
  readonly staged: StagedMessage
  readonly source: SourceFile
  readonly flags: Flags
  readonly internalDate: UnixMillis
}

interface Delivery {
  readonly parcels: readonly Parcel[]
  readonly signal: AbortSignal
  readonly settle: (placed: Placed) => void
}

/** Deliveries waiting for the mailbox; those that come while others are made durable share the next sync. */
const waiting = new WeakMap<Mailbox, Delivery[]>()

/**
 * Appends staged messages, all or none; durable when it resolves. Deliveries that come at the same time are made
 * durable together: a thousand at once cost a few syncs, not a thousand.
 */
export async function deliver(
  mailbox: Mailbox,
  parcels: readonly Parcel[],
  signal: AbortSignal,
): Promise<readonly StoredMessage[]> {
  signal.throwIfAborted()
  const placed = await new Promise<Placed>((settle) => {
    const queue = waiting.get(mailbox)
    const delivery: Delivery = { parcels, signal, settle }
    if (queue !== undefined) {
      queue.push(delivery)
      return
    }
    const deliveries = [delivery]
    waiting.set(mailbox, deliveries)
    const job = async (): Promise<void> => {
      await mailbox.arrivals.settled()
      // From here on others queue up for the next round.
      waiting.delete(mailbox)
      await makeDeliveries(mailbox, deliveries)
    }
    mailbox.change(NEVER, job).catch((fault: unknown) => {
      waiting.delete(mailbox)
      for (const { settle: refuse } of deliveries) refuse({ fault })
    })
  })
  if ('fault' in placed) throw placed.fault
  return placed.messages
}

/** The change is many callers'; each one's own signal is looked at before its files are placed. */
const NEVER = new AbortController().signal

async function makeDeliveries(mailbox: Mailbox, deliveries: readonly Delivery[]): Promise<void> {
  const wanted: Delivery[] = []
  for (const delivery of deliveries) {
    if (delivery.signal.aborted) delivery.settle({ fault: delivery.signal.reason })
    else wanted.push(delivery)
  }
  if (wanted.length === 0) return
  const rows = wanted.flatMap(({ parcels }) => parcels.map((parcel) => parcel.flags))
  await mailbox.letters.assign(keywordsOf(mailbox, rows))
  const placed = await place(
    mailbox,
    wanted.map(({ parcels }) => parcels.map((parcel) => placementOf(mailbox, parcel))),
  )
  for (const [at, delivery] of wanted.entries()) {
    const outcome = placed[at]
    if (outcome !== undefined) delivery.settle(outcome)
  }
}

export function placementOf(mailbox: Mailbox, { staged, source, flags, internalDate }: Parcel): Placement {
  const keywords = spelledIn(mailbox, flags.keywords)
  const isPlain = flags.system === 0 && keywords.length === 0
  const { octets, wire, isRaw } = staged
  // `new` is for what nobody has looked at; a message that comes with flags was looked at elsewhere.
  const part = isPlain ? 'new' : 'cur'
  return { source, octets, wire, isRaw, part, flags: { system: flags.system, keywords }, internalDate }
}
