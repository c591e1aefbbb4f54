import type { AccountId, MailboxId, MailboxRef, Octets, Uid, UidList } from '@mailwright/core'

/** One message of a maildrop. `number` counts from 1 and stays as it is for the whole session. */
export interface DropMessage {
  readonly number: number
  readonly uid: Uid
  /** Length in wire form, without the dots that framing adds (RFC 1939 §11). */
  readonly octets: Octets
}

/** What a maildrop is made of: `octets[i]` is the size of the message `uids[i]`. */
export interface DropContents {
  readonly account: AccountId
  readonly mailbox: MailboxId
  readonly uidValidity: number
  readonly uids: UidList
  readonly octets: Float64Array
}

const DELETED = 1
const RETRIEVED = 2

/**
 * What one session believes about its maildrop: the messages as they were at login, and what the client did to them
 * since. Nothing here has happened to the mailbox yet; that is QUIT's work (RFC 1939 §6).
 */
export class Maildrop {
  readonly contents: DropContents
  readonly #marks: Uint8Array
  readonly #allOctets: Octets
  #deleted = 0
  #deletedOctets = 0

  constructor(contents: DropContents) {
    this.contents = contents
    this.#marks = new Uint8Array(contents.uids.length)
    this.#allOctets = contents.octets.reduce((sum, octets) => sum + octets, 0)
  }

  get mailbox(): MailboxRef {
    return { account: this.contents.account, mailbox: this.contents.mailbox }
  }

  /** Messages, those marked as deleted included: the highest message-number. */
  get size(): number {
    return this.contents.uids.length
  }

  /** Messages that are not marked as deleted. */
  get count(): number {
    return this.size - this.#deleted
  }

  /** Octets of the messages that are not marked as deleted. */
  get octets(): Octets {
    return this.#allOctets - this.#deletedOctets
  }

  /** `undefined` where there is no such message, or none any more. */
  message(number: number): DropMessage | undefined {
    const uid = this.contents.uids[number - 1]
    const octets = this.contents.octets[number - 1]
    if (uid === undefined || octets === undefined || this.isDeleted(number)) return undefined
    // A store's lists hold valid UIDs only.
    return { number, uid: uid as Uid, octets }
  }

  isDeleted(number: number): boolean {
    return ((this.#marks[number - 1] ?? 0) & DELETED) !== 0
  }

  markDeleted(message: DropMessage): void {
    if (this.isDeleted(message.number)) return
    this.#mark(message, DELETED)
    this.#deleted++
    this.#deletedOctets += message.octets
  }

  markRetrieved(message: DropMessage): void {
    this.#mark(message, RETRIEVED)
  }

  /** RSET: nothing is marked as deleted any more. What was retrieved stays retrieved. */
  unmarkDeleted(): void {
    for (let at = 0; at < this.#marks.length; at++) this.#marks[at] = (this.#marks[at] ?? 0) & ~DELETED
    this.#deleted = 0
    this.#deletedOctets = 0
  }

  /** The messages to remove at QUIT. */
  deletedUids(): UidList {
    return this.contents.uids.filter((_, at) => ((this.#marks[at] ?? 0) & DELETED) !== 0)
  }

  /** The messages that were retrieved and stay. */
  retrievedUids(): UidList {
    return this.contents.uids.filter((_, at) => this.#marks[at] === RETRIEVED)
  }

  #mark(message: DropMessage, mark: number): void {
    this.#marks[message.number - 1] = (this.#marks[message.number - 1] ?? 0) | mark
  }
}
