import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { staticAuthenticator } from '@mailwright/auth'
import { HostError } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import type { SmtpHandler } from '@mailwright/smtp'
import { createMemoryStore } from '@mailwright/store-memory'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SetupError } from '../setup-error.js'
import { memoryUrlAuthority } from '../urls/key-table.js'
import { createMailServer, type MailServer } from './mail-server.js'
import type { ListenerOptions, MailServerOptions } from './options.js'

let folder = ''
const servers: MailServer[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailwright-server-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  rmSync(folder, { recursive: true })
})

async function serve(
  listeners: readonly ListenerOptions[],
  options: Partial<MailServerOptions> = {},
): Promise<MailServer> {
  const server = await createMailServer({
    hostname: 'mx.example.com',
    domains: ['example.com'],
    store: createMemoryStore({ clock: systemClock }),
    authenticator: staticAuthenticator({ alice: 'secret' }),
    listeners,
    ...options,
  })
  servers.push(server)
  return server
}

/** Connects, says something, closes its side, and returns all that comes. */
function talk(to: { readonly port: number } | { readonly path: string }, words = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect('port' in to ? { host: '127.0.0.1', ...to } : to)
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(heard))
    socket.end(words)
  })
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing was refused'),
    (error: unknown) => error,
  )
}

describe('what an SMTP listener offers', () => {
  const EHLO = 'EHLO client.example.org\r\nQUIT\r\n'

  test('is as its profile says, without what is withheld from this client', async () => {
    const server = await serve([
      { protocol: 'smtp', port: 0, smtp: { profile: 'postfix-classic', vrfy: 'disabled' } },
      {
        protocol: 'lmtp',
        port: 0,
        smtp: {
          withheld: [
            { networks: ['192.0.2.0/24'], extensions: ['PIPELINING'] },
            { networks: ['127.0.0.0/8'], extensions: ['SIZE', 'LIMITS'] },
          ],
        },
      },
    ])
    expect(await talk({ port: server.port('smtp') }, EHLO)).toMatch(
      /^220 .*\r\n250-mx\.example\.com\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n(250-AUTH PLAIN LOGIN\r\n)250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n221 /,
    )
    const lmtp = await talk({ port: server.port('lmtp') }, EHLO.replace('EHLO', 'LHLO'))
    expect(lmtp).toContain('250-PIPELINING\r\n250-VRFY\r\n')
    expect(lmtp).not.toMatch(/SIZE|LIMITS/)
  })

  test('and a network that is none is refused before anybody comes', async () => {
    const smtp = { withheld: [{ networks: ['nowhere'], extensions: ['SIZE' as const] }] }
    expect(await failure(serve([{ protocol: 'smtp', port: 0, smtp }]))).toBeInstanceOf(HostError)
  })
})

describe('listeners that cannot be', () => {
  test('a port in use: one plain sentence, and none of the others stays open', async () => {
    const port = (await serve([{ protocol: 'imap', port: 0 }])).port('imap')
    const path = join(folder, 'lmtp')
    const error = await failure(
      serve([
        { protocol: 'lmtp', path },
        { protocol: 'pop3', port },
      ]),
    )
    expect(error).toBeInstanceOf(SetupError)
    expect(error).toMatchObject({ message: `pop3: port ${port} on 127.0.0.1 is in use by another program` })
    expect(existsSync(path)).toBe(false)
  })
  test("an address that is not this machine's", async () => {
    const error = await failure(serve([{ protocol: 'imap', host: '192.0.2.77', port: 0 }]))
    expect(error).toMatchObject({ message: 'imap: port 0 on 192.0.2.77 is no address of this machine' })
  })
  test('a Unix socket in a folder that does not exist', async () => {
    const path = join(folder, 'nowhere', 'lmtp')
    const error = await failure(serve([{ protocol: 'lmtp', path }]))
    expect(error).toBeInstanceOf(SetupError)
    expect(String(error)).toContain(path)
  })
  test.each([
    ['TLS without a certificate', { listeners: [{ protocol: 'imap', port: 0, tls: 'implicit' }] }],
    ['neither port nor path', { listeners: [{ protocol: 'imap' }] }],
    ['smtp without domains', { listeners: [{ protocol: 'smtp', port: 0 }], domains: [] }],
  ] as const)('%s is misuse', async (_, { listeners, ...options }) => {
    expect(await failure(serve(listeners, options))).toBeInstanceOf(HostError)
  })
  test('protocols of users without anybody who may log in are misuse', async () => {
    const listeners = [{ protocol: 'submission', port: 0 }] as const
    const receive = async (): Promise<void> => {}
    const options = { hostname: 'mx.example.com', domains: ['example.com'], receive, listeners }
    expect(await failure(createMailServer(options))).toBeInstanceOf(HostError)
    const store = createMemoryStore({ clock: systemClock })
    const imap = [{ protocol: 'imap', port: 0 }] as const
    expect(await failure(createMailServer({ hostname: 'mx.example.com', store, listeners: imap }))).toBeInstanceOf(
      HostError,
    )
  })
})

