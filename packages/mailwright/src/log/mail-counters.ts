import type { LogFields, Logger } from './logger.js'

/** What went through a server since it started, counted as pflogsumm counts a maillog. */
export interface MailCounts {
  /** Messages that somebody gave us, by SMTP or on this machine; not our own reports. */
  readonly received: number
  /** Recipients whose copy was delivered or passed on. */
  readonly delivered: number
  /** Messages that had to wait, and how often one of their recipients had to. */
  readonly deferred: number
  readonly deferrals: number
  /** Recipients that could not be reached. */
  readonly bounced: number
  /** Commands that were refused: connections, senders, recipients, messages. */
  readonly rejected: number
  readonly rejectWarnings: number
  readonly held: number
  readonly discarded: number
  /** Octets of messages received, and of every copy delivered. */
  readonly octetsReceived: number
  readonly octetsDelivered: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const NOTHING: MailCounts = {
  received: 0,
  delivered: 0,
  deferred: 0,
  deferrals: 0,
  bounced: 0,
  rejected: 0,
  rejectWarnings: 0,
  held: 0,
  discarded: 0,
  octetsReceived: 0,
  octetsDelivered: 0,
}

/** Messages whose size is remembered until they leave. Default 100,000: a queue of that length; of one that is forgotten the octets are not counted. */
const REMEMBERED = 100_000

/** Counts events on their way to a log. */
export class MailCounters {
  readonly logger: Logger
  readonly #counts: Mutable<MailCounts> = { ...NOTHING }
  /** What is known of messages under way. */
  readonly #messages = new Map<string, { octets: number | null; isReceived: boolean; isDeferred: boolean }>()

  /** @param next where the events go on to. */
  constructor(next: Logger) {
    const count =
      (write: Logger['info']) =>
      (fields: LogFields, message: string): void => {
        this.#count(fields, message)
        write(fields, message)
      }
    this.logger = {
      debug: count((fields, message) => next.debug(fields, message)),
      info: count((fields, message) => next.info(fields, message)),
      warn: count((fields, message) => next.warn(fields, message)),
      error: count((fields, message) => next.error(fields, message)),
    }
  }

  /** As of now. */
  get counts(): MailCounts {
    return { ...this.#counts }
  }

  #count(fields: LogFields, message: string): void {
    const counts = this.#counts
    switch (message) {
      case 'accepted':
      case 'filed':
        counts.received++
        this.#message(fields).isReceived = true
        if (message === 'filed') this.#sized(fields)
        return
      case 'claimed':
        this.#sized(fields)
        return
      case 'delivery':
        this.#delivery(fields)
        return
      case 'refused':
        counts.rejected++
        return
      case 'refusalWarned':
        counts.rejectWarnings++
        return
      case 'holdRuled':
        counts.held++
        return
      case 'discardRuled':
        counts.discarded++
        return
      case 'removed':
      case 'deleted':
        this.#messages.delete(String(fields['id']))
        return
    }
  }

  /** The first word of a message's size: a message is claimed as often as it is tried. */
  #sized(fields: LogFields): void {
    const message = this.#message(fields)
    const octets = fields['octets']
    if (message.octets !== null || typeof octets !== 'number') return
    message.octets = octets
    if (message.isReceived) this.#counts.octetsReceived += octets
  }

  #delivery(fields: LogFields): void {
    const counts = this.#counts
    const message = this.#message(fields)
    switch (fields['status']) {
      case 'sent':
        counts.delivered++
        counts.octetsDelivered += message.octets ?? 0
        return
      case 'bounced':
        counts.bounced++
        return
      case 'deferred':
        counts.deferrals++
        if (!message.isDeferred) counts.deferred++
        message.isDeferred = true
        return
    }
  }

  #message(fields: LogFields): { octets: number | null; isReceived: boolean; isDeferred: boolean } {
    const id = String(fields['id'])
    const known = this.#messages.get(id)
    if (known !== undefined) return known
    const [oldest] = this.#messages.keys()
    if (oldest !== undefined && this.#messages.size >= REMEMBERED) this.#messages.delete(oldest)
    const message = { octets: null, isReceived: false, isDeferred: false }
    this.#messages.set(id, message)
    return message
  }
}
