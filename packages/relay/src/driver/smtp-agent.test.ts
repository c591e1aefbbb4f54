import {
  bytesHandle,
  fromLatin1,
  newRecipient,
  type QueuedMessage,
  type QueueEnvelope,
  type QueueId,
  type Random,
  type TlsFacts,
} from '@mailwright/core'
import { drive } from '@mailwright/core/driver'
import { createSmtpServer, type Mailbox, reply, type SmtpHandler, writeMailbox } from '@mailwright/smtp'
import { duplexPair, VirtualClock } from '@mailwright/testing'
import { describe, expect, test } from 'vitest'
import type { DeliveryAgent, DeliveryResult } from '../delivery/agent.js'
import type { DialTarget } from '../delivery/dialer.js'
import { createSmtpAgent, type SessionFacts, type SmtpAgentOptions } from './smtp-agent.js'

const signal = new AbortController().signal
const NO_CHANCE: Random = { bytes: (count) => new Uint8Array(count) }

/** What a server took: its own name, who sent, who gets, and the text. */
interface Taken {
  readonly host: string
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
}

type Trust = NonNullable<TlsFacts['trust']>

/** A small internet: hosts by address, each an SMTP server of ours with its own mind, or nobody. */
class Net {
  readonly clock = new VirtualClock()
  readonly taken: Taken[] = []
  readonly dialled: string[] = []
  readonly #hosts = new Map<
    string,
    { readonly name: string; readonly refuses: (address: string) => number | undefined; readonly trust?: Trust }
  >()

  host(address: string, name: string, refuses: (address: string) => number | undefined = () => undefined): this {
    this.#hosts.set(address, { name, refuses })
    return this
  }

  /** A host with REQUIRETLS, encrypted from the first octet; `trust`: how far its certificate is believed. */
  tlsHost(address: string, name: string, trust: Trust): this {
    this.#hosts.set(address, { name, refuses: () => undefined, trust })
    return this
  }

  agent(mx: { readonly [domain: string]: readonly string[] }, options: Partial<SmtpAgentOptions> = {}): DeliveryAgent {
    return createSmtpAgent({
      protocol: 'smtp',
      hostname: 'relay.example',
      clock: this.clock,
      random: NO_CHANCE,
      dialer: { dial: async (target) => this.#dial(target) },
      resolver: {
        resolveMx: async () => ({ kind: 'notFound' }),
        resolveTlsa: async () => ({ kind: 'notFound' }),
        resolveAddresses: async ({ host }) => {
          const records = mx[host]
          return records === undefined ? { kind: 'notFound' } : { kind: 'found', records, isAuthentic: false }
        },
      },
      ...options,
    })
  }

  #dial({ to }: DialTarget): { readonly duplex: ReturnType<typeof duplexPair>[0]; readonly tls?: TlsFacts } {
    const address = 'path' in to ? to.path : to.host
    this.dialled.push(address)
    const host = this.#hosts.get(address)
    if (host === undefined) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const [ours, theirs] = duplexPair()
    const { name, trust } = host
    const tls = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }
    const peer = {
      address: '192.0.2.250',
      port: 1,
      localAddress: address,
      localPort: 25,
      ...(trust === undefined ? {} : { tls }),
    }
    const engine = createSmtpServer({
      role: 'path' in to ? 'lmtp' : 'mx',
      hostname: name,
      peer,
      abilities: trust === undefined ? {} : { requireTls: true },
    })
    drive(engine, theirs, { adapters: [this.#handler(host)], clock: this.clock })
    return { duplex: ours, ...(trust === undefined ? {} : { tls: { ...tls, trust } }) }
  }

  #handler({ name, refuses }: { name: string; refuses: (address: string) => number | undefined }): SmtpHandler {
    const spelled = (mailbox: Mailbox | null): string => (mailbox === null ? '' : writeMailbox(mailbox))
    return {
      async recipient({ recipient }) {
        const code = refuses(spelled(recipient))
        return code === undefined
          ? { kind: 'accepted' }
          : { kind: 'refused', reply: reply(code, `${code}`.startsWith('5') ? '5.1.1' : '4.2.1', 'no') }
      },
      message: async ({ transaction, recipients, body }) => {
        let text = ''
        for await (const chunk of body) text += Buffer.from(chunk).toString('latin1')
        this.taken.push({ host: name, from: spelled(transaction.reversePath), to: recipients.map(spelled), text })
        return { kind: 'accepted', id: 'A1' }
      },
    }
  }
}

/** Gives alarms that are due their turn until the promise is settled. */
async function inTime<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isOver = false
  void promise.finally(() => {
    isOver = true
  })
  while (!isOver) await clock.advance(0)
  return promise
}

