import type { ClaimedMessage, LeaseId, MailQueue, OutstandingLease, QueueId, UnixMillis } from '@mailwright/core'

type Args<K extends 'claim' | 'settle' | 'extend' | 'release'> = Parameters<MailQueue[K]>[0]
type Answer<K extends 'settle' | 'extend'> = Awaited<ReturnType<MailQueue[K]>>

interface Lease {
  readonly id: QueueId
  readonly recipients: Set<number>
  ends: UnixMillis
}

/**
 * Leases that one process has of a queue that another owns. Both sides keep it: when the owner is gone, the next one is told of them; when the
 * process is gone, they are over.
 */
export class LeaseTable {
  readonly #leases = new Map<LeaseId, Lease>()

  claimed({ now, lease }: Args<'claim'>, claims: readonly Pick<ClaimedMessage, 'lease' | 'message' | 'due'>[]): void {
    // Nobody may settle what has ended; who forgot his leases is not to fill memory.
    for (const [name, { ends }] of this.#leases) if (ends <= now) this.#leases.delete(name)
    for (const { lease: name, message, due } of claims) {
      this.#leases.set(name, { id: message.id, recipients: new Set(due), ends: now + lease })
    }
  }

  resumed(leases: readonly OutstandingLease[]): void {
    for (const { lease, id, recipients, ends } of leases) {
      this.#leases.set(lease, { id, recipients: new Set(recipients), ends })
    }
  }

  settled({ lease, outcomes }: Args<'settle'>, { kind }: Answer<'settle'>): void {
    const held = this.#leases.get(lease)
    for (const { recipient } of outcomes) held?.recipients.delete(recipient)
    if (kind === 'leaseLost' || held?.recipients.size === 0) this.#leases.delete(lease)
  }

  extended({ lease, now, duration }: Args<'extend'>, { kind }: Answer<'extend'>): void {
    const held = this.#leases.get(lease)
    if (kind === 'leaseLost') this.#leases.delete(lease)
    else if (held !== undefined) held.ends = now + duration
  }

  released({ leases }: Args<'release'>): void {
    for (const lease of leases) this.#leases.delete(lease)
  }

  outstanding(): readonly OutstandingLease[] {
    return [...this.#leases].map(([lease, { id, recipients, ends }]) => ({
      lease,
      id,
      recipients: [...recipients],
      ends,
    }))
  }
}
