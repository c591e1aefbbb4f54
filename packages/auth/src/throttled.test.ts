import type { Authenticator, AuthResult, LoginContext } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import type { ThrottleLimits } from './limits.js'
import { staticAuthenticator } from './static-authenticator.js'
import { throttled } from './throttled.js'

const signal = new AbortController().signal
const from = (peerAddress: string): LoginContext => ({ service: 'imap', peerAddress, isSecure: true })

function setUp(limits: Partial<ThrottleLimits> = {}, inner: Authenticator = staticAuthenticator({ bob: 'right' })) {
  let now = 1_000
  let guesses = 0
  const authenticator = throttled(inner, { clock: { now: () => now }, limits })
  return {
    pass: (milliseconds: number): void => {
      now += milliseconds
    },
    login: (password: string, address = '192.0.2.1'): Promise<AuthResult> =>
      authenticator.verifyPassword({ user: 'bob', password, context: from(address) }, signal),
    guess: (address = '192.0.2.1'): Promise<AuthResult> => {
      guesses++
      return authenticator.verifyPassword({ user: 'bob', password: `${guesses}`, context: from(address) }, signal)
    },
    authenticator,
  }
}

test('secrets are known where the inner authenticator knows them', () => {
  const { authenticator } = setUp()
  expect(authenticator.knowsSecrets).toBe(true)
})

describe('failures', () => {
  test('slow their address down, from 2 s to 15 s', async () => {
    const { guess } = setUp()
    const delays: unknown[] = []
    for (let i = 0; i < 6; i++) delays.push(await guess())
    expect(delays).toEqual([2, 4, 8, 15, 15, 15].map((seconds) => ({ kind: 'rejected', delay: seconds * 1_000 })))
  })

  test('leave other addresses alone', async () => {
    const { guess } = setUp()
    await guess('192.0.2.1')
    expect(await guess('192.0.2.2')).toEqual({ kind: 'rejected', delay: 2_000 })
  })

  test('count for the whole /64 of IPv6, and for IPv4 in either form', async () => {
    const { guess } = setUp()
    await guess('2001:db8::1')
    expect(await guess('2001:db8::ffff:1')).toMatchObject({ delay: 4_000 })
    expect(await guess('2001:db8:0:1::1')).toMatchObject({ delay: 2_000 })
    await guess('192.0.2.1')
    expect(await guess('::ffff:192.0.2.1')).toMatchObject({ delay: 4_000 })
  })

  test('are forgotten after 15 minutes of silence, not before', async () => {
    const { guess, pass } = setUp()
    await guess()
    pass(899_999)
    expect(await guess()).toMatchObject({ delay: 4_000 })
    pass(900_000)
    expect(await guess()).toMatchObject({ delay: 2_000 })
  })

  test('of the same login count once: an old password in a device slows nobody further', async () => {
    const { login, guess } = setUp()
    for (let i = 0; i < 5; i++) expect(await login('old')).toMatchObject({ delay: 2_000 })
    expect(await guess()).toMatchObject({ delay: 4_000 })
    expect(await login('old')).toMatchObject({ delay: 4_000 })
  })

  test('of more different logins than are remembered count again', async () => {
    const { login } = setUp({ repeats: 2 })
    for (const password of ['a', 'b', 'c']) await login(password)
    expect(await login('a')).toMatchObject({ delay: 15_000 })
  })

  test('of digests always count', async () => {
    const { authenticator } = setUp()
    const args = { user: 'bob', mechanism: 'APOP', challenge: '<1@x>', context: from('192.0.2.1') } as const
    await authenticator.verifyDigest({ ...args, response: 'a' }, signal)
    expect(await authenticator.verifyDigest({ ...args, response: 'b' }, signal)).toMatchObject({ delay: 4_000 })
  })
})

describe('the owner', () => {
  test('is never delayed nor locked out, and clears the address', async () => {
    const { login, guess } = setUp()
    for (let i = 0; i < 20; i++) await guess()
    expect(await login('right')).toEqual({ kind: 'accepted', user: 'bob', account: 'bob' })
    expect(await guess()).toMatchObject({ delay: 2_000 })
  })
})

test('the table is bounded: the network silent longest is forgotten first', async () => {
  const { guess } = setUp({ networks: 2 })
  await guess('192.0.2.1')
  await guess('192.0.2.2')
  await guess('192.0.2.1')
  await guess('192.0.2.3')
  expect(await guess('192.0.2.1')).toMatchObject({ delay: 8_000 })
  expect(await guess('192.0.2.2')).toMatchObject({ delay: 2_000 })
})

describe('other results', () => {
  const answering = (result: AuthResult): Authenticator => ({
    ...staticAuthenticator({}),
    verifyPassword: async () => result,
  })

  test.each<AuthResult>([
    { kind: 'expired' },
    { kind: 'disabled' },
    { kind: 'referral', url: 'imap://there/' },
    { kind: 'unavailable' },
  ])('%o passes as it is', async (result) => {
    expect(await setUp({}, answering(result)).guess()).toEqual(result)
  })

  test('a longer delay of the inner authenticator stands', async () => {
    expect(await setUp({}, answering({ kind: 'rejected', delay: 60_000 })).guess()).toMatchObject({ delay: 60_000 })
  })

  test('looking a user up is not slowed', async () => {
    const { authenticator, guess } = setUp()
    await guess()
    expect(await authenticator.lookupUser({ user: 'bob' }, signal)).toEqual({
      kind: 'found',
      user: 'bob',
      account: 'bob',
    })
  })
})
