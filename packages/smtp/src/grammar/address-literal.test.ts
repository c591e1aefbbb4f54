import { describe, expect, test } from 'vitest'
import { addressLiteral, isAddressLiteral } from './address-literal.js'

/** RFC 5321 §4.1.3, each production and what is just outside of it. */
const LITERALS: readonly (readonly [text: string, isLiteral: boolean])[] = [
  ['[123.255.37.2]', true],
  ['[0.0.0.0]', true],
  ['[001.002.003.004]', true],
  ['[1.2.3]', false],
  ['[1.2.3.4.5]', false],
  ['[1.2.3.1234]', false],
  ['[1.2.3.-4]', false],
  ['[IPv6:1:2:3:4:5:6:7:8]', true],
  ['[ipv6:ABCD:ef01::]', true],
  ['[IPv6:::]', true],
  ['[IPv6:::1]', true],
  ['[IPv6:1::8]', true],
  ['[IPv6:1:2:3::4:5:6]', true],
  ['[IPv6:1:2:3:4:5:6::]', true],
  ['[IPv6:1:2:3:4:5:6::7]', false],
  ['[IPv6:1:2:3:4:5:6:7]', false],
  ['[IPv6:1:2:3:4:5:6:7:8:9]', false],
  ['[IPv6:1::2::3]', false],
  ['[IPv6:1:::2]', false],
  ['[IPv6::1::2]', false],
  ['[IPv6:12345::]', false],
  ['[IPv6:g::]', false],
  ['[IPv6:]', false],
  ['[IPv6:1:2:3:4:5:6:192.0.2.1]', true],
  ['[IPv6:::192.0.2.1]', true],
  ['[IPv6:::ffff:192.0.2.1]', true],
  ['[IPv6:1:2:3:4::192.0.2.1]', true],
  ['[IPv6:1:2:3:4:5::192.0.2.1]', false],
  ['[IPv6:::192.0.2.256]', false],
  ['[IPv6:192.0.2.1]', false],
  ['[x400:anything!]', false],
  ['[2001:db8::1]', false],
  ['[tag:]', false],
  ['[:x]', false],
  ['[]', false],
  ['1.2.3.4', false],
]

describe('address literals', () => {
  test.each(LITERALS)('%s: %s', (text, isLiteral) => {
    expect(isAddressLiteral(text)).toBe(isLiteral)
  })

  test.each([
    ['192.0.2.1', '[192.0.2.1]'],
    ['2001:db8::1', '[IPv6:2001:db8::1]'],
    ['::ffff:192.0.2.1', '[IPv6:::ffff:192.0.2.1]'],
  ])('%s is written %s', (address, literal) => {
    expect(addressLiteral(address)).toBe(literal)
    expect(isAddressLiteral(literal)).toBe(true)
  })
})
