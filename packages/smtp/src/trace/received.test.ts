import { accountId } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { freshSession, learned } from '../session.js'
import { type ReceivedFrom, receivedField, receivedFrom, type Trace } from './received.js'

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
        '\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n' +
        '\t(No client certificate requested)\r\n' +
        '\t(Authenticated sender: alice)\r\n' +
        '\tby mailserver.local (Postfix) with ESMTPSA id 1D7FE400A4C9;\r\n' +
        '\tWed, 15 Jul 2020 16:31:24 +0000 (UTC)\r\n',
    )
  })

  test.each([
    ['TLS_AES_128_GCM_SHA256', ' (128/128 bits)'],
    ['TLS_CHACHA20_POLY1305_SHA256', ' (256/256 bits)'],
    ['ECDHE-RSA-AES256-GCM-SHA384', ' (256/256 bits)'],
    ['TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256', ' (128/128 bits)'],
    ['TLS_NEW_CIPHER', ''],
  ])('the cipher %s has %s', (cipher, bits) => {
    const from = { ...GATEWAY, tls: { protocol: 'TLSv1.2', cipher } }
    expect(receivedField({ ...SEED, from })).toContain(`\t(using TLSv1.2 with cipher ${cipher}${bits})\r\n`)
  })

  test('a priority stands behind the recipient, RFC 6710 §7', () => {
    expect(receivedField({ ...SEED, priority: -3 })).toContain('for <vagrant@mailserver.local> PRIORITY -3; Wed')
    expect(receivedField({ ...SEED, priority: 3, recipient: null })).toContain('id 1D7FE400A4C9 PRIORITY 3;\r\n')
  })

  test('[B18] what a session says of itself: names by DNS, UTF8 where the message needs it, and the user only where he may be named', () => {
    const peer = { address: '192.0.2.7', port: 40_000, localAddress: '192.0.2.25', localPort: 587 }
    const fresh = freshSession({ role: 'submission', hostname: 'mx.example.com', peer, tls: TLS })
    const identity = { user: 'alice', account: accountId('alice') }
    const client = { name: 'laptop.example.com', reverseName: 'laptop.example.com' }
    const session = learned(fresh, { hello: 'EHLO', heloName: 'laptop', identity, client })
    const transaction = { reversePath: null, parameters: { smtpUtf8: true } } as const
    const from = receivedFrom(session, transaction, 'named')
    const recipient = { localPart: 'jürgen', domain: 'bücher.example' }
    expect(receivedField({ ...SEED, from, recipient })).toBe(
      'Received: from laptop (laptop.example.com [192.0.2.7])\r\n' +
        '\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n' +
        '\t(No client certificate requested)\r\n' +
        '\t(Authenticated sender: alice)\r\n' +
        '\tby mailserver.local (Postfix) with UTF8SMTPSA id 1D7FE400A4C9\r\n' +
        '\tfor <jürgen@bücher.example>; Wed, 15 Jul 2020 16:31:24 +0000 (UTC)\r\n',
    )
    const plain = { reversePath: null, parameters: {} }
    expect(receivedFrom(session, plain)).toMatchObject({ protocol: 'ESMTPSA', user: null })
    const local = receivedFrom({ ...fresh, peer: { ...peer, address: '' } }, plain)
    expect(local).toMatchObject({ name: null, address: '127.0.0.1' })
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
