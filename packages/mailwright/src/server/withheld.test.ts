import { HostError } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { withheldFrom } from './withheld.js'

describe('extensions that are withheld', () => {
  const from = withheldFrom([
    { extensions: ['LIMITS'] },
    { networks: ['192.0.2.0/24', '[2001:db8::]/32'], extensions: ['STARTTLS', 'DSN'] },
    { networks: ['192.0.2.7'], extensions: ['SIZE'] },
  ])

  test.each([
    ['a stranger', '198.51.100.1', ['LIMITS']],
    ['one of a network', '192.0.2.8', ['LIMITS', 'STARTTLS', 'DSN']],
    ['one of a network that came as IPv6', '::ffff:192.0.2.8', ['LIMITS', 'STARTTLS', 'DSN']],
    ['one of an IPv6 network', '2001:db8::1', ['LIMITS', 'STARTTLS', 'DSN']],
    ['one that several entries name', '192.0.2.7', ['LIMITS', 'STARTTLS', 'DSN', 'SIZE']],
    ['one without an address, on a local socket', '', ['LIMITS']],
  ])('%s', (_, address, extensions) => {
    expect(from(address)).toEqual(extensions)
  })

  test('what is no network is refused before anybody comes', () => {
    expect(() => withheldFrom([{ networks: ['everywhere'], extensions: ['DSN'] }])).toThrow(HostError)
  })
})
