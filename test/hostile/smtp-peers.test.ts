import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import { NODE_CLIENT_MECHANISMS } from '@mailwright/core/node'
import type { TlsPolicy } from '@mailwright/relay'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { note } from '../support/messages.js'
import { Outbound, type OutboundOptions } from '../support/outbound.js'
import { eventually } from '../support/wait.js'

/** Servers that mean harm, or do not know what they do, and what our client makes of them. */
let folder: string
let pem: { readonly cert: string; readonly key: string }
const servers: Server[] = []
const sockets = new Set<Socket>()

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-peers-'))
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key', '-out', 'crt']
  execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/CN=evil.test'], { cwd: folder, stdio: 'ignore' })
  pem = { cert: readFileSync(join(folder, 'crt'), 'utf8'), key: readFileSync(join(folder, 'key'), 'utf8') }
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a client says, as this server hears it; the data of a message is one string. */
class Peer {
  readonly socket: Socket
  #heard = ''
  #wake: () => void = () => {}
  #isOver = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1')
      this.#wake()
    })
    socket.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  say(text: string): void {
    this.socket.write(text.replaceAll('\n', '\r\n'), 'latin1')
  }

  /** Octets up to and with an end; the rest when the client left before. */
  async until(end: string): Promise<string> {
    while (!this.#heard.includes(end) && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const at = this.#heard.indexOf(end)
    const length = at < 0 ? this.#heard.length : at + end.length
    const text = this.#heard.slice(0, length)
    this.#heard = this.#heard.slice(length)
    return text
  }

  line(): Promise<string> {
    return this.until('\r\n')
  }

  /** Answers a command, and says what it was. */
  async answer(text: string): Promise<string> {
    const line = await this.line()
    this.say(text)
    return line
  }

  /** As far as the message. */
  async takeEnvelope(): Promise<void> {
    this.say('220 evil.test ESMTP\n')
    await this.answer('250 evil.test\n')
    await this.answer('250 Ok\n')
    await this.answer('250 Ok\n')
    await this.answer('354 Go on\n')
  }

  async takeMessage(): Promise<string> {
    await this.takeEnvelope()
    const text = await this.until('\r\n.\r\n')
    this.say('250 2.0.0 Taken\n')
    await this.answer('221 Bye\n')
    return text
  }

  /** Encrypted from now on. */
  secure(): Peer {
    this.socket.removeAllListeners('data')
    const secure = new TLSSocket(this.socket, { isServer: true, secureContext: createSecureContext(pem) })
    return new Peer(secure)
  }
}

/** Listens, and runs a script for each client. */
function listen(script: (peer: Peer, count: number) => Promise<void>): Promise<number> {
  let count = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    void script(new Peer(socket), count++).catch(() => socket.destroy())
  })
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

async function send(port: number, options: OutboundOptions = {}, text?: string): Promise<string> {
  const outbound = new Outbound({ addresses: { 'evil.test': ['127.0.0.1'] }, ...options })
  try {
    return (await outbound.send(`evil.test:${port}`, ['you@evil.test'], text)).join()
  } finally {
    await outbound.agent.close?.()
  }
}

const policy = (level: 'may' | 'encrypt'): { readonly tlsPolicy: () => TlsPolicy } => ({ tlsPolicy: () => ({ level }) })
const BIG = note('big', `${'x'.repeat(70)}\r\n`.repeat(70_000))