function deliver(
  agent: DeliveryAgent,
  nexthop: string,
  to: readonly string[],
  reversePath = 'me@relay.example',
  envelope: Partial<QueueEnvelope> = {},
): ReturnType<DeliveryAgent['deliver']> {
  const message: QueuedMessage = {
    id: 'Q1' as QueueId,
    envelope: { reversePath, ...envelope },
    recipients: to.map((address) => newRecipient({ address })),
    arrived: 0,
    octets: 22,
    isHeld: false,
    isActive: true,
  }
  const recipients = message.recipients.map((recipient, position) => ({
    position,
    recipient,
    address: recipient.address,
  }))
  return agent.deliver(
    { message, body: bytesHandle(fromLatin1('Subject: x\r\n\r\n.Hello\r\n')), nexthop, recipients },
    signal,
  )
}

const words = (results: readonly DeliveryResult[]): string[] =>
  results.map(({ position, kind, status, text, relay }) => `${position} ${kind} ${status} ${relay}: ${text}`)

describe('[A1] [C4] the smtp agent', () => {
  test('delivers to a domain, and uses the session again', async () => {
    const net = new Net().host('192.0.2.1', 'mx.example')
    const agent = net.agent({ 'd.example': ['192.0.2.1'] })
    const { results } = await deliver(agent, 'd.example', ['a@d.example', 'b@d.example'])
    expect(words(results)).toEqual([
      '0 delivered 2.0.0 d.example[192.0.2.1]:25: 250 2.0.0 Ok: queued as A1',
      '1 delivered 2.0.0 d.example[192.0.2.1]:25: 250 2.0.0 Ok: queued as A1',
    ])
    expect((await deliver(agent, 'd.example', ['c@d.example'])).times?.reuse).toBe(1)
    expect(net.dialled).toEqual(['192.0.2.1'])
    expect(net.taken.map(({ from, to, text }) => [from, to, text])).toEqual([
      ['me@relay.example', ['a@d.example', 'b@d.example'], 'Subject: x\r\n\r\n.Hello\r\n'],
      ['me@relay.example', ['c@d.example'], 'Subject: x\r\n\r\n.Hello\r\n'],
    ])
    await net.clock.advance(2_000)
    await inTime(net.clock, deliver(agent, 'd.example', ['d@d.example']))
    expect(net.dialled).toHaveLength(2)
    await agent.close?.()
  })

  test('what one host defers or cannot take, the next is asked; what one refuses for good, is refused', async () => {
    const net = new Net()
      .host('192.0.2.2', 'two.example', (address) =>
        address.startsWith('full') ? 450 : address.startsWith('no') ? 550 : undefined,
      )
      .host('192.0.2.3', 'three.example')
    const agent = net.agent({ 'd.example': ['192.0.2.1', '192.0.2.2', '192.0.2.3'] })
    const { results } = await deliver(agent, 'd.example', ['full@d', 'no@d', 'ok@d'])
    expect(net.dialled).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
    expect(words(results).sort()).toEqual([
      '0 delivered 2.0.0 d.example[192.0.2.3]:25: 250 2.0.0 Ok: queued as A1',
      '1 failed 5.1.1 d.example[192.0.2.2]:25: host d.example[192.0.2.2] said: 550 5.1.1 no (in reply to RCPT TO command)',
      '2 delivered 2.0.0 d.example[192.0.2.2]:25: 250 2.0.0 Ok: queued as A1',
    ])
    expect(net.taken.map(({ host, to }) => [host, to])).toEqual([
      ['two.example', ['ok@d']],
      ['three.example', ['full@d']],
    ])
    await agent.close?.()
  })

  test('a host that answered by a session from before is not asked again in the same breath', async () => {
    const net = new Net().host('192.0.2.1', 'mx.example', (address) => (address.startsWith('full') ? 450 : undefined))
    const agent = net.agent({ 'd.example': ['192.0.2.1'] })
    await deliver(agent, 'd.example', ['a@d.example'])
    const { results, times } = await deliver(agent, 'd.example', ['full@d.example'])
    expect(words(results)).toEqual([
      '0 deferred 4.2.1 d.example[192.0.2.1]:25: host d.example[192.0.2.1] said: 450 4.2.1 no (in reply to RCPT TO command)',
    ])
    expect(results[0]).not.toHaveProperty('site')
    expect(times?.reuse).toBe(1)
    expect(net.dialled).toEqual(['192.0.2.1'])
    await agent.close?.()
  })

  test('sessions of a sender are his own, where his login is', async () => {
    const net = new Net().host('192.0.2.1', 'mx.example')
    const asked: SessionFacts[] = []
    const agent = net.agent(
      { 'd.example': ['192.0.2.1'] },
      {
        sessionsBy: 'sender',
        credentials: async (facts) => {
          asked.push(facts)
          return undefined
        },
      },
    )
    for (const sender of ['one@relay.example', 'two@relay.example', 'one@relay.example', '']) {
      await deliver(agent, 'd.example', ['a@d.example'], sender)
    }
    expect(asked.map(({ sender }) => sender)).toEqual(['one@relay.example', 'two@relay.example', ''])
    expect(asked[0]).toMatchObject({ nexthop: 'd.example', host: 'd.example' })
    await agent.close?.()
  })

  test.each([
    ['credentials', '4.3.0', 'SASL password lookup error'],
    ['tlsPolicy', '4.7.5', 'client TLS configuration problem'],
  ])('%s that cannot be known now: nobody is met without', async (choice, status, text) => {
    const net = new Net().host('192.0.2.1', 'mx.example')
    const agent = net.agent({ 'd.example': ['192.0.2.1'] }, { [choice]: async () => 'unavailable' })
    expect(words((await deliver(agent, 'd.example', ['a@d.example'])).results)).toEqual([
      `0 deferred ${status} none: ${text}`,
    ])
    expect(net.dialled).toEqual([])
  })

  test('nobody there: deferred, and the site is down', async () => {
    const { results } = await deliver(new Net().agent({ 'd.example': ['192.0.2.1'] }), 'd.example', ['a@d.example'])
    expect(results).toEqual([
      {
        kind: 'deferred',
        position: 0,
        relay: 'none',
        status: '4.4.1',
        text: 'connect to d.example[192.0.2.1]:25: Connection refused',
        site: 'down',
      },
    ])
  })

  test('no such host fails; a destination that is none is the postmaster’s to mend', async () => {
    const agent = new Net().agent({})
    expect(words((await deliver(agent, 'd.example', ['a@d.example'])).results)[0]).toMatch(/^0 failed 5\.4\.4 none: /)
    expect(words((await deliver(agent, 'a:b:c', ['a@d.example'])).results)).toEqual([
      '0 deferred 4.3.5 none: bad destination: a:b:c',
    ])
  })

  test('TLS that is a must and not offered', async () => {
    const net = new Net().host('192.0.2.1', 'mx.example')
    const agent = net.agent({ 'd.example': ['192.0.2.1'] }, { tlsPolicy: () => ({ level: 'encrypt' }) })
    expect(words((await deliver(agent, 'd.example', ['a@d.example'])).results)).toEqual([
      '0 deferred 4.7.4 d.example[192.0.2.1]:25: TLS is required, but was not offered by host d.example[192.0.2.1]',
    ])
  })

  test('[I2] LMTP over a Unix socket answers for each recipient', async () => {
    const net = new Net().host('/run/lmtp', 'store.example', (address) => (address === 'b@d' ? 550 : undefined))
    const agent = net.agent({}, { protocol: 'lmtp' })
    expect(words((await deliver(agent, 'unix:/run/lmtp', ['a@d', 'b@d'])).results).sort()).toEqual([
      '0 delivered 2.0.0 relay.example[/run/lmtp]: 250 2.0.0 <a@d> A1 Saved',
      '1 failed 5.1.1 relay.example[/run/lmtp]: host relay.example[/run/lmtp] said: 550 5.1.1 no (in reply to RCPT TO command)',
    ])
    await agent.close?.()
  })
})

