import type { MailboxRef, Snapshot } from '@mailwright/core'
import type { SeededRandom } from '../../kit/random.js'
import type { World } from '../world.js'
import { agreesWithSnapshot } from './agreement.js'
import { followed, viewOf } from './session.js'

/** A message as the model keeps it. `wire` names it; keywords are in lower case. */
export interface ModelMessage {
  readonly wire: string
  readonly date: number
  system: number
  readonly keywords: Set<string>
}

/** A mailbox as the model keeps it: what a store must show, in the plainest form. */
export interface ModelMailbox {
  readonly ref: MailboxRef
  readonly messages: Map<number, ModelMessage>
  /** One more than the greatest UID ever seen; the store's UIDs must not come below it. */
  floor: number
  uidValidity: number
  /** What a session that looks in now and then believes. */
  session: Snapshot
}

/** A store and its model, walked side by side. */
export class ModelRun {
  readonly world: World
  readonly random: SeededRandom
  readonly mailboxes = new Map<string, ModelMailbox>()
  readonly subscribed = new Set<string>()
  /** The greatest UIDVALIDITY that each name ever had. */
  readonly validities = new Map<string, number>()
  #wires = 0

  constructor(world: World, random: SeededRandom) {
    this.world = world
    this.random = random
  }

  async begin(): Promise<void> {
    await this.adopt('INBOX', await this.world.inbox())
  }

  /** Takes a new, empty mailbox into the model. */
  async adopt(name: string, ref: MailboxRef): Promise<void> {
    const session = await this.world.snapshot(ref)
    const before = this.validities.get(name) ?? 0
    this.world.check.ok(session.uidValidity > before, `UIDVALIDITY of the new ${name} exceeds ${before}`)
    this.mailboxes.set(name, { ref, messages: new Map(), floor: 1, uidValidity: session.uidValidity, session })
    this.remember(name, session.uidValidity)
  }

  remember(name: string, uidValidity: number): void {
    this.validities.set(name, Math.max(uidValidity, this.validities.get(name) ?? 0))
  }

  anyMailbox(): ModelMailbox {
    const picked = this.random.pick([...this.mailboxes.values()])
    if (picked === undefined) throw new RangeError('the model has INBOX at least')
    return picked
  }

  /** About half of a mailbox's UIDs, and now and then one that is not there. */
  someUids(mailbox: ModelMailbox): number[] {
    const uids = this.random.some([...mailbox.messages.keys()])
    if (this.random.once(3)) uids.push(mailbox.floor + this.random.below(3))
    if (this.random.once(3) && mailbox.floor > 1) uids.push(1 + this.random.below(mailbox.floor))
    return [...new Set(uids)].sort((a, b) => a - b)
  }

  newMessage(): ModelMessage {
    this.#wires++
    return {
      wire: `Subject: ${this.#wires}\r\n\r\n${'x'.repeat(this.random.below(60))}\r\n`,
      date: 1_000 * this.random.below(2_000_000_000),
      system: this.random.below(32),
      keywords: new Set(this.someKeywords()),
    }
  }

  someKeywords(): string[] {
    return this.world.store.supports.keywords ? this.random.some(['alpha', 'beta', '$gamma']) : []
  }

  /** Puts messages at the end of a mailbox under the UIDs the store gave. */
  arrive(mailbox: ModelMailbox, uids: readonly number[], messages: readonly ModelMessage[]): void {
    this.world.check.equal(uids.length, messages.length, 'one UID a message')
    for (const [at, message] of messages.entries()) {
      const uid = uids[at] ?? 0
      this.world.check.ok(uid >= mailbox.floor, `UID ${uid} is at least ${mailbox.floor}`)
      mailbox.floor = uid + 1
      mailbox.messages.set(uid, message)
    }
  }

  /** Everything the store shows, against everything the model has. */
  async compare(): Promise<void> {
    const { check } = this.world
    check.equal(await this.world.names(), [...this.mailboxes.keys()].sort(), 'names')
    for (const [name, mailbox] of this.mailboxes) {
      const entry = await this.world.find(name)
      check.equal(
        [entry?.id, entry?.isSubscribed],
        [mailbox.ref.mailbox, this.subscribed.has(name)],
        `entry of ${name}`,
      )
      const snapshot = await this.world.snapshot(mailbox.ref)
      check.equal(snapshot.uidValidity, mailbox.uidValidity, `UIDVALIDITY of ${name}`)
      const expected = [...mailbox.messages].map(([uid, message]) => [
        uid,
        message.system,
        [...message.keywords].sort(),
      ])
      const rows = await this.world.rows(mailbox.ref)
      const found = rows.map((row) => [
        row.uid,
        row.system,
        row.keywords.map((keyword) => keyword.toLowerCase()).sort(),
      ])
      check.equal(found, expected, `messages of ${name}`)
      await agreesWithSnapshot(this.world, mailbox.ref)
      if (this.random.once(3)) await this.look(name, mailbox)
    }
  }

  /** A session catches up: what it believed and what it is told must make what is there. */
  async look(name: string, mailbox: ModelMailbox): Promise<void> {
    const changes = await this.world.changes(mailbox.ref, mailbox.session.highestModSeq)
    const now = await this.world.snapshot(mailbox.ref)
    const believed = followed(this.world.check, mailbox.session, changes)
    this.world.check.equal(viewOf(believed), viewOf(now), `what a session of ${name} believes`)
    mailbox.session = now
  }
}
