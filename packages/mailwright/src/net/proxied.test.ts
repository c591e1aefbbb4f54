import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { HostError } from '@mailwright/core'
import { VirtualClock } from '@mailwright/testing'
import { afterEach, expect, test } from 'vitest'
import { createMailServer, type MailServer } from '../server/mail-server.js'
import type { ListenerOptions } from '../server/options.js'
import { selfSignedCertificate } from '../tls/certificate.js'
import { PROXY_HEADER_TIME } from './limits.js'

const folder = mkdtempSync(join(tmpdir(), 'mailwright-proxied-'))
const servers: MailServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const HEADER = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n'
const MAIL = [
  'EHLO client.example.org',
  'MAIL FROM:<a@example.org>',
  'RCPT TO:<b@example.com>',
  'DATA',
  'Subject: x\r\n\r\nx\r\n.',
  'QUIT\r\n',
].join('\r\n')

interface World {
  readonly server: MailServer
  readonly peers: string[]
}

async function serve(listener: Partial<ListenerOptions>, clock = new VirtualClock()): Promise<World> {
  const peers: string[] = []
  const server = await createMailServer({
    hostname: 'mx.example.com',
    domains: ['example.com'],
    receive: async ({ peerAddress, body }) => {
      for await (const _ of body) {
        // Read whole, as a host must.
      }
      peers.push(peerAddress)
    },
    clock,
    listeners: [{ protocol: 'smtp', port: 0, proxyProtocol: ['127.0.0.1'], ...listener }],
    ...(listener.tls === 'implicit' ? { certificate: await selfSignedCertificate(folder, 'mx.example.com') } : {}),
    // Of the real peer; the proxy may have as many as it wants.
    limits: { connections: { perAddress: 1 } },
  })
  servers.push(server)
  return { server, peers }
}

/** Says each piece by itself, and returns all that comes. */
function talk(port: number, pieces: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(heard))
    socket.setNoDelay(true)
    for (const piece of pieces) socket.write(piece)
  })
}

test('[A9] the peer is who the proxy says, whatever way the header is cut', async () => {
  const { server, peers } = await serve({})
  const port = server.port('smtp')
  expect(await talk(port, [HEADER + MAIL])).toMatch(/^220 mx\.example\.com ESMTP [\s\S]*\r\n221 /)
  expect(await talk(port, [...HEADER, MAIL])).toMatch(/^220 [\s\S]*\r\n221 /)
  expect(await talk(port, [`PROXY UNKNOWN\r\n${MAIL}`])).toMatch(/^220 [\s\S]*\r\n221 /)
  expect(await talk(port, [`PROXY TCP6 ::ffff:192.0.2.9 ::1 1 25\r\n${MAIL}`])).toMatch(/^220 [\s\S]*\r\n221 /)
  expect(peers).toEqual(['192.0.2.7', '192.0.2.7', '127.0.0.1', '192.0.2.9'])
})

test('[A9] a header that is none ends the connection without a word, as does a connection from anybody else', async () => {
  const { server, peers } = await serve({})
  expect(await talk(server.port('smtp'), [MAIL])).toBe('')
  expect(await talk(server.port('smtp'), ['PROXY TCP4 nobody nobody 1 25\r\n', MAIL])).toBe('')
  const others = await serve({ proxyProtocol: ['192.0.2.1', '2001:db8::/32'] })
  expect(await talk(others.server.port('smtp'), [HEADER + MAIL])).toBe('')
  expect([...peers, ...others.peers]).toEqual([])
})

test('[A9] limits are the real peer’s', async () => {
  const { server } = await serve({})
  const port = server.port('smtp')
  const first = connect({ host: '127.0.0.1', port })
  const greeted = new Promise<void>((resolve) => first.once('data', () => resolve()))
  first.write(HEADER)
  await greeted
  expect(await talk(port, [HEADER])).toMatch(/^421 4\.7\.0 /)
  expect(await talk(port, [HEADER.replace('.7', '.8') + MAIL])).toMatch(/^220 /)
  first.destroy()
})

test('[A9] a header must come in time', async () => {
  const clock = new VirtualClock()
  const { server } = await serve({}, clock)
  const heard = talk(server.port('smtp'), ['PROXY TCP4 '])
  while (server.connections === 0) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(PROXY_HEADER_TIME)
  expect(await heard).toBe('')
})

test('[A9] with TLS from the first octet the header stands before it', async () => {
  const { server, peers } = await serve({ tls: 'implicit' })
  const plain = connect({ host: '127.0.0.1', port: server.port('smtp') })
  plain.write(HEADER)
  const secure = connectTls({ socket: plain, rejectUnauthorized: false })
  let heard = ''
  secure.on('data', (chunk) => {
    heard += chunk.toString('latin1')
  })
  secure.write(MAIL)
  await new Promise((resolve) => secure.once('close', resolve))
  expect(heard).toMatch(/^220 [\s\S]*\r\n221 /)
  expect(peers).toEqual(['192.0.2.7'])
})

test('a network that is none, and a Unix socket, are refused before anybody comes', async () => {
  await expect(serve({ proxyProtocol: ['nowhere'] })).rejects.toBeInstanceOf(HostError)
  const path = { protocol: 'lmtp', path: join(folder, 'lmtp'), proxyProtocol: ['127.0.0.1'] } as const
  const host = { hostname: 'mx.example.com', domains: ['example.com'], receive: async () => {} }
  await expect(createMailServer({ ...host, listeners: [path] })).rejects.toBeInstanceOf(HostError)
})
