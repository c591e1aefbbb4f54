import { chunksBody, type EngineEvent, fromLatin1, type QueueId } from '@mailwright/core'
import type { DeliveryRequest, DeliveryResult } from '@mailwright/relay'
import { QUEUE_RUNNER_LIMITS } from '@mailwright/relay'
import { startQueueRunner } from '@mailwright/relay/driver'
import { createMemoryQueue } from '@mailwright/store-memory'
import { VirtualClock } from '@mailwright/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const signal = new AbortController().signal
const DAY = 86_400_000
const SITES = 7

/** How a recipient fares: how often it fails before its end, in which way, and what the end is. */
interface Plan {
  readonly site: number
  readonly failures: number
  readonly trouble: 'later' | 'down' | 'throws' | 'slow'
  readonly end: 'sent' | 'no' | 'never'
}

/** What ended each recipient, and how often. */
interface Ends {
  readonly sent: Map<string, number>
  readonly told: Map<string, number>
}

/** Runs messages through a queue for some days, and takes down how each recipient ended. */
async function simulate(
  messages: readonly (readonly Plan[])[],
  days: number,
): Promise<Ends & { readonly left: number; readonly most: number; readonly gaps: number[] }> {
  const clock = new VirtualClock()
  const queue = createMemoryQueue()
  const plans = new Map<string, Plan>()
  const tries = new Map<string, number[]>()
  const ends: Ends = { sent: new Map(), told: new Map() }
  const busy = new Map<string, number>()
  let most = 0
  const faults: string[] = []
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1)

  const deliver = async ({ nexthop, recipients }: DeliveryRequest): Promise<{ results: DeliveryResult[] }> => {
    count(busy, nexthop)
    most = Math.max(most, busy.get(nexthop) ?? 0)
    try {
      const troubles = recipients.map(({ address }) => troubleOf(address))
      if (troubles.includes('slow')) await new Promise<void>((resolve) => clock.after(90_000, resolve))
      if (troubles.includes('throws')) throw new Error('a bug')
      return { results: recipients.map(({ address, position }, at) => resultOf(address, position, troubles[at])) }
    } finally {
      busy.set(nexthop, (busy.get(nexthop) ?? 1) - 1)
    }
  }
  const troubleOf = (address: string): Plan['trouble'] | null => {
    const made = tries.get(address) ?? []
    made.push(clock.now())
    tries.set(address, made)
    const plan = plans.get(address)
    return plan !== undefined && (plan.end === 'never' || made.length <= plan.failures) ? plan.trouble : null
  }
  const resultOf = (address: string, position: number, trouble: Plan['trouble'] | null | undefined): DeliveryResult => {
    const base = { position, relay: 'mx' }
    if (trouble === null || trouble === undefined) {
      if (plans.get(address)?.end === 'no') return { ...base, kind: 'failed', status: '5.1.1', text: 'no' }
      count(ends.sent, address)
      return { ...base, kind: 'delivered', status: '2.0.0', text: 'Ok', reports: 'relayed' }
    }
    const site = trouble === 'down' ? ({ site: 'down' } as const) : {}
    return { ...base, kind: 'deferred', status: '4.4.1', text: 'later', ...site }
  }

  const runner = startQueueRunner({
    queue,
    clock,
    agents: { smtp: { deliver } },
    route: async ({ address }) => {
      const nexthop = address.slice(address.indexOf('@') + 1)
      return { kind: 'route', route: { transport: 'smtp', nexthop, address } }
    },
    report: async ({ recipients }) => {
      for (const { action, recipient } of recipients) if (action === 'failed') count(ends.told, recipient.address)
      return 'R'
    },
    onEvent: ({ name, message }: EngineEvent) => {
      if (name === 'queueFault' || name === 'reportFault') faults.push(`${name}: ${message}`)
    },
  })
  for (const [at, recipients] of messages.entries()) {
    const addresses = recipients.map((plan, index) => {
      const address = `m${at}.r${index}@site${plan.site}`
      plans.set(address, plan)
      return { address }
    })
    const id = `M${String(at).padStart(6, '0')}` as QueueId
    const body = chunksBody([fromLatin1('x')])
    await queue.enqueue(
      { id, envelope: { reversePath: 'me@d' }, recipients: addresses, arrived: clock.date(), body },
      signal,
    )
    if (at % 16 === 0) await clock.advance(1_000)
  }
  await clock.advance(days * DAY)
  const left = (await queue.list({ after: null, limit: 1_000_000 }, signal)).messages.length
  const closed = runner.close()
  await clock.advance(20_000)
  await closed
  expect(faults).toEqual([])
  const gaps = [...tries.values()].flatMap((times) => times.slice(1).map((time, index) => time - (times[index] ?? 0)))
  return { ...ends, left, most, gaps }
}

/** Every recipient ends once: with somebody who answers for it, or with a word to its sender. */
function judge(
  messages: readonly (readonly Plan[])[],
  { sent, told, left, most, gaps }: Awaited<ReturnType<typeof simulate>>,
): void {
  expect(left).toBe(0)
  expect(most).toBeLessThanOrEqual(QUEUE_RUNNER_LIMITS.destinationConcurrency)
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(QUEUE_RUNNER_LIMITS.minimalBackoff)
  for (const [at, recipients] of messages.entries()) {
    for (const [index, plan] of recipients.entries()) {
      const address = `m${at}.r${index}@site${plan.site}`
      const both = (sent.get(address) ?? 0) + (told.get(address) ?? 0)
      expect(`${address}: ${both}`).toBe(`${address}: 1`)
      if (plan.end === 'never') expect(told.get(address)).toBe(1)
    }
  }
}

const plan: fc.Arbitrary<Plan> = fc.record({
  site: fc.nat(SITES - 1),
  failures: fc.nat(12),
  trouble: fc.constantFrom('later' as const, 'down' as const, 'throws' as const, 'slow' as const),
  end: fc.constantFrom('sent' as const, 'sent' as const, 'no' as const, 'never' as const),
})

test('[J4] whatever happens to messages in six days, each recipient ends once: delivered, or its sender was told', async () => {
  const messages = fc.array(fc.array(plan, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(messages, async (given) => judge(given, await simulate(given, 7))),
    { numRuns: 12 },
  )
}, 120_000)

test('[J4] 2,000 messages, most of them in trouble, over seven days', async () => {
  const kinds = ['later', 'down', 'slow', 'later'] as const
  const endings = ['sent', 'sent', 'sent', 'no', 'sent', 'never'] as const
  const messages = Array.from({ length: 2_000 }, (_, at): readonly Plan[] => [
    {
      site: at % SITES,
      failures: (at * 7) % 9,
      trouble: kinds[at % kinds.length] ?? 'later',
      end: endings[at % endings.length] ?? 'sent',
    },
  ])
  judge(messages, await simulate(messages, 7))
}, 120_000)
