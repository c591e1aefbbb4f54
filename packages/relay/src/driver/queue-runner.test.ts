import {
  chunksBody,
  type EngineEvent,
  fromLatin1,
  type MailQueue,
  type QueueEnvelope,
  type QueueId,
  type RecipientEnvelope,
} from '@mailwright/core'
import { createMemoryQueue } from '@mailwright/store-memory'
import { VirtualClock } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import type { DeliveryAgent, DeliveryRequest, DeliveryResult } from '../delivery/agent.js'
import { type QueueRunner, type QueueRunnerOptions, startQueueRunner } from './queue-runner.js'

const signal = new AbortController().signal
const MINUTE = 60_000
const DAY = 86_400_000

type Fate = Omit<Extract<DeliveryResult, { readonly kind: 'deferred' | 'failed' }>, 'position'> | 'sent'

const DOWN: Fate = {
  kind: 'deferred',
  relay: 'none',
  status: '4.4.1',
  text: 'connect to mx: Connection refused',
  site: 'down',
}
const LATER: Fate = { kind: 'deferred', relay: 'mx', status: '4.2.1', text: 'later' }
const NO: Fate = { kind: 'failed', relay: 'mx', status: '5.1.1', text: 'no' }

/** A queue and its runner on a clock that stands still; what happens at each destination is the test's. */
class World {
  readonly clock = new VirtualClock()
  readonly queue: MailQueue = createMemoryQueue()
  readonly events: EngineEvent[] = []
  /** Each delivery: when, where, to whom. */
  readonly deliveries: { readonly at: number; readonly nexthop: string; readonly to: readonly string[] }[] = []
  readonly reports: string[] = []
  readonly runner: QueueRunner
  #ids = 0

  constructor(fate: (address: string, at: number) => Fate | Promise<Fate>, options: Partial<QueueRunnerOptions> = {}) {
    const deliver = async ({ nexthop, recipients }: DeliveryRequest): Promise<{ results: DeliveryResult[] }> => {
      this.deliveries.push({ at: this.clock.now(), nexthop, to: recipients.map(({ address }) => address) })
      const results: DeliveryResult[] = []
      for (const { address, position } of recipients) {
        const answer = await fate(address, this.clock.now())
        results.push(
          answer === 'sent'
            ? { kind: 'delivered', position, relay: 'mx', status: '2.0.0', text: '250 Ok', reports: 'relayed' }
            : { ...answer, position },
        )
      }
      return { results }
    }
    const agent: DeliveryAgent = { deliver }
    this.runner = startQueueRunner({
      queue: this.queue,
      clock: this.clock,
      agents: { smtp: agent },
      route: async ({ address }) => ({
        kind: 'route',
        route: { transport: 'smtp', nexthop: address.slice(address.indexOf('@') + 1), address },
      }),
      report: async ({ message, recipients }) => {
        for (const { action, recipient } of recipients)
          this.reports.push(`${message.id} ${action} ${recipient.address}`)
        return `R${message.id}`
      },
      onEvent: (event) => this.events.push(event),
      ...options,
      limits: { gather: 0, ...options.limits },
    })
  }

  async send(to: readonly (string | RecipientEnvelope)[], envelope: Partial<QueueEnvelope> = {}): Promise<QueueId> {
    const id = `M${String(this.#ids++).padStart(5, '0')}` as QueueId
    const recipients = to.map((each) => (typeof each === 'string' ? { address: each } : each))
    const body = chunksBody([fromLatin1('Subject: x\r\n\r\n')])
    const args = { id, envelope: { reversePath: 'me@d', ...envelope }, recipients, arrived: this.clock.date(), body }
    await this.queue.enqueue(args, signal)
    return id
  }

  async left(): Promise<number> {
    return (await this.queue.list({ after: null, limit: 1_000_000 }, signal)).messages.length
  }
}

