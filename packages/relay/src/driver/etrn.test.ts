import { type Clock, chunksBody, fromLatin1, parseNetworks, type QueueId } from '@mailwright/core'
import { performer } from '@mailwright/core/driver'
import { reply } from '@mailwright/smtp'
import { createMemoryQueue } from '@mailwright/store-memory'
import { expect, test } from 'vitest'
import { RelayChecks, RoutedPolicy, type StageChecks } from '../receiving/routed-policy.js'
import { Router } from '../routing/router.js'
import { ROUTING_RULES } from '../routing/rules.js'
import { Receiving } from './receiving.js'

const NOW = Date.UTC(2026, 0, 1)
const LATER = NOW + 3_600_000
const clock: Clock = { now: () => 0, date: () => NOW, after: () => () => {} }
const random = { bytes: (count: number) => new Uint8Array(count) }
const { signal } = new AbortController()
const PEER = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 25 }
const session = {
  role: 'mx',
  hostname: 'mx.example.com',
  peer: PEER,
  tls: null,
  hello: 'EHLO',
  heloName: 'relay.example',
  identity: null,
  protocol: 'ESMTP',
} as const

/** A queue in which a message waits for each of these domains. */
async function waiting(domains: readonly string[], checks?: StageChecks) {
  const queue = createMemoryQueue()
  for (const [at, domain] of domains.entries()) {
    await queue.enqueue(
      {
        id: `A${at}` as QueueId,
        envelope: { reversePath: 'joe@example.org' },
        recipients: [{ address: `x@${domain}` }],
        arrived: NOW,
        body: chunksBody([fromLatin1('\r\nhello\r\n')]),
      },
      signal,
    )
  }
  const { claimed } = await queue.claim({ now: NOW, limit: 9, lease: 60_000 }, signal)
  for (const { lease } of claimed) {
    const outcome = { kind: 'deferred', until: LATER, status: '4.4.1', text: 'away', relay: 'none' } as const
    await queue.settle({ lease, outcomes: [{ recipient: 0, outcome }] }, signal)
  }
  const router = new Router({ ...ROUTING_RULES, origin: 'example.com', destinations: [] })
  const receiving = new Receiving({
    hostname: 'mx.example.com',
    origin: 'example.com',
    policy: new RoutedPolicy(router, checks ?? new RelayChecks(router, parseNetworks([]))),
    perform: performer([]),
    queue,
    keptDomains: ['Relay.example', 'sub.relay.example', 'other.example'],
    clock,
    random,
  })
  const due = async (): Promise<readonly string[]> => {
    const { claimed } = await queue.claim({ now: NOW, limit: 9, lease: 60_000 }, signal)
    return claimed.map(({ message }) => message.recipients[0]?.address ?? '').sort()
  }
  return { receiving, due }
}

test.each([
  ['a domain', 'node', 'RELAY.example', 'started', ['x@relay.example']],
  ['a domain and all below it', 'subdomains', 'relay.example', 'started', ['x@relay.example', 'x@sub.relay.example']],
  ['a domain that nothing is kept for', 'node', 'stranger.example', 'notAllowed', []],
  ['a queue of ours', 'queue', 'relay.example', 'notAllowed', []],
] as const)('[B13] ETRN for %s makes its mail due, and no other', async (_, scope, node, verdict, addresses) => {
  const { receiving, due } = await waiting(['relay.example', 'sub.relay.example', 'other.example', 'stranger.example'])
  expect(await due()).toEqual([])
  expect(await receiving.etrn({ session, scope, node }, signal)).toEqual({ kind: verdict })
  expect(await due()).toEqual(addresses)
})

test.each([
  ['whose refusals wait', 'atRecipient', 'refused', []],
  ['who was let in', 'atOnce', 'started', ['x@relay.example']],
] as const)('[B13] ETRN of a client %s', async (_, refusals, verdict, addresses) => {
  const no = { kind: 'refused', reply: reply(554, '5.7.1', 'Client host rejected: Access denied') } as const
  const { receiving, due } = await waiting(['relay.example'], {
    refusals,
    stages: new Set(['client']),
    *check() {
      return no
    },
  })
  expect((await receiving.etrn({ session, scope: 'node', node: 'relay.example' }, signal)).kind).toBe(verdict)
  expect(await due()).toEqual(addresses)
})
