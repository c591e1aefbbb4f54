import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddresses } from '../fields/address.js'
import { qualifiedAddresses } from './qualified-addresses.js'

describe('addresses without a domain get one', () => {
  test.each([
    ['a word', 'root', 'root@d.example'],
    ['a whole address', 'root@x.example', 'root@x.example'],
    ['words with dots', 'a.b', 'a.b@d.example'],
    ['dots with blanks', 'a . b', 'a . b@d.example'],
    ['a quoted word', '"a b"', '"a b"@d.example'],
    ['a list', 'a, b@x, c', 'a@d.example, b@x, c@d.example'],
    ['angle brackets', 'Joe <joe>', 'Joe <joe@d.example>'],
    ['angle brackets with an address', '"Joe, D." <joe@x>', '"Joe, D." <joe@x>'],
    ['a comma in a comment', 'joe (home, sweet)', 'joe@d.example (home, sweet)'],
    ['a name and no address', 'Joe Doe', 'Joe Doe'],
    ['a group', 'us: a, b@x;, c', 'us: a@d.example, b@x;, c@d.example'],
    ['nobody', 'undisclosed-recipients:;', 'undisclosed-recipients:;'],
    ['null members', ', ,a,,', ', ,a@d.example,,'],
    ['empty brackets', '<>', '<>'],
    ['blanks in brackets', 'x < joe >', 'x < joe@d.example >'],
    ['a domain literal', 'joe@[192.0.2.1]', 'joe@[192.0.2.1]'],
    ['something broken', 'joe@', 'joe@'],
    ['nothing', '', ''],
  ])('%s', (_, body, qualified) => {
    expect(qualifiedAddresses(body, 'd.example')).toBe(qualified)
  })

  test('done once, it is done; what had a domain keeps it, and nobody is added', () => {
    const part = fc.constantFrom('a', 'b', '.', '@', ',', '<', '>', ' ', '"', '(', ')', ':', ';', '\\', '[', ']')
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 24 }).map((parts) => parts.join('')),
        (body) => {
          const once = qualifiedAddresses(body, 'd.example')
          expect(qualifiedAddresses(once, 'd.example')).toBe(once)
          const domains = (text: string): readonly string[] =>
            parseAddresses(text).flatMap((each) => (each.kind === 'mailbox' && each.domain !== '' ? [each.domain] : []))
          expect(domains(once).filter((domain) => domain !== 'd.example')).toEqual(domains(body))
          expect(parseAddresses(once).length).toBe(parseAddresses(body).length)
        },
      ),
      { numRuns: 500 },
    )
  })
})
