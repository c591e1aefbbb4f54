import { describe, expect, test } from 'vitest'
import { ConnectionTable, type Guest, isLocal } from './connection-table.js'
import { CONNECTION_LIMITS } from './limits.js'

class FakeGuest implements Guest {
  readonly closed: Promise<void>
  isStopped = false
  isDestroyed = false
  #close: () => void = () => {}

  /** @param endsWhenAsked leaves as soon as it is asked to stop. */
  constructor(readonly endsWhenAsked = true) {
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
  }
  stop(): void {
    this.isStopped = true
    if (this.endsWhenAsked) this.#close()
  }
  destroy(): void {
    this.isDestroyed = true
    this.#close()
  }
}

const table = (limits: Partial<typeof CONNECTION_LIMITS>) => new ConnectionTable({ ...CONNECTION_LIMITS, ...limits })
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('connections of one client', () => {
  test('no more than the limit, and again one when one has left', async () => {
    const connections = table({ perAddress: 2 })
    const guest = new FakeGuest()
    connections.add('192.0.2.1', guest)
    connections.add('192.0.2.1', new FakeGuest())
    expect(connections.admits('192.0.2.1')).toBe(false)
    expect(connections.admits('192.0.2.2')).toBe(true)
    guest.destroy()
    await settled()
    expect(connections.admits('192.0.2.1')).toBe(true)
    expect(connections.size).toBe(1)
  })
  test('this machine is not limited', () => {
    const connections = table({ perAddress: 1 })
    connections.add('127.0.0.1', new FakeGuest())
    expect(connections.admits('127.0.0.1')).toBe(true)
  })
  test('a seat that is given up counts no more, and only once', async () => {
    const connections = table({ perAddress: 2 })
    const guest = new FakeGuest()
    const seat = connections.add('192.0.2.1', guest)
    connections.add('192.0.2.1', new FakeGuest())
    seat.leave()
    expect(connections.admits('192.0.2.1')).toBe(true)
    guest.destroy()
    seat.leave()
    await settled()
    connections.add('192.0.2.1', new FakeGuest())
    expect(connections.admits('192.0.2.1')).toBe(false)
  })
})

describe('a full table', () => {
  test('the oldest stranger makes room, each once', () => {
    const connections = table({ total: 2 })
    const [first, second] = [new FakeGuest(), new FakeGuest()]
    connections.add('192.0.2.1', first)
    connections.add('192.0.2.2', second)
    connections.add('192.0.2.3', new FakeGuest())
    expect([first.isDestroyed, second.isDestroyed]).toEqual([true, false])
    connections.add('192.0.2.4', new FakeGuest())
    expect(second.isDestroyed).toBe(true)
  })
  test('a user never makes room; whoever only delivers does, behind every stranger', () => {
    const connections = table({ total: 3 })
    const [user, sender, stranger] = [new FakeGuest(), new FakeGuest(), new FakeGuest()]
    connections.add('192.0.2.1', user).rise('user')
    connections.add('192.0.2.2', sender).rise('sender')
    connections.add('192.0.2.3', stranger)
    connections.add('192.0.2.4', new FakeGuest()).rise('user')
    expect([user.isDestroyed, sender.isDestroyed, stranger.isDestroyed]).toEqual([false, false, true])
    connections.add('192.0.2.5', new FakeGuest()).rise('user')
    expect([user.isDestroyed, sender.isDestroyed]).toEqual([false, true])
  })
  test('a user who has logged off makes room again', () => {
    const connections = table({ total: 1 })
    const guest = new FakeGuest()
    const seat = connections.add('192.0.2.1', guest)
    seat.rise('user')
    seat.fall()
    connections.add('192.0.2.2', new FakeGuest())
    expect(guest.isDestroyed).toBe(true)
  })
  test('where everybody has logged in the newcomer is refused', () => {
    const connections = table({ total: 1 })
    connections.add('192.0.2.1', new FakeGuest()).rise('user')
    expect(connections.admits('192.0.2.2')).toBe(false)
    expect(connections.admits('127.0.0.1')).toBe(false)
  })
  test('a user who delivers mail, too, stays a user', () => {
    const connections = table({ total: 1 })
    const seat = connections.add('192.0.2.1', new FakeGuest())
    seat.rise('user')
    seat.rise('sender')
    expect(connections.admits('192.0.2.2')).toBe(false)
  })
})

describe('sessions of one user', () => {
  test('no more than the limit from one address; others and other places are free', async () => {
    const connections = table({ perUser: 1 })
    const guest = new FakeGuest()
    const seat = connections.add('192.0.2.1', guest)
    expect(seat.admitsUser('alice')).toBe(true)
    expect(seat.admitsUser('alice')).toBe(true)
    const next = connections.add('192.0.2.1', new FakeGuest())
    expect(next.admitsUser('alice')).toBe(false)
    expect(connections.add('192.0.2.2', new FakeGuest()).admitsUser('alice')).toBe(true)
    expect(connections.add('192.0.2.1', new FakeGuest()).admitsUser('bob')).toBe(true)
    guest.destroy()
    await settled()
    expect(next.admitsUser('alice')).toBe(true)
  })
  test('one connection is one session, whoever comes after UNAUTHENTICATE', () => {
    const connections = table({ perUser: 1 })
    const seat = connections.add('192.0.2.1', new FakeGuest())
    const next = connections.add('192.0.2.1', new FakeGuest())
    expect(seat.admitsUser('alice')).toBe(true)
    expect(next.admitsUser('bob')).toBe(true)
    expect(seat.admitsUser('bob')).toBe(false)
    expect(seat.admitsUser('carol')).toBe(true)
    expect(next.admitsUser('alice')).toBe(true)
  })
  test('on this machine a webmail serves everybody', () => {
    const connections = table({ perUser: 1 })
    connections.add('::1', new FakeGuest()).admitsUser('alice')
    expect(connections.add('::1', new FakeGuest()).admitsUser('alice')).toBe(true)
  })
})

describe('closing', () => {
  test('asks everybody, waits, and cuts who does not go', async () => {
    const connections = table({})
    const [polite, stubborn] = [new FakeGuest(), new FakeGuest(false)]
    connections.add('192.0.2.1', polite)
    connections.add('192.0.2.2', stubborn)
    let end: () => void = () => {}
    const closed = connections.close(
      new Promise<void>((resolve) => {
        end = resolve
      }),
    )
    await settled()
    expect([polite.isStopped, stubborn.isStopped, stubborn.isDestroyed]).toEqual([true, true, false])
    end()
    await closed
    expect(connections.size).toBe(0)
    expect(stubborn.isDestroyed).toBe(true)
  })
})

test.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['', true],
  ['128.0.0.1', false],
  ['::2', false],
  ['1270.0.0.1', false],
])('%s is this machine: %s', (address, is) => {
  expect(isLocal(address)).toBe(is)
})
