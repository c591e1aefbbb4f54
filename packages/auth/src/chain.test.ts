import type { Authenticator, AuthResult } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { chain } from './chain.js'
import { staticAuthenticator } from './static-authenticator.js'

const signal = new AbortController().signal
const context = { service: 'imap', peerAddress: '192.0.2.1', isSecure: true } as const
const answering = (result: AuthResult): Authenticator => ({
  verifyPassword: async () => result,
  verifyDigest: async () => result,
  lookupUser: async () => (result.kind === 'unavailable' ? { kind: 'unavailable' } : { kind: 'noSuchUser' }),
})
const rejecting = answering({ kind: 'rejected' })
const away = answering({ kind: 'unavailable' })
const bob = staticAuthenticator({ bob: 'secret' })
const accepted = { kind: 'accepted', user: 'bob', account: 'bob' }

describe('a chain', () => {
  test.each<readonly [string, readonly Authenticator[], unknown]>([
    ['accepts what the first accepts', [bob, answering({ kind: 'disabled' })], accepted],
    ['accepts what a later one accepts', [rejecting, bob], accepted],
    ['accepts what one accepts while another is away', [away, bob], accepted],
    ['stops at the first that knows the password', [answering({ kind: 'expired' }), bob], { kind: 'expired' }],
    [
      'stops at a referral: the password was right',
      [answering({ kind: 'referral', url: 'imap://there/' }), bob],
      { kind: 'referral', url: 'imap://there/' },
    ],
    ['rejects when all reject', [rejecting, rejecting], { kind: 'rejected' }],
    [
      'keeps the longest delay',
      [answering({ kind: 'rejected', delay: 5 }), answering({ kind: 'rejected', delay: 3 })],
      { kind: 'rejected', delay: 5 },
    ],
    ['is unavailable when nobody knows and one is away', [away, rejecting], { kind: 'unavailable' }],
    ['rejects when it is empty', [], { kind: 'rejected' }],
  ])('%s', async (_, authenticators, expected) => {
    const args = { user: 'bob', password: 'secret', context }
    expect(await chain(authenticators).verifyPassword(args, signal)).toEqual(expected)
  })

  test('knows secrets when any does', () => {
    expect(chain([rejecting, bob]).knowsSecrets).toBe(true)
    expect(chain([rejecting, away]).knowsSecrets).toBe(false)
  })

  test('passes digests on', async () => {
    const args = { user: 'bob', mechanism: 'APOP', challenge: '<1@x>', response: '', context } as const
    expect(await chain([bob, answering({ kind: 'disabled' })]).verifyDigest(args, signal)).toEqual({ kind: 'disabled' })
  })

  test.each<readonly [string, readonly Authenticator[], string]>([
    ['finds whom any knows', [rejecting, away, bob], 'found'],
    ['does not say "no such user" while one is away', [away, rejecting], 'unavailable'],
    ['says it when all do', [rejecting, rejecting], 'noSuchUser'],
  ])('%s', async (_, authenticators, kind) => {
    expect((await chain(authenticators).lookupUser({ user: 'bob' }, signal)).kind).toBe(kind)
  })
})