describe('[D1] STARTTLS', () => {
  test('what was slipped in behind the 220 is not taken for what the server says under TLS', async () => {
    let heard = ''
    const port = await listen(async (peer, count) => {
      if (count > 0) {
        peer.socket.destroy()
        return
      }
      peer.say('220 evil.test ESMTP\n')
      await peer.answer('250-evil.test\n250 STARTTLS\n')
      await peer.answer('220 Go\n250-evil.test\n250 AUTH PLAIN\n235 Ok\n')
      const secure = peer.secure()
      heard = await secure.answer('250 evil.test\n')
      heard += await secure.answer('250 Ok\n')
    })
    const credentials = { kind: 'password', user: 'alice', password: 'secret' } as const
    const result = await send(port, { ...policy('encrypt'), credentials: () => ({ credentials }) })
    // Either the handshake fails over the clear text, or it is forgotten; a password is never said.
    expect(result).toMatch(/^deferred 4\.7\.[05] /)
    expect(heard).not.toMatch(/AUTH|MAIL/)
  })

  const garbage = async (peer: Peer, count: number): Promise<void> => {
    if (count > 0) return void (await peer.takeMessage())
    peer.say('220 evil.test ESMTP\n')
    await peer.answer('250-evil.test\n250 STARTTLS\n')
    await peer.answer('220 Go\n')
    peer.say('this is no TLS at all\n')
  }

  test('a handshake that fails, where TLS is optional: later, and then in clear text; but no login', async () => {
    const failed = 'deferred 4.7.5 Cannot start TLS: handshake failure'
    expect(await send(await listen(garbage), policy('may'))).toBe(failed)
    const late = { ...policy('may'), limits: { plaintextAfter: 0 } }
    expect(await send(await listen(garbage), late)).toBe('delivered 2.0.0 250 2.0.0 Taken')
    const credentials = { kind: 'password', user: 'alice', password: 'secret' } as const
    expect(await send(await listen(garbage), { ...late, credentials: () => ({ credentials }) })).toBe(failed)
  })

  test('a handshake that fails: not at all, where TLS is a must', async () => {
    expect(await send(await listen(garbage), policy('encrypt'))).toBe(
      'deferred 4.7.5 Cannot start TLS: handshake failure',
    )
  })
})

describe('AUTH', () => {
  test('a server that lets anybody in does not prove that it knows the password, and gets no mail', async () => {
    let heard = ''
    const port = await listen(async (peer) => {
      peer.say('220 evil.test ESMTP\n')
      await peer.answer('250-evil.test\n250 AUTH PLAIN SCRAM-SHA-256\n')
      heard = await peer.answer('235 2.7.0 Welcome\n')
      heard += await peer.answer('221 Bye\n')
    })
    const credentials = { kind: 'password', user: 'alice', password: 'secret' } as const
    const options = { mechanisms: NODE_CLIENT_MECHANISMS, credentials: () => ({ credentials }) }
    expect(await send(port, options)).toBe(
      'deferred 4.7.0 SASL authentication failed; server evil.test[127.0.0.1] did not prove who it is',
    )
    await eventually(5_000, 'QUIT', () => /^AUTH SCRAM-SHA-256 \S+\r\nQUIT\r\n$/.exec(heard) ?? undefined)
  })
})

describe('[D9] replies', () => {
  test('a line without end is not kept', async () => {
    const port = await listen(async (peer) => {
      // As fast as the client reads, until it has enough.
      while (!peer.socket.destroyed) {
        if (!peer.socket.write(`220${'x'.repeat(65_536)}`)) {
          await new Promise((resolve) => peer.socket.once('drain', resolve).once('close', resolve))
        }
        await new Promise(setImmediate)
        if (peer.socket.bytesWritten > 64_000_000) peer.socket.end('\r\n')
      }
    })
    const before = process.memoryUsage().arrayBuffers
    expect(await send(port)).toMatch(/^deferred 4\.[45]\.\d /)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000)
  })

  test('lines without end', async () => {
    const port = await listen(async (peer) => {
      peer.say('220 evil.test\n')
      await peer.line()
      peer.say('250-more\n'.repeat(10_000))
    })
    expect(await send(port)).toBe(
      'deferred 4.5.0 host evil.test[127.0.0.1] sent no reply to EHLO: (a reply of more than 200 lines)',
    )
  })

  test.each([
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /sent no reply to greeting: HTTP\/1\.1 400 Bad Request$/],
    ['control characters', '999 \x1b[2J\0\r\n', /sent no reply to greeting: 999 \?\[2J\?$/],
    [
      'refused',
      '554 5.7.1 \x07go away\r\n',
      /^deferred 4\.7\.1 host evil\.test\[127\.0\.0\.1\] refused to talk to me: 554 5\.7\.1 \?go away$/,
    ],
  ])('%s', async (_, greeting, expected) => {
    const port = await listen(async (peer) => void peer.socket.write(greeting, 'latin1'))
    expect(await send(port)).toMatch(expected)
  })

  test('silence', async () => {
    const port = await listen(async () => {})
    expect(await send(port, { clientLimits: { greeting: 200 } })).toBe(
      'deferred 4.4.2 conversation with evil.test[127.0.0.1] timed out while receiving the initial server greeting',
    )
  })

  test.each([
    ['EHLO', 0],
    ['MAIL', 1],
    ['RCPT', 2],
    ['DATA', 3],
  ])('421 in answer to %s', async (_, good) => {
    const port = await listen(async (peer) => {
      peer.say('220 evil.test ESMTP\n')
      for (let at = 0; at < good; at++) await peer.answer('250 Ok\n')
      await peer.answer('421 4.3.2 Leaving\n')
      peer.socket.end()
    })
    expect(await send(port)).toMatch(/^deferred 4\.3\.2 host evil\.test\[127\.0\.0\.1\] .*421 4\.3\.2 Leaving/)
  })
})

