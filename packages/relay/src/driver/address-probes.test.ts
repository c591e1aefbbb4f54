import { performer } from '@mailwright/core/driver'
import { settled, VirtualClock } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import type { DeliveryAgent, DeliveryRequest, DeliveryResult } from '../delivery/agent.js'
import { errorAgent } from '../delivery/plain-agents.js'
import { Router } from '../routing/router.js'
import { ROUTING_RULES } from '../routing/rules.js'
import { createAddressProbes } from './address-probes.js'

const never = new AbortController().signal
const DAY = 86_400_000
const TAKEN = { kind: 'delivered', relay: 'mx', status: '2.1.5', text: 'Ok', reports: 'passedOn' } as const
const REFUSED = { kind: 'failed', relay: 'mx', status: '5.1.1', text: 'host mx said: 550 nobody' } as const
const AWAY = { kind: 'deferred', relay: 'none', status: '4.4.1', text: 'connect to mx: timed out' } as const

type Fate = typeof TAKEN | typeof REFUSED | typeof AWAY

/** Probes over an agent that answers as a test says. */
function world(answer: (address: string) => Fate | Promise<Fate>, limits = {}) {
  const asked: DeliveryRequest[] = []
  const clock = new VirtualClock()
  const smtp: DeliveryAgent = {
    deliver: () => Promise.reject(new Error('nothing is to be sent')),
    async probe(request) {
      asked.push(request)
      const results = request.recipients.map(
        async ({ address, position }): Promise<DeliveryResult> => ({ ...(await answer(address)), position }),
      )
      return { results: await Promise.all(results) }
    },
  }
  const router = new Router({
    ...ROUTING_RULES,
    origin: 'ours.example',
    destinations: ['ours.example'],
    relayDomains: ['relayed.example'],
    transportMaps: ['t'],
  })
  const perform = performer([
    {
      lookup: async ({ key }: { key: string }) =>
        key === 'shut.example' ? { kind: 'found', value: 'error:5.7.1 shut' } : { kind: 'notFound' },
      lookupUser: async ({ user }: { user: string }) =>
        user === 'joe' ? { kind: 'found', user, account: user } : { kind: 'noSuchUser' },
    },
  ])
  const local: DeliveryAgent = { deliver: () => Promise.reject(new Error('nothing is to be sent')) }
  const agents = { smtp, relay: smtp, local, error: errorAgent('failed') }
  const probes = createAddressProbes({ router, perform, agents, clock, limits })
  return { asked, clock, probes, probe: (address: string) => probes.probeAddress({ address }, never) }
}

describe('address probes', () => {
  test('our own are asked of our tables, others of who has them', async () => {
    const { probe, asked } = world((address) => (address === 'a@there.example' ? TAKEN : REFUSED))
    expect(await probe('joe@ours.example')).toEqual({ kind: 'deliverable' })
    expect(await probe('max@ours.example')).toEqual({
      kind: 'undeliverable',
      text: 'User unknown in local recipient table',
    })
    expect(asked).toEqual([])
    expect(await probe('a@there.example')).toEqual({ kind: 'deliverable' })
    expect(await probe('b@relayed.example')).toEqual({ kind: 'undeliverable', text: 'host mx said: 550 nobody' })
    expect(await probe('c@shut.example')).toEqual({ kind: 'undeliverable', text: 'shut' })
    expect(asked.map(({ nexthop, message }) => [nexthop, message.envelope.reversePath])).toEqual([
      ['there.example', ''],
      ['relayed.example', ''],
    ])
  })

  test('a yes is remembered for a week, a no for three hours, and what is not known for a minute', async () => {
    const { probe, asked, clock } = world((address) =>
      address.startsWith('y') ? TAKEN : address.startsWith('n') ? REFUSED : AWAY,
    )
    const round = async () => {
      const before = asked.length
      for (const name of ['y', 'n', 'u']) await probe(`${name}@There.example`)
      return asked.slice(before).map(({ recipients }) => recipients[0]?.address.charAt(0))
    }
    expect(await round()).toEqual(['y', 'n', 'u'])
    await clock.advance(59_999)
    expect(await round()).toEqual([])
    await clock.advance(1)
    expect(await round()).toEqual(['u'])
    await clock.advance(3 * 3_600_000)
    expect(await round()).toEqual(['n', 'u'])
    await clock.advance(7 * DAY)
    expect(await round()).toEqual(['y', 'n', 'u'])
  })

  test('nobody waits longer than nine seconds; the answer is there for who comes again', async () => {
    let tell: (fate: Fate) => void = () => {}
    const { probe, asked, clock } = world(() => new Promise((resolve) => (tell = resolve)))
    const first = probe('a@there.example')
    const second = probe('a@there.example')
    await settled()
    await clock.advance(9_000)
    const waiting = { kind: 'unknown', text: 'Address verification in progress' }
    expect(await first).toEqual(waiting)
    expect(await second).toEqual(waiting)
    tell(TAKEN)
    await settled()
    expect(await probe('a@there.example')).toEqual({ kind: 'deliverable' })
    expect(asked).toHaveLength(1)
  })

  test('not more questions at once than the limit', async () => {
    const { probe, asked } = world(() => new Promise<never>(() => {}), { questions: 1 })
    void probe('a@there.example')
    await settled()
    expect(await probe('b@there.example')).toMatchObject({ kind: 'unknown' })
    expect(asked).toHaveLength(1)
  })

  test('an agent that fails is not known; who asks may go away', async () => {
    const { probe, probes } = world(() => Promise.reject(new Error('broken')))
    expect(await probe('a@there.example')).toEqual({ kind: 'unknown', text: 'broken' })
    const gone = new AbortController()
    const waiting = probes.probeAddress({ address: 'b@there.example' }, gone.signal)
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await probes.close()
  })
})
