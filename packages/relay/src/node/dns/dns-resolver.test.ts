import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import { type Answer, type DecodedPacket, decode, encode, type Packet } from 'dns-packet'
import { afterEach, describe, expect, test } from 'vitest'
import { dnsResolver } from './dns-resolver.js'

const signal = new AbortController().signal
const AD = 1 << 5
const TC = 1 << 9
const SERVFAIL = 2
const NXDOMAIN = 3
const FORMERR = 1

type Answering = (query: DecodedPacket, transport: 'udp' | 'tcp') => Partial<Packet> | Buffer | undefined

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** A server that answers as a test says; `asked` holds every question. */
async function server(answering: Answering) {
  const asked: { name: string; type: string; edns: boolean }[] = []
  const answer = (octets: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined => {
    const query = decode(octets)
    const [question] = query.questions ?? []
    if (transport === 'udp' && question !== undefined) {
      const edns = (query.additionals ?? []).length > 0
      asked.push({ name: question.name.toLowerCase(), type: question.type, edns })
    }
    const given = answering(query, transport)
    if (given === undefined || Buffer.isBuffer(given)) return given
    const { id, questions = [] } = query
    return encode({ type: 'response', ...(id === undefined ? {} : { id }), questions, ...given })
  }
  const tcp: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const octets = answer(data.subarray(2), 'tcp')
      if (octets === undefined) return void socket.end()
      const length = Buffer.alloc(2)
      length.writeUInt16BE(octets.length)
      // In pieces, as a network may.
      socket.write(length.subarray(0, 1))
      setImmediate(() => socket.write(Buffer.concat([length.subarray(1), octets])))
    })
  })
  const port = await new Promise<number>((resolve) =>
    tcp.listen(0, '127.0.0.1', () => {
      const address = tcp.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )
  const udp: Socket = createSocket('udp4')
  udp.on('message', (datagram, { port: to, address }) => {
    const octets = answer(datagram, 'udp')
    if (octets !== undefined) udp.send(octets, to, address)
  })
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
  open.push(
    () => tcp.close(),
    () => udp.close(),
  )
  return { address: '127.0.0.1', port, asked }
}

const a = (name: string, data: string, ttl = 300): Answer => ({ type: 'A', name, data, ttl, class: 'IN' })
const soa = (minimum: number): Answer => ({
  type: 'SOA',
  name: 'example',
  ttl: 3_600,
  data: { mname: 'ns.example', rname: 'root.example', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
})
const nameOf = (query: DecodedPacket): string => query.questions?.[0]?.name ?? ''

function resolverOf(
  servers: readonly { readonly address: string; readonly port: number }[],
  more: Partial<Parameters<typeof dnsResolver>[0]> = {},
) {
  const time = { now: 0 }
  const resolver = dnsResolver({
    servers,
    hostsFile: null,
    clock: { now: () => time.now },
    limits: { timeout: 400, attempts: 1 },
    ...more,
  })
  const address = (host: string) => resolver.resolveAddresses({ host, family: 'ipv4' }, new AbortController().signal)
  return { resolver, time, address }
}

const found = (...records: readonly string[]) => ({ kind: 'found', records, isAuthentic: false })

describe('[A5] what is remembered', () => {
  test('an answer as long as its TTL, "none" as long as the SOA record says, a failure for five seconds', async () => {
    const dns = await server((query) => {
      if (nameOf(query).toLowerCase().startsWith('y')) return { answers: [a(nameOf(query), '192.0.2.1', 60)] }
      if (nameOf(query).toLowerCase().startsWith('n')) return { flags: NXDOMAIN, authorities: [soa(30)] }
      return { flags: SERVFAIL }
    })
    const { address, time } = resolverOf([dns])
    const ask = async () => {
      const before = dns.asked.length
      for (const host of ['yes.example', 'no.example', 'fail.example']) await address(host)
      return dns.asked.slice(before).map(({ name }) => name)
    }
    expect(await ask()).toEqual(['yes.example', 'no.example', 'fail.example'])
    time.now = 4_999
    expect(await ask()).toEqual([])
    time.now = 5_000
    expect(await ask()).toEqual(['fail.example'])
    time.now = 30_000
    expect(await ask()).toEqual(['no.example', 'fail.example'])
    time.now = 60_000
    expect(await ask()).toEqual(['yes.example', 'no.example', 'fail.example'])
  })

  test('not more than the limit, and what was used last', async () => {
    const dns = await server((query) => ({ answers: [a(nameOf(query), '192.0.2.1')] }))
    const { address } = resolverOf([dns], { limits: { timeout: 400, cacheEntries: 2 } })
    for (const host of ['a', 'b', 'a', 'c', 'a', 'b']) await address(`${host}.example`)
    expect(dns.asked.map(({ name }) => name.charAt(0))).toEqual(['a', 'b', 'c', 'b'])
  })

  test('equal questions under way are one', async () => {
    const dns = await server((query) => ({ answers: [a(nameOf(query), '192.0.2.1')] }))
    const { address } = resolverOf([dns])
    await Promise.all([address('a.example'), address('A.example.'), address('a.example')])
    expect(dns.asked).toHaveLength(1)
  })
})

describe('who is believed', () => {
  test('an answer with another identifier, another name or no sense is passed over', async () => {
    const dns = await server((query) => {
      const wrong = [
        encode({ type: 'response', id: ((query.id ?? 0) + 1) & 0xffff, questions: query.questions ?? [] }),
        encode({ type: 'response', id: query.id ?? 0, questions: [{ type: 'A', name: 'other.example' }] }),
        Buffer.from('nonsense'),
      ]
      return wrong[dns.asked.length % 3]
    })
    const { address } = resolverOf([dns], { limits: { timeout: 100, attempts: 3 } })
    expect(await address('a.example')).toMatchObject({ kind: 'tryAgain' })
    expect(dns.asked).toHaveLength(3)
  })

  test('a server that does not repeat our capitals is asked by TCP', async () => {
    const seen: string[] = []
    const dns = await server((query, transport) => {
      seen.push(transport)
      const data = transport === 'udp' ? '203.0.113.66' : '192.0.2.1'
      const name = nameOf(query).toLowerCase()
      return { questions: [{ type: 'A', name }], answers: [a(name, data)] }
    })
    const { address } = resolverOf([dns], {
      random: { bytes: (count) => new Uint8Array(count).fill(255) },
    })
    expect(await address('a.example')).toEqual(found('192.0.2.1'))
    expect(seen).toEqual(['udp', 'tcp'])
  })

  test('records of other names are not ours', async () => {
    const dns = await server((query) => ({
      answers: [
        a('bank.example', '203.0.113.66'),
        { type: 'CNAME', name: nameOf(query), data: 'b.example', ttl: 9 },
        a('b.example', '192.0.2.1'),
      ],
    }))
    expect(await resolverOf([dns]).address('a.example')).toEqual(found('192.0.2.1'))
  })

  test.each([
    ['loopback', undefined, true],
    ['always', 'always', true],
    ['never', 'never', false],
  ] as const)('the AD bit of a server on this machine: %s', async (_, authentic, isAuthentic) => {
    const dns = await server((query) => ({ flags: AD, answers: [a(nameOf(query), '192.0.2.1')] }))
    const { address } = resolverOf([dns], authentic === undefined ? {} : { authentic })
    expect(await address('a.example')).toEqual({ kind: 'found', records: ['192.0.2.1'], isAuthentic })
  })
})

describe('servers', () => {
  test('the next one is asked when one fails, is silent or is not there', async () => {
    const silent = await server(() => undefined)
    const failing = await server(() => ({ flags: SERVFAIL }))
    const good = await server((query) => ({ answers: [a(nameOf(query), '192.0.2.1')] }))
    const { address } = resolverOf([silent, failing, good], { limits: { timeout: 100, attempts: 1 } })
    expect(await address('a.example')).toEqual(found('192.0.2.1'))
    const absent = { address: '127.0.0.1', port: 1 }
    expect(await resolverOf([absent, good]).address('a.example')).toEqual(found('192.0.2.1'))
    expect(await resolverOf([absent, failing]).address('a.example')).toMatchObject({ kind: 'tryAgain' })
  })

  test('one that does not know EDNS is asked without', async () => {
    const dns = await server((query) =>
      (query.additionals ?? []).length > 0
        ? { flags: FORMERR, questions: [] }
        : { answers: [a(nameOf(query), '192.0.2.1')] },
    )
    expect(await resolverOf([dns]).address('a.example')).toEqual(found('192.0.2.1'))
    expect(dns.asked.map(({ edns }) => edns)).toEqual([true, false])
  })

  test('what does not fit comes by TCP', async () => {
    const dns = await server((query, transport) =>
      transport === 'udp' ? { flags: TC } : { answers: [a(nameOf(query), '192.0.2.1'), a(nameOf(query), '192.0.2.2')] },
    )
    expect(await resolverOf([dns]).address('a.example')).toEqual(found('192.0.2.1', '192.0.2.2'))
  })

  test('an aborted wait ends at once, and the answer is there for others', async () => {
    const dns = await server((query) => ({ answers: [a(nameOf(query), '192.0.2.1')] }))
    const { resolver, address } = resolverOf([dns])
    const gone = new AbortController()
    const waiting = resolver.resolveAddresses({ host: 'a.example', family: 'ipv4' }, gone.signal)
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(await address('a.example')).toEqual(found('192.0.2.1'))
    expect(dns.asked).toHaveLength(1)
  })

  test('more questions than the limit wait for their turn', async () => {
    let active = 0
    let most = 0
    const dns = await server((query, transport) => {
      // By TCP after a moment: the question is under way for as long.
      if (transport === 'udp') {
        active += 1
        most = Math.max(most, active)
        return { flags: TC }
      }
      active -= 1
      return { answers: [a(nameOf(query), '192.0.2.1')] }
    })
    const { address } = resolverOf([dns], { limits: { timeout: 2_000, concurrency: 2 } })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => address(`h${at}.example`)))
    expect(answers).toEqual(answers.map(() => found('192.0.2.1')))
    expect(most).toBe(2)
  })
})

test('[A5] names of hosts(5), and localhost (RFC 6761 §6.3), need no server', async () => {
  const { address, resolver } = resolverOf([{ address: '127.0.0.1', port: 1 }])
  expect(await address('localhost')).toEqual(found('127.0.0.1'))
  expect(await address('x.localhost.')).toEqual(found('127.0.0.1'))
  expect(await resolver.resolvePtr({ address: '::1' }, signal)).toEqual(found('localhost'))
  expect(await resolver.resolvePtr({ address: 'nonsense' }, signal)).toEqual({ kind: 'notFound' })
})
