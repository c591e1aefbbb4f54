import { DELETED, type Octets, SEEN } from '@mailwright/core'
import type { Message } from './change-order.js'

/** Running counts of a mailbox, so that STATUS of a hundred mailboxes looks at no message. */
export class Counts {
  messages = 0
  unseen = 0
  deleted = 0
  recent = 0
  octets: Octets = 0
  deletedOctets: Octets = 0

  add(message: Message, isRecent: boolean): void {
    this.#count(message, isRecent, 1)
  }

  remove(message: Message, isRecent: boolean): void {
    this.#count(message, isRecent, -1)
  }

  #count(message: Message, isRecent: boolean, by: 1 | -1): void {
    this.messages += by
    if ((message.system & SEEN) === 0) this.unseen += by
    if ((message.system & DELETED) !== 0) {
      this.deleted += by
      this.deletedOctets += by * message.content.octets
    }
    if (isRecent) this.recent += by
    this.octets += by * message.content.octets
  }
}
