/** One state a message was in: from `modSeq` on, with these flags. */
export interface Moment {
  readonly modSeq: number
  readonly flags: string
}

export type ModelChange = { readonly mode: 'add' | 'remove' | 'replace'; readonly flags: readonly string[] }

/** A mailbox as simple as it can be, and all that ever was in it: what clients must agree with. */
export class MailboxModel {
  /** Flags of the messages that are there, by UID. */
  readonly messages = new Map<number, string>()
  readonly #history = new Map<number, Moment[]>()
  readonly #expunged = new Map<number, number>()

  add(uid: number, flags: readonly string[], modSeq: number): void {
    const written = writeFlags(flags)
    this.messages.set(uid, written)
    this.#history.set(uid, [{ modSeq, flags: written }])
  }

  /** Mod-sequence of the message's last change. */
  modSeq(uid: number): number {
    return this.#history.get(uid)?.at(-1)?.modSeq ?? 0
  }

  /** The message's flags after a change. */
  changed(uid: number, change: ModelChange): string {
    return changedFlags(this.messages.get(uid) ?? '', change)
  }

  set(uid: number, flags: string, modSeq: number): void {
    this.messages.set(uid, flags)
    this.#history.get(uid)?.push({ modSeq, flags })
  }

  remove(uid: number, modSeq: number): void {
    this.messages.delete(uid)
    this.#expunged.set(uid, modSeq)
  }

  /** All states of a message, oldest first. */
  history(uid: number): readonly Moment[] {
    return this.#history.get(uid) ?? []
  }

  /** When the message went; infinite while it is there. */
  expungedAt(uid: number): number {
    return this.#expunged.get(uid) ?? Infinity
  }

  /** UIDs and flags as they are now. */
  state(): ReadonlyMap<number, string> {
    return new Map([...this.messages].sort(([one], [other]) => one - other))
  }
}

/** Flags in the one way of writing them that compares: without case and `\Recent`, sorted. */
export function writeFlags(flags: readonly string[]): string {
  const folded = flags.map((flag) => flag.toLowerCase()).filter((flag) => flag !== '\\recent')
  return [...new Set(folded)].sort().join(' ')
}

/** RFC 3501 §6.4.6. */
export function changedFlags(before: string, { mode, flags }: ModelChange): string {
  const own = before === '' ? [] : before.split(' ')
  if (mode === 'replace') return writeFlags(flags)
  if (mode === 'add') return writeFlags([...own, ...flags])
  const removed = new Set(flags.map((flag) => flag.toLowerCase()))
  return writeFlags(own.filter((flag) => !removed.has(flag)))
}
