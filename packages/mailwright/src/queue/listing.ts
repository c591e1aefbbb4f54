import type { QueuedMessage, QueuedRecipient, UnixMillis } from '@mailwright/core'
import type { Zone } from '@mailwright/smtp'
import { asctime } from '../time/wall-clock.js'

/** As Postfix 2.6 wrote it, and programs that read the listing know it. */
const HEADING = '-Queue ID- --Size-- ----Arrival Time---- -Sender/Recipient-------'

/** Columns of an id with its mark; longer ids push the rest to the right, as in Postfix. */
const ID_WIDTH = 11
const SIZE_WIDTH = 7
/** Where recipients begin: behind an id, a size and a date. */
const ADDRESS_COLUMN = 41
/** Where a deferral's reason ends, counted in columns. */
const REASON_END = 76

/** Lists a queue as `mailq` does: a heading, each message with the recipients that are still to be reached, and a sum. */
export class QueueListing {
  readonly #zone: (at: UnixMillis) => Zone
  #messages = 0
  #octets = 0

  /** @param zone in which times of arrival are told. */
  constructor(zone: (at: UnixMillis) => Zone) {
    this.#zone = zone
  }

  /** The lines of one message, heading first where it is the first of all. */
  add(message: QueuedMessage): string {
    const lines = this.#messages++ === 0 ? [HEADING] : []
    this.#octets += message.octets
    const mark = message.isActive ? '*' : message.isHeld ? '!' : ''
    const id = `${message.id}${mark}`.padEnd(ID_WIDTH)
    // `%20.20s` of a text that goes on with its year.
    const arrival = `${asctime(message.arrived, this.#zone(message.arrived))} `
    const sender = message.envelope.reversePath === '' ? 'MAILER-DAEMON' : printable(message.envelope.reversePath)
    lines.push(`${id} ${String(message.octets).padStart(SIZE_WIDTH)} ${arrival} ${sender}`)
    for (const [reason, recipients] of byReason(message)) {
      if (reason !== '') lines.push(`${' '.repeat(Math.max(0, REASON_END - reason.length))}(${reason})`)
      for (const { address } of recipients) lines.push(`${' '.repeat(ADDRESS_COLUMN)}${printable(address)}`)
    }
    return `${lines.join('\n')}\n\n`
  }

  /** The last line. */
  end(): string {
    if (this.#messages === 0) return 'Mail queue is empty\n'
    const requests = this.#messages === 1 ? 'Request' : 'Requests'
    return `-- ${Math.floor(this.#octets / 1024)} Kbytes in ${this.#messages} ${requests}.\n`
  }
}

/** One message as `postqueue -j` tells it: one JSON object, on a line of its own. */
export function queueJson(message: QueuedMessage): string {
  const recipients = openRecipients(message).map((recipient) => {
    const reason = reasonOf(recipient)
    return { address: recipient.address, ...(reason === '' ? {} : { delay_reason: reason }) }
  })
  return `${spaced({
    queue_name: queueName(message),
    queue_id: message.id,
    arrival_time: Math.floor(message.arrived / 1000),
    message_size: message.octets,
    forced_expire: false,
    sender: message.envelope.reversePath === '' ? 'MAILER-DAEMON' : message.envelope.reversePath,
    recipients,
  })}\n`
}

/** JSON with a blank behind each colon and comma, as Postfix writes it: some read it with no more than grep. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`)
  return `{${members.join(', ')}}`
}

/** The queue of Postfix in which such a message would lie. */
export function queueName(message: QueuedMessage): 'hold' | 'active' | 'deferred' | 'incoming' {
  if (message.isHeld) return 'hold'
  if (message.isActive) return 'active'
  return openRecipients(message).some(({ state }) => state.kind === 'deferred') ? 'deferred' : 'incoming'
}

/** The recipients of whom somebody still has to hear. */
export function openRecipients({ recipients }: QueuedMessage): readonly QueuedRecipient[] {
  return recipients.filter(({ state }) => state.kind === 'pending' || state.kind === 'deferred')
}

/** Recipients in their order, those with the same reason behind one mention of it. */
function byReason(message: QueuedMessage): Map<string, QueuedRecipient[]> {
  const groups = new Map<string, QueuedRecipient[]>()
  for (const recipient of openRecipients(message)) {
    const reason = reasonOf(recipient)
    const group = groups.get(reason)
    if (group === undefined) groups.set(reason, [recipient])
    else group.push(recipient)
  }
  return groups
}

function reasonOf({ state }: QueuedRecipient): string {
  return state.kind === 'deferred' ? printable(state.text) : ''
}

/** What somebody else wrote must not end a line, nor steer a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}
