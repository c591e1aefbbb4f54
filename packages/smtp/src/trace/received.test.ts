import { describe, expect, test } from 'vitest'
import { type ReceivedFrom, receivedField, type Trace } from './received.js'

const GATEWAY: ReceivedFrom = {
  kind: 'peer',
  heloName: 'mailserver.local',
  name: 'gateway',
  address: '10.0.2.2',
  protocol: 'ESMTP',
  tls: null,
  user: null,
}

const SEED: Trace = {
  from: GATEWAY,
  hostname: 'mailserver.local',
  mailName: 'Postfix',
  id: '1D7FE400A4C9',
  recipient: { localPart: 'vagrant', domain: 'mailserver.local' },
  at: Date.UTC(2020, 6, 15, 16, 31, 24),
}

const TLS = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' }

describe('Received', () => {
  test('[B18] byte for byte as in seed 003', () => {
    expect(receivedField(SEED)).toBe(
      'Received: from mailserver.local (gateway [10.0.2.2])\r\n' +
        '\tby mailserver.local (Postfix) with ESMTP id 1D7FE400A4C9\r\n' +
        '\tfor <vagrant@mailserver.local>; Wed, 15 Jul 2020 16:31:24 +0000 (UTC)\r\n',
    )
  })

  test('[B18] [B20] from a program of the machine, as in seed 000', () => {
    const field = receivedField({
      ...SEED,
      from: { kind: 'local', userId: 0 },
      hostname: 'correo.mymail.com',
      id: '5B0B020CC1',
      at: Date.UTC(2020, 11, 28, 17, 12, 31),
      zone: { offsetMinutes: -300, name: 'EST' },
    })
    expect(field).toBe(
      'Received: by correo.mymail.com (Postfix, from userid 0)\r\n\tid 5B0B020CC1; Mon, 28 Dec 2020 12:12:31 -0500 (EST)\r\n',
    )
  })

  test('[B18] several recipients are not named; TLS and the user are', () => {
    const from: ReceivedFrom = {
      ...GATEWAY,
      heloName: 'laptop',
      name: null,
      address: '2001:db8::7',
      protocol: 'ESMTPSA',
      tls: TLS,
      user: 'alice',
    }
    expect(receivedField({ ...SEED, from, recipient: null })).toBe(
      'Received: from laptop (unknown [IPv6:2001:db8::7])\r\n' +
        '\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)\r\n' +
        '\t(Authenticated sender: alice)\r\n' +
        '\tby mailserver.local (Postfix) with ESMTPSA id 1D7FE400A4C9;\r\n' +
        '\tWed, 15 Jul 2020 16:31:24 +0000 (UTC)\r\n',
    )
  })

  test('a peer without a HELO goes by its own name', () => {
    expect(receivedField({ ...SEED, from: { ...GATEWAY, heloName: null } })).toMatch(
      /^Received: from gateway \(gateway /,
    )
  })

  test.each([
    ['a line end', 'x\r\nSubject: y', /^Received: from x\?\?Subject:\?y \(/],
    ['the end of a comment', 'x) by evil (', /^Received: from x\?\?by\?evil\?\? \(/],
  ])('what the peer says cannot bring in %s', (_, heloName, pattern) => {
    expect(receivedField({ ...SEED, from: { ...GATEWAY, heloName } })).toMatch(pattern)
  })

  test.each([
    ['pairs stay', 'a(b)c', 'a(b)c'],
    ['an end too many', 'a)b', 'a?b'],
    ['an end too few', 'a(b', 'a(b)'],
    ['a backslash', 'a\\', 'a?'],
    ['UTF-8', 'jürgen', 'j?rgen'],
  ])('parentheses in a user’s name: %s', (_, user, written) => {
    expect(receivedField({ ...SEED, from: { ...GATEWAY, user } })).toContain(`\t(Authenticated sender: ${written})\r\n`)
  })
})
