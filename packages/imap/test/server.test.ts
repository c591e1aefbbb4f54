import type { MailStore } from '@mailwright/core'
import { COMMANDS } from '@mailwright/imap'
import { createMemoryStore } from '@mailwright/store-memory'
import { VirtualClock } from '@mailwright/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestClient } from './client.js'
import { FIXTURES } from './fixtures.js'

async function storeWith(fixture: string): Promise<MailStore> {
  const store = createMemoryStore({ clock: new VirtualClock() })
  await FIXTURES[fixture]?.(store)
  return store
}

const FAULTS = new Set(['engineFault', 'adapterFault', 'commandFault', 'spliceFault'])

const arguments_ = fc.constantFrom(
  ...['INBOX', '""', '*', '1:*', '1', '9', '(FLAGS)', 'FLAGS', 'BODY[]', 'FULL', '+FLAGS', '(\\Seen)', 'Sent', 'x/y'],
  ...[
    '"quoted"',
    'ALL',
    'NOT',
    'OR',
    'TEXT',
    'SUBJECT',
    '(',
    ')',
    '{3+}\r\nabc',
    '{2}\r\nab',
    '%',
    'NIL',
    '(MESSAGES)',
    '~{1}',
  ],
)
const verbs = fc.constantFrom(
  ...['SELECT', 'EXAMINE', 'FETCH', 'UID FETCH', 'STORE', 'UID STORE', 'SEARCH', 'UID SEARCH', 'COPY', 'MOVE', 'LIST'],
  ...['LSUB', 'STATUS', 'CREATE', 'DELETE', 'RENAME', 'SUBSCRIBE', 'APPEND', 'EXPUNGE', 'UID EXPUNGE', 'CLOSE', 'NOOP'],
  ...[
    'CHECK',
    'UNSELECT',
    'NAMESPACE',
    'ID',
    'ENABLE',
    'CAPABILITY',
    'LOGIN',
    'AUTHENTICATE',
    'STARTTLS',
    'FROB',
    'UID',
  ],
)
const command = fc.tuple(verbs, fc.array(arguments_, { maxLength: 4 })).map(([verb, args]) => [verb, ...args].join(' '))

test('whatever octets come, the engine neither fails nor asks the store what it cannot answer', async () => {
  const piece = fc.oneof(
    { weight: 3, arbitrary: command.map((line) => `t ${line}\r\n`) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((octets) => String.fromCharCode(...octets)) },
    { weight: 1, arbitrary: fc.constantFrom('\r\n', '\n', '{5}\r\n', '{5+}\r\n', '"', '\\', ' ', 'DONE\r\n', '*\r\n') },
  )
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(piece, { maxLength: 25 }), async (isLoggedIn, pieces) => {
      const client = new TestClient(await storeWith('basic'), { failureDelay: 0 })
      if (isLoggedIn) await client.send('0 LOGIN fred secret\r\n1 SELECT INBOX\r\n')
      await client.send(pieces.join(''))
      client.end()
      await client.quiet()
      expect(client.events.filter(({ name }) => FAULTS.has(name))).toEqual([])
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('every command gets exactly one tagged reply, in its turn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 20 }), async (commands) => {
      const client = new TestClient(await storeWith('folders'), { limits: { badCommands: 1_000 } })
      await client.send('0 LOGIN fred secret\r\n1 SELECT INBOX\r\n')
      // Each tag begins a line only in replies: no argument above does.
      const lines = commands.map((line, at) => `tag${at}x ${line}\r\n`)
      // Behind a command that waits for something else, the commands after it are not sent.
      for (const line of lines) await client.send(line)
      await client.send('end NOOP\r\n')
      const replies = [...client.output.matchAll(/^tag(\d+)x (?:OK|NO|BAD) /gm)].map(([, at]) => Number(at))
      const distinct = new Set(replies)
      expect(replies).toHaveLength(distinct.size)
      expect(replies).toEqual([...replies].sort((one, other) => one - other))
      expect(client.events.filter(({ name }) => FAULTS.has(name))).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a peer that does not read stops the store from being read, page by page', async () => {
  const real = await storeWith('many')
  const calls: string[] = []
  const store = watched(real, calls)
  const client = new TestClient(store)
  await client.send('0 LOGIN fred secret\r\n1 SELECT INBOX\r\n')
  client.pause()
  const before = client.output.length
  await client.send('2 FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)\r\n')
  // 3,000 messages come in pages of 1,000, some 200 octets each; the pair's buffer takes 64 KiB.
  expect(pagesOf(calls)).toBe(1)
  expect(client.output.length).toBe(before)
  client.resume()
  await client.quiet()
  expect(pagesOf(calls)).toBe(3)
  expect([...client.output.matchAll(/^\* \d+ FETCH /gm)]).toHaveLength(3_000)
  expect(client.output).toMatch(/^2 OK Fetch completed\.\r$/m)
})

test('FETCH of flags alone never asks the store', async () => {
  const real = await storeWith('many')
  const calls: string[] = []
  const store = watched(real, calls)
  const client = new TestClient(store)
  await client.send('0 LOGIN fred secret\r\n1 SELECT INBOX\r\n')
  calls.length = 0
  await client.send('2 UID FETCH 1:* (FLAGS)\r\n3 SEARCH UNSEEN\r\n')
  expect(calls).toEqual([])
  expect([...client.output.matchAll(/^\* \d+ FETCH \(UID \d+ FLAGS \(/gm)]).toHaveLength(3_000)
})

/** A store that notes the names of its methods as they are called. */
function watched(store: MailStore, calls: string[]): MailStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        calls.push(String(name))
        return member.apply(target, args)
      }
    },
  })
}