describe('mail that is submitted by URL', () => {
  const imap = { protocol: 'imap', port: 0 } as const
  const submission = { protocol: 'submission', port: 0 } as const
  const urlAuth = { authority: memoryUrlAuthority() }
  const login = 'EHLO x\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nEHLO x\r\n'
  const burl =
    'MAIL FROM:<a@example.com>\r\nRCPT TO:<alice@example.com>\r\nBURL imap://mx.example.com/INBOX/;UID=1 LAST\r\n'

  async function heard(options: Partial<MailServerOptions>, ...listeners: readonly ListenerOptions[]): Promise<string> {
    const server = await serve([submission, ...listeners], options)
    return await talk({ port: server.port('submission') }, `${login}${burl}QUIT\r\n`)
  }

  test('comes out of mailboxes that IMAP serves, and is for users', async () => {
    const said = await heard({ urlAuth }, imap)
    expect(said).toMatch(/250 BURL\r\n235 [\s\S]*250 BURL imap imap:\/\/mx\.example\.com\r\n/)
    expect(said).toContain('\r\n554 5.6.6 IMAP URL resolution failed\r\n')
  })
  test.each([
    ['without keys', {}, [imap]],
    ['without IMAP', { urlAuth }, []],
    ['where IMAP has no URLAUTH', { urlAuth, imap: { switchedOff: ['URLAUTH'] } }, [imap]],
  ] as const)('is not there %s', async (_, options, listeners) => {
    const said = await heard(options, ...listeners)
    expect(said).not.toContain('BURL')
    expect(said).toContain('\r\n502 5.5.1 Error: command not implemented\r\n')
  })
  test('is found by the handler that can', async () => {
    const asked: string[] = []
    const handler: SmtpHandler = {
      recipient: async () => ({ kind: 'accepted' }),
      message: async () => ({ kind: 'accepted', id: 'A1' }),
      resolveUrl: async ({ url }) => {
        asked.push(url)
        return { kind: 'unavailable' }
      },
    }
    const said = await heard({ handler, urlAuth }, imap)
    expect(said).toMatch(/250 BURL imap\r\n/)
    expect(said).toContain('\r\n451 4.4.1 IMAP server unavailable\r\n')
    expect(asked).toEqual(['imap://mx.example.com/INBOX/;UID=1'])
  })
})

describe('Unix sockets', () => {
  test('are for nobody else to use', async () => {
    const path = join(folder, 'lmtp')
    await serve([{ protocol: 'lmtp', path }])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await talk({ path }, 'QUIT\r\n')).toMatch(/^220 mx\.example\.com LMTP [\s\S]*\r\n221 /)
  })
  test('one that a killed server left is taken over; one in use, and anything else, is not', async () => {
    const path = join(folder, 'lmtp')
    await leaveSocket(path)
    await serve([{ protocol: 'lmtp', path }])
    expect(await failure(serve([{ protocol: 'lmtp', path }]))).toBeInstanceOf(SetupError)
    const file = join(folder, 'file')
    writeFileSync(file, 'precious')
    expect(await failure(serve([{ protocol: 'lmtp', path: file }]))).toBeInstanceOf(SetupError)
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })
})

describe('too many connections', () => {
  test.each([
    ['smtp', /^421 4\.7\.0 mx\.example\.com /],
    ['imap', /^\* BYE /],
    ['pop3', /^-ERR \[SYS\/TEMP\] /],
  ] as const)('%s says so and closes', async (protocol, words) => {
    const server = await serve([{ protocol, port: 0 }], { limits: { connections: { total: 0 } } })
    expect(await talk({ port: server.port(protocol) })).toMatch(words)
  })
})

describe('the end', () => {
  test('whoever is there is told; nobody else gets in; it may be asked for again', async () => {
    const server = await serve([{ protocol: 'imap', port: 0 }])
    const port = server.port('imap')
    const heard = new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        if (text.includes('ready')) void server.close()
      })
      socket.once('close', () => resolve(text))
    })
    expect(await heard).toMatch(/\r\n\* BYE Server shutting down\.\r\n$/)
    await server.close()
    expect(server.connections).toBe(0)
    expect(await failure(talk({ port }))).toMatchObject({ code: 'ECONNREFUSED' })
  })
})

test('a port that nobody listens on is not made up', async () => {
  const server = await serve([{ protocol: 'imap', port: 0 }])
  expect(() => server.port('pop3')).toThrow(HostError)
  expect(() => server.port('imap', 'implicit')).toThrow(HostError)
})

/** A Unix socket that nobody listens on any more, as a killed process leaves it. */
async function leaveSocket(path: string): Promise<void> {
  const other = `${path}.other`
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(other, resolve))
  linkSync(other, path)
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
