import { expect, test } from 'vitest'
import { digestMatches } from './digest-response.js'

test.each([
  // RFC 1939 §7
  ['APOP', '<1896.697170952@dbc.mtview.ca.us>', 'tanstaaf', 'c4c9334bac560ecc979e58001b3e22fb'],
  // RFC 2195 §2
  ['CRAM-MD5', '<1896.697170952@postoffice.reston.mci.net>', 'tanstaaftanstaaf', 'b913a602c7eda7a495b4e6e7334d3890'],
] as const)("%s gives its RFC's own response", (mechanism, challenge, secret, response) => {
  expect(digestMatches(mechanism, challenge, secret, response)).toBe(true)
  expect(digestMatches(mechanism, challenge, `${secret}x`, response)).toBe(false)
  expect(digestMatches(mechanism, `${challenge}x`, secret, response)).toBe(false)
  expect(digestMatches(mechanism, challenge, secret, '')).toBe(false)
})
