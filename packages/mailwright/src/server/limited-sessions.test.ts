import { staticAuthenticator } from '@mailwright/auth'
import { describe, expect, test } from 'vitest'
import { limitedSessions } from './limited-sessions.js'

const signal = new AbortController().signal
const context = { service: 'imap', peerAddress: '192.0.2.1', isSecure: true } as const
const login = (password: string) => ({ user: 'alice', password, context })

describe('sessions of a user that are limited', () => {
  test('a right password where no session is free: later', async () => {
    const limited = limitedSessions(staticAuthenticator({ alice: 'right' }), () => false)
    expect(await limited.verifyPassword(login('right'), signal)).toEqual({ kind: 'unavailable' })
  })
  test('a wrong password is no session, and is not told of them', async () => {
    const asked: string[] = []
    const limited = limitedSessions(staticAuthenticator({ alice: 'right' }), (user) => asked.push(user) > 0)
    expect(await limited.verifyPassword(login('wrong'), signal)).toMatchObject({ kind: 'rejected' })
    expect(asked).toEqual([])
    expect(await limited.verifyPassword(login('right'), signal)).toMatchObject({ kind: 'accepted' })
    expect(asked).toEqual(['alice'])
  })
})
