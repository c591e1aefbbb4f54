import { holds, type Network, rawAddress, readNetwork } from '@mailwright/core'
import { BadRule, parseRules } from './rule-lines.js'
import type { ReadTable } from './table.js'

interface NetworkTest {
  readonly network: Network
  /** Behind `!`: addresses of the same family that are not in it. */
  readonly wants: 'inside' | 'outside'
}

/**
 * Reads a cidr_table(5): `network value` on a line, the first that holds the address answers. `!` turns a rule round. Keys are addresses;
 * anything else is not in it. An IPv4 address that comes as IPv6 is an IPv6 one here, as in Postfix.
 */
export function readCidrTable(text: string): ReadTable {
  return parseRules<NetworkTest, readonly number[]>(
    text,
    {
      test: readTest,
      answer(line) {
        const { test, rest } = readTest(line)
        if (rest.trim() === '') throw new BadRule('no replacement text')
        return { test, value: rest.trim() }
      },
    },
    {
      keyOf: rawAddress,
      fits: ({ network, wants }, octets) =>
        octets.length === network.octets.length && holds(network, octets) === (wants === 'inside'),
      answer: ({ value }) => value,
    },
  )
}

function readTest(text: string): { readonly test: NetworkTest; readonly rest: string } {
  const [, marks = '', pattern = '', rest = ''] = /^((?:!\s*)*)(\S*)(.*)$/s.exec(text) ?? []
  const network = readNetwork(pattern)
  if (typeof network === 'string') throw new BadRule(network)
  const isTurned = marks.replace(/\s/g, '').length % 2 === 1
  return { test: { network, wants: isTurned ? 'outside' : 'inside' }, rest }
}
