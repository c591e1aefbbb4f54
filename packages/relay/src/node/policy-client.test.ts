import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { policyClient } from './policy-client.js'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A service that answers as a test says, and counts its connections. */
async function service(answer: (request: string, socket: Socket) => string | undefined) {
  const seen = { connections: 0, requests: [] as string[] }
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    seen.connections++
    sockets.add(socket)
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.endsWith('\n\n')) return
      seen.requests.push(text)
      const said = answer(text, socket)
      text = ''
      if (said !== undefined) socket.write(said)
    })
  })
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    }),
  )
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  closers.push(hangUp, () => server.close())
  return { name: `inet:127.0.0.1:${port}`, seen, hangUp }
}

const never = new AbortController().signal
const REQUEST = 'request=smtpd_access_policy\nsender=a@b.example\n\n'

describe('policy services', () => {
  test('a connection is used again, for one question at a time', async () => {
    const { name, seen } = await service(() => 'action=DUNNO\n\n')
    const { askPolicy } = policyClient()
    const ask = () => askPolicy({ service: name, request: REQUEST, timeout: 5_000 }, never)
    expect(await ask()).toEqual({ kind: 'answered', action: 'DUNNO' })
    expect(await ask()).toEqual({ kind: 'answered', action: 'DUNNO' })
    expect(seen).toEqual({ connections: 1, requests: [REQUEST, REQUEST] })
    await Promise.all([ask(), ask()])
    expect(seen.connections).toBe(2)
  })

  test('one that was closed meanwhile is opened anew', async () => {
    const { name, seen, hangUp } = await service(() => 'action=REJECT no\r\n\r\n')
    const { askPolicy } = policyClient()
    const ask = () => askPolicy({ service: name, request: REQUEST, timeout: 5_000 }, never)
    await ask()
    hangUp()
    expect(await ask()).toEqual({ kind: 'answered', action: 'REJECT no' })
    expect(seen.connections).toBe(2)
  })

  test('an answer in pieces', async () => {
    const { name } = await service((_, socket) => {
      socket.write('action=PREPEND X: ')
      setImmediate(() => socket.write('y\n\n'))
      return undefined
    })
    const answer = await policyClient().askPolicy({ service: name, request: REQUEST, timeout: 5_000 }, never)
    expect(answer).toEqual({ kind: 'answered', action: 'PREPEND X: y' })
  })

  test.each<[string, (request: string, socket: Socket) => string | undefined, string]>([
    ['it is silent', () => undefined, 'The operation was aborted due to timeout'],
    ['it hangs up', (_, socket) => void socket.destroy(), 'it closed the connection'],
    ['it says no action', () => 'hello=world\n\n', 'no action in its answer'],
    ['it does not end', () => 'x'.repeat(20_000), 'its answer is too long'],
  ])('%s', async (_, answer, reason) => {
    const { name } = await service(answer)
    const said = await policyClient().askPolicy({ service: name, request: REQUEST, timeout: 200 }, never)
    expect(said).toEqual({ kind: 'unavailable', reason })
  })

  test('it is not there', async () => {
    const { askPolicy } = policyClient()
    const said = await askPolicy({ service: 'inet:127.0.0.1:1', request: REQUEST, timeout: 5_000 }, never)
    expect(said).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('ECONNREFUSED') })
    const path = await askPolicy({ service: 'unix:/nonexistent/policy', request: REQUEST, timeout: 5_000 }, never)
    expect(path).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('ENOENT') })
  })

  test('who asks goes away', async () => {
    const { name } = await service(() => undefined)
    const gone = new AbortController()
    const asking = policyClient().askPolicy({ service: name, request: REQUEST, timeout: 5_000 }, gone.signal)
    gone.abort(new Error('gone'))
    await expect(asking).rejects.toThrow('gone')
  })
})