function pagesOf(calls: readonly string[]): number {
  return calls.filter((name) => name === 'fetch').length
}

test('logins and the end of a session are told with the name, never with the password', async () => {
  const client = new TestClient(await storeWith('basic'), { failureDelay: 0 })
  await client.send(
    'a LOGIN fred wrong\r\nb AUTHENTICATE PLAIN AGZyZWQAd3Jvbmc=\r\nc LOGIN fred secret\r\nd LOGOUT\r\n',
  )
  client.end()
  await client.quiet()
  expect(client.events.filter(({ name }) => name !== 'connect')).toMatchObject([
    { name: 'loginFailed', user: 'fred', method: 'LOGIN', reason: 'rejected' },
    { name: 'loginFailed', user: 'fred', method: 'PLAIN', reason: 'rejected' },
    { name: 'login', user: 'fred', method: 'LOGIN' },
    { name: 'disconnect', user: 'fred', reason: 'logout' },
  ])
  expect(JSON.stringify(client.events)).not.toMatch(/wrong|secret/)
})

test('[F1] a command whose capability is switched off does not exist, and no other is lost', async () => {
  const client = new TestClient(await storeWith('basic'), {
    capabilities: ['IMAP4rev1'],
    compression: 'offered',
    jmapUrl: 'https://example.com/',
    limits: { badCommands: 1_000 },
  })
  await client.send('0 LOGIN fred secret\r\n1 SELECT INBOX\r\n')
  const extensions = Object.entries(COMMANDS).filter(([, { capability }]) => capability !== undefined)
  expect(extensions.length).toBeGreaterThan(10)
  for (const [name, { admission }] of Object.entries(COMMANDS)) {
    if (admission === 'notAuthenticated' || name === 'LOGOUT') continue
    client.output = ''
    await client.send(`t ${name} {1}\r\n`)
    const isUnknown = client.output === `t BAD Error in IMAP command ${name}: Unknown command.\r\n`
    expect(isUnknown, `${name}: ${client.output}`).toBe(extensions.some(([extension]) => extension === name))
    // Whatever else it was, it may wait for its literal.
    if (client.output.startsWith('+')) await client.send('x\r\n')
  }
})
