import { describe, expect, test } from 'vitest'
import { digestResponse } from './digest-response.js'
import { staticAuthenticator } from './static-authenticator.js'

const signal = new AbortController().signal
const context = { service: 'imap', peerAddress: '192.0.2.1', isSecure: true } as const
const users = staticAuthenticator({ 'Bob@example.com': 'secret', nobody: '' })
const accepted = { kind: 'accepted', user: 'bob@example.com', account: 'bob@example.com' }

describe('a static authenticator', () => {
  test.each([
    ['the password', { user: 'bob@example.com', password: 'secret' }, accepted],
    ['another case of the name', { user: 'BOB@EXAMPLE.COM', password: 'secret' }, accepted],
    ['itself as the identity', { user: 'bob@example.com', password: 'secret', authorize: 'Bob@example.com' }, accepted],
    ['an empty identity', { user: 'bob@example.com', password: 'secret', authorize: '' }, accepted],
    ['another identity', { user: 'bob@example.com', password: 'secret', authorize: 'eve' }, { kind: 'rejected' }],
    ['a wrong password', { user: 'bob@example.com', password: 'Secret' }, { kind: 'rejected' }],
    ['an unknown user', { user: 'eve', password: 'secret' }, { kind: 'rejected' }],
    ['a property of every object', { user: 'constructor', password: 'secret' }, { kind: 'rejected' }],
    ['an empty password', { user: 'nobody', password: '' }, { kind: 'rejected' }],
  ])('answers %s', async (_, args, expected) => {
    expect(await users.verifyPassword({ ...args, context }, signal)).toEqual(expected)
  })

  test('checks digests', async () => {
    const args = { user: 'bob@example.com', mechanism: 'CRAM-MD5', challenge: '<1@x>', context } as const
    const response = digestResponse('CRAM-MD5', '<1@x>', 'secret')
    expect(await users.verifyDigest({ ...args, response }, signal)).toEqual(accepted)
    expect(await users.verifyDigest({ ...args, user: 'eve', response }, signal)).toEqual({ kind: 'rejected' })
    const empty = digestResponse('CRAM-MD5', '<1@x>', '')
    expect(await users.verifyDigest({ ...args, user: 'nobody', response: empty }, signal)).toEqual({ kind: 'rejected' })
  })

  test('finds users', async () => {
    expect(await users.lookupUser({ user: 'BOB@example.com' }, signal)).toEqual({ ...accepted, kind: 'found' })
    expect(await users.lookupUser({ user: 'eve' }, signal)).toEqual({ kind: 'noSuchUser' })
  })
})
