import { isLoopback, networkOf } from '@mailwright/core'
import type { Connection } from '@mailwright/core/driver'
import type { ConnectionLimits } from './limits.js'

/** What counts as one client: an IPv4 address, an IPv6 network of 64 bits (what one customer is given). */
const CLIENT = { ipv6: 64 } as const

/** What the table needs of a connection: also of one that is still in its TLS handshake. */
export type Guest = Pick<Connection, 'stop' | 'destroy'> & { readonly closed: Promise<unknown> }

/** How dear a connection is when room must be made: nobody yet, somebody who delivers mail, or a user who logged in. */
export type Standing = 'stranger' | 'sender' | 'user'

/** A connection's place in the table. */
export interface Seat {
  /** It showed who it is. Nobody becomes less again. */
  rise(standing: Standing): void
  /** Who had shown who it is has left, the connection is a stranger's again (RFC 8437 §3). */
  fall(): void
  /** Whether one more session of this user may come from here; if so it is counted until the connection leaves. */
  admitsUser(user: string): boolean
  /** The connection is over, or goes on under another seat. It leaves by itself when it closes. */
  leave(): void
}

interface Entry {
  readonly guest: Guest
  standing: Standing
  /** Asked to make room already. */
  isLeaving: boolean
}

/** Every connection of a server: counts them per client and user, makes room, and ends them together. */
export class ConnectionTable {
  readonly #limits: ConnectionLimits
  /** Oldest first, each. */
  readonly #entries = { stranger: new Set<Entry>(), sender: new Set<Entry>(), user: new Set<Entry>() }
  readonly #perAddress = new Tally()
  readonly #perUser = new Tally()

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  get size(): number {
    const { stranger, sender, user } = this.#entries
    return stranger.size + sender.size + user.size
  }

  /** Whether a client may have one connection more. A full table makes room, unless everybody in it has logged in. */
  admits(address: string): boolean {
    if (this.size >= this.#limits.total && this.#mostDispensable() === undefined) return false
    return isLocal(address) || this.#perAddress.of(networkOf(address, CLIENT)) < this.#limits.perAddress
  }

  /** Adds a connection, ending the oldest stranger where the table is full. */
  add(address: string, guest: Guest): Seat {
    if (this.size >= this.#limits.total) this.#makeRoom()
    const entry: Entry = { guest, standing: 'stranger', isLeaving: false }
    const client = networkOf(address, CLIENT)
    let session: string | null = null
    this.#entries.stranger.add(entry)
    this.#perAddress.add(client)
    const leave = (): void => {
      if (!this.#entries[entry.standing].delete(entry)) return
      this.#perAddress.remove(client)
      if (session !== null) this.#perUser.remove(session)
    }
    void guest.closed.then(leave)
    return {
      rise: (standing) => this.#rise(entry, standing),
      fall: () => this.#move(entry, 'stranger'),
      admitsUser: (user) => {
        // What runs on this machine may be a webmail that serves everybody.
        if (isLocal(address)) return true
        const key = `${client} ${user}`
        if (session === key) return true
        if (this.#perUser.of(key) >= this.#limits.perUser) return false
        // Who came before on this connection has left it (RFC 8437 §3).
        if (session !== null) this.#perUser.remove(session)
        this.#perUser.add(key)
        session = key
        return true
      },
      leave,
    }
  }

  /** Asks every connection to end, waits, and cuts those that do not. Resolves when all are closed. */
  async close(grace: Promise<unknown>): Promise<void> {
    const all = this.#all()
    for (const { guest } of all) guest.stop()
    const closed = Promise.all(all.map(({ guest }) => guest.closed))
    await Promise.race([closed, grace])
    const left = this.#all()
    for (const { guest } of left) guest.destroy()
    await Promise.all(left.map(({ guest }) => guest.closed))
  }

  #all(): readonly Entry[] {
    const { stranger, sender, user } = this.#entries
    return [...stranger, ...sender, ...user]
  }

  #rise(entry: Entry, standing: Standing): void {
    const isHigher = entry.standing === 'stranger' || standing === 'user'
    if (isHigher) this.#move(entry, standing)
  }

  #move(entry: Entry, standing: Standing): void {
    if (entry.standing === standing || !this.#entries[entry.standing].delete(entry)) return
    entry.standing = standing
    this.#entries[standing].add(entry)
  }

  #makeRoom(): void {
    const entry = this.#mostDispensable()
    if (entry === undefined) return
    entry.isLeaving = true
    entry.guest.destroy()
  }

  /** The oldest stranger, else the oldest of those who only deliver: they will come again. Never a user. */
  #mostDispensable(): Entry | undefined {
    const { stranger, sender } = this.#entries
    for (const entries of [stranger, sender]) {
      for (const entry of entries) if (!entry.isLeaving) return entry
    }
    return undefined
  }
}

/** Counts by key; forgets a key that counts nothing. */
class Tally {
  readonly #counts = new Map<string, number>()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1)
  }

  remove(key: string): void {
    const count = this.of(key) - 1
    if (count <= 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }
}

/** 127.0.0.0/8, ::1, and a peer on a Unix socket (no address). */
export function isLocal(address: string): boolean {
  return address === '' || isLoopback(address)
}
