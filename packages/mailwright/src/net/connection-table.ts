import { isIPv4, isIPv6 } from 'node:net'
import type { Connection } from '@mailwright/core/driver'
import type { ConnectionLimits } from './limits.js'

/** One connection as the table knows it. */
export interface TableEntry {
  readonly address: string
  readonly connection: Connection
  /** Nobody logged in on it yet, nor delivers mail: it may have to make room. */
  isStranger: boolean
}

/** Every connection of a server: counts them per client, makes room, and ends them together. */
export class ConnectionTable {
  readonly #limits: ConnectionLimits
  /** Oldest first. */
  readonly #entries = new Set<TableEntry>()
  readonly #counts = new Map<string, number>()

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  /** Whether a client may have one connection more. */
  admits(address: string): boolean {
    return isLoopback(address) || (this.#counts.get(network(address)) ?? 0) < this.#limits.perAddress
  }

  /** Adds a connection, ending the oldest stranger where the table is full. It leaves by itself when it closes. */
  add(address: string, connection: Connection): TableEntry {
    if (this.#entries.size >= this.#limits.total) this.#dropOldestStranger()
    const entry: TableEntry = { address, connection, isStranger: true }
    const key = network(address)
    this.#entries.add(entry)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    void connection.closed.then(() => {
      this.#entries.delete(entry)
      const count = (this.#counts.get(key) ?? 1) - 1
      if (count === 0) this.#counts.delete(key)
      else this.#counts.set(key, count)
    })
    return entry
  }

  /** Asks every connection to end, waits, and cuts those that do not. Resolves when all are closed. */
  async close(grace: Promise<unknown>): Promise<void> {
    const all = [...this.#entries]
    for (const { connection } of all) connection.stop()
    const closed = Promise.all(all.map(({ connection }) => connection.closed))
    await Promise.race([closed, grace])
    for (const { connection } of this.#entries) connection.destroy()
    await Promise.all([...this.#entries].map(({ connection }) => connection.closed))
  }

  #dropOldestStranger(): void {
    for (const entry of this.#entries) {
      if (!entry.isStranger) continue
      entry.connection.destroy()
      return
    }
  }
}

/** What counts as one client: an IPv4 address, an IPv6 network of 64 bits (what one customer is given). */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIPv4(address) || !isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  while (groups.length + rest.length < 8) groups.push('0')
  return `${[...groups, ...rest]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** 127.0.0.0/8, ::1, and a peer on a Unix socket (no address). */
export function isLoopback(address: string): boolean {
  return address === '' || address === '::1' || /^(::ffff:)?127\./i.test(address)
}