describe('the queue runner', () => {
  test('delivers to each destination once, and lets the message go', async () => {
    const world = new World(() => 'sent')
    await world.send(['a@x', 'b@y', 'c@x'])
    await world.clock.advance(10)
    expect(world.deliveries.map(({ nexthop, to }) => [nexthop, to])).toEqual([
      ['x', ['a@x', 'c@x']],
      ['y', ['b@y']],
    ])
    expect(await world.left()).toBe(0)
    expect(world.events.map(({ name }) => name)).toEqual(['claimed', 'delivery', 'delivery', 'delivery', 'removed'])
    await world.runner.close()
  })

  test('[J4] what is deferred is tried again at growing intervals, for five days, and then its sender is told', async () => {
    const world = new World(() => LATER)
    const id = await world.send(['a@x'])
    await world.clock.advance(6 * DAY)
    const gaps = world.deliveries.map(({ at }, index) => (at - (world.deliveries[index - 1]?.at ?? 0)) / 1_000)
    expect(gaps.slice(0, 7)).toEqual([0, 300, 300, 600, 1_200, 2_400, 4_000])
    expect(Math.max(...gaps)).toBe(4_000)
    const last = world.deliveries.at(-1)?.at ?? 0
    expect(last).toBeGreaterThanOrEqual(5 * DAY)
    expect(last).toBeLessThanOrEqual(5 * DAY + 4_000_000)
    expect(world.reports).toEqual([`${id} failed a@x`])
    expect(await world.left()).toBe(0)
    await world.runner.close()
  })

  test('who asked for it hears of the first attempt for each recipient, whatever becomes of them, and of no other', async () => {
    const requests: string[] = []
    const world = new World(
      (address) => (address.startsWith('no') ? NO : address.startsWith('later') ? LATER : 'sent'),
      {
        report: async ({ report = 'other', recipients }) => {
          requests.push(
            `${report}: ${recipients.map(({ action, recipient }) => `${action} ${recipient.address}`).join(', ')}`,
          )
          return `R${requests.length}`
        },
      },
    )
    const to = [{ address: 'ok@x', notify: ['NEVER' as const] }, 'no@y', 'later@z']
    await world.send(to, { firstAttempt: 'told' })
    await world.clock.advance(DAY)
    expect(requests[0]).toBe('other: failed no@y')
    expect(requests.slice(1).map((each) => each.split(', ').toSorted().join(', '))).toEqual([
      'delayed later@z, failed no@y, status: relayed ok@x',
    ])
    expect(world.deliveries.filter(({ nexthop }) => nexthop === 'z').length).toBeGreaterThan(1)
    const told = world.events.filter(({ name }) => name === 'report').map(({ report }) => report)
    expect(told).toEqual(['failure', 'status'])
    await world.runner.close()
  })

  test('mail whose status cannot be reported is not repeated for it', async () => {
    const world = new World(() => 'sent', { report: () => Promise.reject(new Error('full')) })
    await world.send(['a@x'], { firstAttempt: 'told' })
    await world.clock.advance(DAY)
    expect(world.deliveries).toHaveLength(1)
    expect(await world.left()).toBe(0)
    expect(world.events.map(({ name }) => name)).toContain('reportFault')
    await world.runner.close()
  })

  test('one report for all that failed in one attempt, and it is queued before they are settled', async () => {
    const states: (string | undefined)[] = []
    const world: World = new World((address) => (address.startsWith('no') ? NO : 'sent'), {
      report: async ({ recipients }) => {
        const { messages } = await world.queue.list({ after: null, limit: 1 }, signal)
        states.push(...(messages[0]?.recipients.map(({ state }) => state.kind) ?? []))
        return `R${recipients.length}`
      },
    })
    await world.send(['no1@x', 'ok@y', 'no2@z'])
    await world.clock.advance(10)
    expect(states).toEqual(['pending', 'delivered', 'pending'])
    expect(world.events.find(({ name }) => name === 'report')).toMatchObject({ reportId: 'R2', report: 'failure' })
    expect(await world.left()).toBe(0)
    await world.runner.close()
  })

  test('a report that cannot be written leaves the recipient in the queue, to be tried again', async () => {
    let failures = 1
    const world: World = new World(() => NO, {
      report: async ({ message }) => {
        if (failures-- > 0) throw new Error('the disk is full')
        world.reports.push(message.id)
        return 'R'
      },
    })
    const id = await world.send(['a@x'])
    await world.clock.advance(30 * MINUTE)
    expect(world.reports).toEqual([id])
    expect(world.events.filter(({ name }) => name === 'reportFault')).toHaveLength(1)
    expect(await world.left()).toBe(0)
    await world.runner.close()
  })

  test('a destination that is down is left alone for a while; a flush tries at once', async () => {
    let isDown = true
    const world = new World((address) => (address.endsWith('@dead') && isDown ? DOWN : 'sent'))
    for (let at = 0; at < 20; at++) await world.send([`a${at}@dead`])
    await world.send(['b@alive'])
    await world.clock.advance(MINUTE)
    const tries = world.deliveries.filter(({ nexthop }) => nexthop === 'dead').length
    // No more than may begin before anybody knows.
    expect(tries).toBeGreaterThan(0)
    expect(tries).toBeLessThanOrEqual(5)
    expect(world.deliveries.filter(({ nexthop }) => nexthop === 'alive')).toHaveLength(1)
    expect(await world.left()).toBe(20)
    isDown = false
    // Whoever does it, in whatever process: `postqueue -f`, ETRN.
    await world.queue.requeue({}, signal)
    await world.clock.advance(MINUTE)
    expect(await world.left()).toBe(0)
    await world.runner.close()
  })

  test('no more deliveries at once than a destination bears, nor than the runner', async () => {
    let now = 0
    let most = 0
    const counts = new Map<string, number>()
    const world: World = new World(
      async (address): Promise<Fate> => {
        const site = address.slice(address.indexOf('@'))
        counts.set(site, (counts.get(site) ?? 0) + 1)
        most = Math.max(most, ++now)
        expect(counts.get(site)).toBeLessThanOrEqual(3)
        await new Promise<void>((resolve) => world.clock.after(1_000, resolve))
        now--
        counts.set(site, (counts.get(site) ?? 0) - 1)
        return 'sent'
      },
      { limits: { destinationConcurrency: 3, initialConcurrency: 2, deliveries: 7 } },
    )
    for (let at = 0; at < 60; at++) await world.send([`a@site${at % 4}`])
    await world.clock.advance(5 * MINUTE)
    expect(most).toBe(7)
    expect(await world.left()).toBe(0)
    await world.runner.close()
  })

  test('what comes shortly behind other mail waits for more, and for nothing where somebody asks', async () => {
    const world = new World(() => 'sent', { limits: { gather: 10 } })
    await world.clock.advance(100)
    const send = async (): Promise<void> => void (await world.send(['a@x']))
    await send()
    await world.clock.advance(4)
    await send()
    await world.clock.advance(4)
    await send()
    await world.clock.advance(20)
    expect(world.deliveries.map(({ at }) => at)).toEqual([100, 110, 110])
    await send()
    await world.clock.advance(1)
    await send()
    world.runner.flush()
    await world.clock.advance(1)
    expect(world.deliveries.map(({ at }) => at).slice(3)).toEqual([128, 129])
    await world.runner.close()
  })

  test('an agent that says how many deliveries it takes at once gets so many, from the first on', async () => {
    let [now, most] = [0, 0]
    const agent: DeliveryAgent = {
      concurrency: 4,
      async deliver({ recipients }) {
        most = Math.max(most, ++now)
        await new Promise<void>((resolve) => world.clock.after(1_000, resolve))
        now--
        const told = { kind: 'delivered', relay: 'local', status: '2.0.0', text: 'Ok', reports: 'delivered' } as const
        return { results: recipients.map(({ position }) => ({ ...told, position })) }
      },
    }
    const limits = { destinationConcurrency: 3, initialConcurrency: 1 }
    const world: World = new World(() => 'sent', { agents: { smtp: agent }, limits })
    for (let at = 0; at < 9; at++) await world.send(['a@x'])
    await world.clock.advance(500)
    expect(now).toBe(4)
    await world.clock.advance(5_000)
    expect([most, await world.left()]).toEqual([4, 0])
    await world.runner.close()
  })

  test('an agent that throws, one that says nothing and one that is not there: deferred, never lost', async () => {
    const world = new World(() => 'sent', {
      agents: {
        silent: { deliver: async () => ({ results: [] }) },
        throws: {
          deliver: async () => {
            throw new Error('bug')
          },
        },
      },
      route: async ({ address }) => ({
        kind: 'route',
        route: { transport: address.slice(0, address.indexOf('@')), nexthop: '', address },
      }),
    })
    await world.send(['silent@x', 'throws@x', 'nobody@x'])
    await world.clock.advance(10)
    const [message] = (await world.queue.list({ after: null, limit: 1 }, signal)).messages
    expect(message?.recipients.map(({ state }) => (state.kind === 'deferred' ? state.text : state.kind))).toEqual([
      'mail transport failed',
      'mail transport failed',
      'mail transport unavailable: nobody',
    ])
    await world.runner.close()
  })

  test('a runner that closes lets what is under way end, and gives back what has not begun', async () => {
    const world: World = new World(
      async (): Promise<Fate> => {
        await new Promise<void>((resolve) => world.clock.after(5_000, resolve))
        return 'sent'
      },
      { limits: { deliveries: 1 } },
    )
    await world.send(['a@x'])
    await world.send(['b@y'])
    await world.clock.advance(10)
    const closed = world.runner.close()
    await world.clock.advance(6_000)
    await closed
    expect(world.deliveries).toHaveLength(1)
    const { messages } = await world.queue.list({ after: null, limit: 9 }, signal)
    expect(
      messages.map(({ recipients, isActive }) => [recipients[0]?.address, recipients[0]?.attempts, isActive]),
    ).toEqual([['b@y', 0, false]])
  })

  test('a delivery longer than a lease is nobody else’s meanwhile', async () => {
    const world: World = new World(async (): Promise<Fate> => {
      await new Promise<void>((resolve) => world.clock.after(45 * MINUTE, resolve))
      return 'sent'
    })
    await world.send(['a@x'])
    await world.clock.advance(44 * MINUTE)
    expect((await world.queue.claim({ now: world.clock.date(), limit: 9, lease: 1 }, signal)).claimed).toEqual([])
    await world.clock.advance(2 * MINUTE)
    expect(await world.left()).toBe(0)
    expect(world.deliveries).toHaveLength(1)
    await world.runner.close()
  })

  test('a runner that closes gives back what waits for a busy destination', async () => {
    const world: World = new World(
      async (): Promise<Fate> => {
        await new Promise<void>((resolve) => world.clock.after(5_000, resolve))
        return 'sent'
      },
      { limits: { destinationConcurrency: 1 } },
    )
    for (let at = 0; at < 3; at++) await world.send(['a@x'])
    await world.clock.advance(10)
    const closed = world.runner.close()
    await world.clock.advance(6_000)
    await closed
    expect(world.deliveries).toHaveLength(1)
    const { messages } = await world.queue.list({ after: null, limit: 9 }, signal)
    expect(messages.map(({ isActive }) => isActive)).toEqual([false, false])
  })

  test('a runner that closes does not wait for what does not listen; that mail is due again', async () => {
    const world: World = new World(() => new Promise(() => {}), {
      route: ({ address }) =>
        address === 'b@y'
          ? new Promise(() => {})
          : Promise.resolve({ kind: 'route', route: { transport: 'smtp', nexthop: 'x', address } }),
    })
    await world.send(['a@x'])
    await world.send(['b@y'])
    await world.clock.advance(10)
    const closed = world.runner.close(1_000)
    await world.clock.advance(1_000)
    await closed
    const { messages } = await world.queue.list({ after: null, limit: 9 }, signal)
    expect(messages.map(({ recipients, isActive }) => [recipients[0]?.state.kind, isActive])).toEqual([
      ['pending', false],
      ['pending', false],
    ])
  })

  test('a way that cannot be found does not hold up others', async () => {
    const world = new World(() => 'sent', {
      route: ({ address }) =>
        address === 'a@slow'
          ? new Promise(() => {})
          : Promise.resolve({ kind: 'route', route: { transport: 'smtp', nexthop: 'x', address } }),
    })
    await world.send(['a@slow'])
    await world.send(['b@x'])
    await world.clock.advance(10)
    await world.send(['c@x'])
    await world.clock.advance(10)
    expect(world.deliveries.map(({ to }) => to)).toEqual([['b@x'], ['c@x']])
    const closed = world.runner.close(1_000)
    await world.clock.advance(1_000)
    await closed
  })

  test('a message to many does not hold up a message to one, and what is urgent overtakes both', async () => {
    const world: World = new World(
      async (): Promise<Fate> => {
        await new Promise<void>((resolve) => world.clock.after(1_000, resolve))
        return 'sent'
      },
      { limits: { destinationConcurrency: 1, deliveryRecipients: 2 } },
    )
    await world.send(Array.from({ length: 10 }, (_, at) => `many${at}@x`))
    await world.clock.advance(10)
    await world.send(['one@x'])
    await world.clock.advance(10)
    await world.send(['urgent@x'], { priority: 5 })
    await world.clock.advance(60_000)
    expect(world.deliveries.map(({ to }) => to[0])).toEqual([
      'many0@x',
      'urgent@x',
      'many2@x',
      'one@x',
      'many4@x',
      'many6@x',
      'many8@x',
    ])
    await world.runner.close()
  })

  test('after its deliver-by time a message is not tried again, and goes back to its sender (RFC 2852)', async () => {
    const world = new World(() => LATER)
    const at = world.clock.date() + 20 * MINUTE
    const id = await world.send(['a@x'], { deliverBy: { at, mode: 'R', isTraced: false } })
    await world.clock.advance(DAY)
    expect(world.deliveries.map(({ at: when }) => when / 1_000)).toEqual([0, 300, 600])
    expect(world.reports).toEqual([`${id} failed a@x`])
    expect(world.events.find(({ status }) => status === 'bounced')).toMatchObject({ dsn: '5.4.7' })
    expect(await world.left()).toBe(0)
    await world.runner.close()
  })
})
