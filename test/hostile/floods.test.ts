import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { MailServer } from 'mailwright'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../support/wait.js'
import { Wire } from '../support/wire.js'
import { imapSession, startServer, until } from './server.js'

const MEGABYTE = 1_000_000

let server: MailServer
const sockets: Socket[] = []
beforeEach(async () => {
  server = await startServer({ connections: { total: 8, closeGrace: 500 } })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  sockets.push(socket)
  socket.on('error', () => {})
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)))
}

/** Sends the same lines until nobody takes them any more, or `most` octets are gone; returns how many were taken. */
async function pour(socket: Socket, lines: string, most: number): Promise<number> {
  const chunk = Buffer.from(lines.repeat(Math.ceil(65_536 / lines.length)), 'latin1')
  while (!socket.destroyed && socket.bytesWritten < most) {
    const isTaken = await new Promise<boolean>((resolve) => {
      const patience = setTimeout(() => resolve(false), 700)
      socket.write(chunk, () => {
        clearTimeout(patience)
        resolve(true)
      })
    })
    if (!isTaken) break
  }
  return socket.bytesWritten - socket.writableLength
}

describe('a peer that sends without reading', () => {
  test.each([
    ['SMTP', () => server.port('smtp'), 'NOOP\r\n'],
    ['IMAP', () => server.port('imap', 'starttls'), 'a CAPABILITY\r\n'],
  ] as const)('%s: is not read any more', async (_, port, line) => {
    const socket = await open(port())
    socket.pause()
    // What the kernel's buffers take on both sides, and what is answered meanwhile.
    expect(await pour(socket, line, 64 * MEGABYTE)).toBeLessThan(48 * MEGABYTE)
  })

  test('what comes behind the farewell is forgotten', async () => {
    const before = process.memoryUsage().arrayBuffers
    const socket = await open(server.port('pop3'))
    socket.resume()
    socket.write('ONE\r\nTWO\r\nTHREE\r\n')
    await pour(socket, 'x'.repeat(1_000), 96 * MEGABYTE)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * MEGABYTE)
  })
})

describe('more connections than the server takes', () => {
  test('strangers make room for each other, whoever logged in stays', async () => {
    const alice = await imapSession(server, 'alice')
    for (let stranger = 0; stranger < 30; stranger++) await open(server.port('smtp'))
    await eventually(5_000, 'the strangers are gone', () => (server.connections <= 8 ? true : undefined))
    await alice.send('n NOOP\r\n')
    expect(await until(alice, 'n ')).toMatch(/^n OK/)
    const bob = await imapSession(server, 'bob')
    alice.destroy()
    bob.destroy()
  })

  test('a TLS handshake that is never begun counts like a connection', async () => {
    const port = server.port('imap', 'implicit')
    const silent: Socket[] = []
    for (let one = 0; one < 20; one++) silent.push(await open(port))
    for (const socket of silent) socket.resume()
    const isGone = (socket: Socket): boolean => socket.readableEnded || socket.destroyed
    await eventually(5_000, 'the oldest are gone', () => (silent.slice(0, 12).every(isGone) ? true : undefined))
    expect(server.connections).toBeLessThanOrEqual(8)
    const bob = await imapSession(server, 'bob')
    bob.destroy()
  })

  test('a handshake under way does not hold up the end of the server', async () => {
    await open(server.port('imap', 'implicit'))
    await eventually(5_000, 'it is counted', () => (server.connections === 1 ? true : undefined))
    const began = performance.now()
    await server.close()
    expect(performance.now() - began).toBeLessThan(5_000)
  })
})

describe('rude peers', () => {
  test('resets in the middle of messages and handshakes leave nothing behind', async () => {
    for (let one = 0; one < 40; one++) {
      const wire = await open(server.port('smtp'))
      wire.write('EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\nSubject: x\r\n\r\nhalf')
      await new Promise((resolve) => wire.once('data', resolve))
      wire.resetAndDestroy()
      const tls = await open(server.port('imap', 'implicit'))
      tls.write(one % 2 === 0 ? 'GET / HTTP/1.1\r\n\r\n' : '\x16\x03\x01')
      tls.resetAndDestroy()
    }
    await eventually(5_000, 'all are gone', () => (server.connections === 0 ? true : undefined))
    const alice = await imapSession(server, 'alice')
    await alice.send('s STATUS INBOX (MESSAGES)\r\n')
    expect(await until(alice, '* STATUS')).toBe('* STATUS INBOX (MESSAGES 0)')
    alice.destroy()
  })

  test('who leaves in the middle of a handshake is gone at once', async () => {
    const implicit = await open(server.port('imap', 'implicit'))
    const starttls = await open(server.port('imap', 'starttls'))
    starttls.write('a STARTTLS\r\n')
    await new Promise((resolve) => starttls.once('data', resolve))
    await eventually(5_000, 'both are counted', () => (server.connections === 2 ? true : undefined))
    implicit.end()
    starttls.end()
    await eventually(5_000, 'both are gone', () => (server.connections === 0 ? true : undefined))
  })

  test('a renegotiation of TLS 1.2 is refused', async () => {
    const socket = connectTls({
      host: '127.0.0.1',
      port: server.port('imap', 'implicit'),
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    })
    sockets.push(socket)
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    const outcome = await new Promise<string>((resolve) => {
      socket.on('error', (error) => resolve(error.message))
      socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : error.message))
    })
    expect(outcome).toContain('no renegotiation')
  })

  test('guessing is slow for who guesses, and for nobody else', async () => {
    const guesser = await Wire.open(server.port('imap', 'starttls'))
    const began = performance.now()
    await guesser.send('a LOGIN alice wrong\r\n')
    const alice = await imapSession(server, 'alice')
    expect(performance.now() - began).toBeLessThan(1_500)
    expect(await until(guesser, 'a ')).toBe('a NO [AUTHENTICATIONFAILED] Authentication failed.')
    expect(performance.now() - began).toBeGreaterThan(1_900)
    alice.destroy()
    guesser.destroy()
  })
})