describe('[D1] REQUIRETLS (RFC 8689 §4.2.1)', () => {
  const A = { 'a.example': ['192.0.2.1'], 'b.example': ['192.0.2.2'], 'd.example': ['192.0.2.1'] }
  const mx = (isAuthentic: boolean): SmtpAgentOptions['resolver'] => ({
    resolveMx: async () => ({
      kind: 'found',
      records: ['a.example', 'b.example'].map((exchange, preference) => ({ preference, exchange })),
      isAuthentic,
    }),
    resolveTlsa: async () => ({ kind: 'notFound' }),
    resolveAddresses: async ({ host }) => ({ kind: 'found', records: A[host as keyof typeof A] ?? [], isAuthentic }),
  })
  const send = (agent: DeliveryAgent, nexthop = 'd.example', from = 'me@relay.example') =>
    deliver(agent, nexthop, ['x@d.example'], from, { requireTls: true })

  test('the first host is not believed, the second is', async () => {
    const net = new Net().tlsHost('192.0.2.1', 'a.example', 'Trusted').tlsHost('192.0.2.2', 'b.example', 'Verified')
    const agent = net.agent({}, { resolver: mx(true) })
    expect(words((await send(agent)).results)).toEqual([
      '0 delivered 2.0.0 b.example[192.0.2.2]:25: 250 2.0.0 Ok: queued as A1',
    ])
    expect(net.dialled).toEqual(['192.0.2.1', '192.0.2.2'])
    await agent.close?.()
  })

  test('no host is believed, or none offers it: the sender hears so at once', async () => {
    const net = new Net().tlsHost('192.0.2.1', 'a.example', 'Trusted').host('192.0.2.2', 'b.example')
    const agent = net.agent({}, { resolver: mx(true) })
    expect(words((await send(agent)).results)).toEqual([
      '0 failed 5.7.10 b.example[192.0.2.2]:25: REQUIRETLS: no verified TLS with host b.example[192.0.2.2]',
    ])
    await agent.close?.()
  })

  test('a host that is away may be the right one: later', async () => {
    const net = new Net().tlsHost('192.0.2.1', 'a.example', 'Trusted')
    const agent = net.agent({}, { resolver: mx(true) })
    expect(words((await send(agent)).results)).toEqual([
      '0 deferred 4.4.1 none: connect to b.example[192.0.2.2]:25: Connection refused',
    ])
    await agent.close?.()
  })

  test('DNS may lie about who the hosts are: without DNSSEC their names prove nothing', async () => {
    const net = new Net().tlsHost('192.0.2.1', 'a.example', 'Verified').tlsHost('192.0.2.2', 'b.example', 'Verified')
    const agent = net.agent(A, { resolver: mx(false) })
    expect(words((await send(agent)).results)).toEqual([
      '0 failed 5.7.10 none: REQUIRETLS: nothing proves that a.example is a host of d.example',
    ])
    expect(net.dialled).toEqual([])
    // The site says whom it means; or the route does.
    const named = net.agent(A, { resolver: mx(false), tlsPolicy: () => ({ level: 'secure' }) })
    expect((await send(named)).results[0]?.kind).toBe('delivered')
    expect((await send(agent, '[a.example]')).results[0]?.kind).toBe('delivered')
    await agent.close?.()
    await named.close?.()
  })

  test('a report goes all the same; and behind LMTP is no further hop', async () => {
    const net = new Net().host('192.0.2.1', 'a.example').host('/run/lmtp', 'store.example')
    const agent = net.agent(A)
    expect((await send(agent, 'd.example', '')).results[0]?.kind).toBe('delivered')
    const lmtp = net.agent({}, { protocol: 'lmtp' })
    expect((await send(lmtp, 'unix:/run/lmtp')).results[0]?.kind).toBe('delivered')
    await agent.close?.()
    await lmtp.close?.()
  })
})