describe('[C4] the message on its way', () => {
  test('the server leaves when it has it all: nobody else is asked in the same breath', async () => {
    let clients = 0
    const port = await listen(async (peer) => {
      clients++
      await peer.takeEnvelope()
      await peer.until('\r\n.\r\n')
      peer.socket.destroy()
    })
    const addresses = { 'evil.test': ['127.0.0.1', '127.0.0.1'] }
    expect(await send(port, { addresses })).toBe(
      'deferred 4.4.2 lost connection with evil.test[127.0.0.1] while sending end of data -- message may be sent more than once',
    )
    expect(clients).toBe(1)
  })

  test('the server leaves in the middle of it: the next address is asked', async () => {
    let taken = ''
    const port = await listen(async (peer, count) => {
      if (count > 0) {
        taken = await peer.takeMessage()
        return
      }
      await peer.takeEnvelope()
      await peer.until('xxx')
      peer.socket.destroy()
    })
    const addresses = { 'evil.test': ['127.0.0.1', '127.0.0.1'] }
    expect(await send(port, { addresses }, BIG)).toBe('delivered 2.0.0 250 2.0.0 Taken')
    expect(taken).toBe(`${BIG}.\r\n`)
  })

  test('the server refuses in the middle of it, and goes on reading', async () => {
    const port = await listen(async (peer) => {
      await peer.takeEnvelope()
      await peer.until('xxx')
      peer.say('552 5.3.4 Too much\n')
      await peer.until('\r\n.\r\n')
      await peer.answer('221 Bye\n')
    })
    expect(await send(port, {}, BIG)).toBe(
      'failed 5.3.4 host evil.test[127.0.0.1] said: 552 5.3.4 Too much (in reply to end of DATA command)',
    )
  })

  test('the server refuses in the middle of it, and leaves', async () => {
    const port = await listen(async (peer) => {
      await peer.takeEnvelope()
      await peer.until('xxx')
      peer.socket.end('552 5.3.4 Too much\r\n')
      peer.socket.pause()
      setTimeout(() => peer.socket.destroy(), 100)
    })
    expect(await send(port, {}, BIG)).toBe(
      'failed 5.3.4 host evil.test[127.0.0.1] said: 552 5.3.4 Too much (in reply to end of DATA command)',
    )
  })

  test('the server does not read it', async () => {
    const port = await listen(async (peer) => {
      await peer.takeEnvelope()
      peer.socket.pause()
    })
    // More than the buffers of both sides hold.
    const text = note('big', `${'x'.repeat(70)}\r\n`.repeat(300_000))
    expect(await send(port, { limits: { dataBlock: 500 } }, text)).toBe(
      'deferred 4.4.2 conversation with evil.test[127.0.0.1] timed out while sending message body',
    )
  })

  test('a handshake without end', async () => {
    const port = await listen(async (peer) => {
      peer.say('220 evil.test ESMTP\n')
      await peer.answer('250-evil.test\n250 STARTTLS\n')
      await peer.answer('220 Go\n')
    })
    expect(await send(port, { ...policy('encrypt'), limits: { handshake: 200 } })).toBe(
      'deferred 4.7.5 Cannot start TLS: handshake failure',
    )
  })

  test('a signal ends it', async () => {
    const port = await listen(async (peer) => peer.takeEnvelope())
    const outbound = new Outbound({ addresses: { 'evil.test': ['127.0.0.1'] } })
    const stop = new AbortController()
    const sent = outbound.send(`evil.test:${port}`, ['you@evil.test'], undefined, stop.signal)
    setTimeout(() => stop.abort(new Error('enough')), 200)
    const ended = await Promise.race([sent.then(String, String), new Promise((resolve) => setTimeout(resolve, 5_000))])
    expect(ended).toMatch(/enough|^deferred 4\.4\.2 /)
    await outbound.agent.close?.()
  })
})
