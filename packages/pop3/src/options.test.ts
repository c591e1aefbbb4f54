import { HostError } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { POP3_LIMITS } from './limits.js'
import { type Pop3Options, pop3Settings } from './options.js'

const REQUIRED: Pop3Options = {
  peer: { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.1', localPort: 110 },
  session: 'one',
}

describe('pop3Settings', () => {
  test('[G3] the banner follows +OK, the timestamp follows the banner', () => {
    expect(pop3Settings(REQUIRED).greeting).toBe('+OK POP3 server ready')
    expect(pop3Settings({ ...REQUIRED, banner: 'Dovecot ready.' }).greeting).toBe('+OK Dovecot ready.')
    expect(pop3Settings({ ...REQUIRED, banner: '', challenge: '<1@a>' }).greeting).toBe('+OK <1@a>')
    expect(pop3Settings({ ...REQUIRED, banner: '' }).greeting).toBe('+OK')
  })

  test.each([
    ['a line end', 'ready\r\n+OK'],
    ['a NUL', 'ready\0'],
    ['a less-than sign, which APOP clients look for', 'ready <now>'],
    ['a character beyond ASCII', 'bereit für alles'],
    ['more than fits in a reply', 'x'.repeat(507)],
  ])('a banner is refused: %s', (_, banner) => {
    expect(() => pop3Settings({ ...REQUIRED, banner })).toThrow(HostError)
  })

  test('the longest banner makes a greeting of 512 octets with its end', () => {
    expect(pop3Settings({ ...REQUIRED, banner: 'x'.repeat(506) }).greeting).toHaveLength(510)
  })

  test.each(['', '1896.697170952@dbc', '<1896.697170952>', '<a b@c>', '<a@b>\r\n', '<a@b@c>', '<é@b>', '<a<@b>'])(
    'a challenge is refused: %j',
    (challenge) => {
      expect(() => pop3Settings({ ...REQUIRED, challenge })).toThrow(HostError)
    },
  )

  test.each(['<1896.697170952@dbc.mtview.ca.us>', '<a-b_c+d@[192.0.2.1]>'])('a challenge is taken: %s', (challenge) => {
    expect(pop3Settings({ ...REQUIRED, challenge }).challenge).toBe(challenge)
  })

  test('limits are overridden one by one', () => {
    const { limits } = pop3Settings({ ...REQUIRED, limits: { refused: 5 } })
    expect(limits).toEqual({ ...POP3_LIMITS, refused: 5 })
  })

  test('[G4] a UIDL format is checked when the engine is made, not when somebody asks', () => {
    expect(() => pop3Settings({ ...REQUIRED, uidlFormat: '%f' })).toThrow(HostError)
  })
})
