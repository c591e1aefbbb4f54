import type { LogFields } from '../logger.js'
import { field } from './line.js'

/** Sessions that are remembered. Default 10,000: a megabyte; of one that is forgotten only the name is missing. */
const REMEMBERED = 10_000

/** Who is at the other end of each session, as `name[address]`. Learnt from `connect`, forgotten at `disconnect`. */
export class Peers {
  readonly #names = new Map<string, string>()

  /** Takes down who connected. */
  connected(fields: LogFields): string {
    const name = field(fields, 'client') || 'unknown'
    const [oldest] = this.#names.keys()
    if (oldest !== undefined && this.#names.size >= REMEMBERED) this.#names.delete(oldest)
    this.#names.set(field(fields, 'session'), name)
    return this.of(fields)
  }

  /** `name[address]` of the session of an event. */
  of(fields: LogFields): string {
    const name = this.#names.get(field(fields, 'session')) ?? 'unknown'
    return `${name}[${field(fields, 'rip') || 'local'}]`
  }

  disconnected(fields: LogFields): string {
    const peer = this.of(fields)
    this.#names.delete(field(fields, 'session'))
    return peer
  }
}
