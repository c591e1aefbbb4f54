import { describe, expect, test } from 'vitest'
import { fromUtf8, utf8 } from '../bytes.js'
import type { SaslClientExchange } from '../sasl/client/client-mechanism.js'
import { CRAM_MD5_CLIENT, NODE_CLIENT_MECHANISMS, scramClient } from './sasl-clients.js'

const PENCIL = { kind: 'password', user: 'user', password: 'pencil' } as const

function begun(exchange: SaslClientExchange | null): SaslClientExchange {
  if (exchange === null) throw new Error('not for these credentials')
  return exchange
}

function said(exchange: SaslClientExchange, challenge: string): string | null {
  const response = exchange.respond(fromUtf8(challenge))
  return response === null ? null : utf8(response)
}

/** RFC 7677 §3. */
const SHA256 = {
  nonce: 'rOprNGfwEbeRWgbNEkqO',
  first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
  challenge: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  proof: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
}

describe('SCRAM', () => {
  test('RFC 7677 §3: the example of SHA-256', () => {
    const exchange = begun(scramClient('SHA-256', () => SHA256.nonce).begin(PENCIL))
    expect(utf8(exchange.initialResponse ?? new Uint8Array(0))).toBe(SHA256.first)
    expect(said(exchange, SHA256.challenge)).toBe(SHA256.final)
    expect(exchange.isProved).toBe(false)
    expect(said(exchange, SHA256.proof)).toBe('')
    expect(exchange.isProved).toBe(true)
    expect(said(exchange, SHA256.proof)).toBeNull()
  })

  test('RFC 5802 §5: the example of SHA-1', () => {
    const exchange = begun(scramClient('SHA-1', () => 'fyko+d2lbbFgONRv9qkxdawL').begin(PENCIL))
    expect(utf8(exchange.initialResponse ?? new Uint8Array(0))).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL')
    expect(said(exchange, 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096')).toBe(
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    )
    expect(said(exchange, 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=')).toBe('')
  })

  test.each([
    ['a nonce that is not ours', SHA256.challenge.replace('r=rOpr', 'r=xxxx')],
    ['a nonce that is only ours', SHA256.challenge.replace('%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0', '')],
    ['rounds that would take minutes', SHA256.challenge.replace('i=4096', 'i=100000000')],
    ['no rounds', SHA256.challenge.replace('i=4096', 'i=0')],
    ['an extension that is a must', `m=x,${SHA256.challenge}`],
    ['an error', 'e=invalid-proof'],
    ['nothing', ''],
  ])('%s is not answered', (_, challenge) => {
    expect(said(begun(scramClient('SHA-256', () => SHA256.nonce).begin(PENCIL)), challenge)).toBeNull()
  })

  test('a server that does not know the password is found out', () => {
    const exchange = begun(scramClient('SHA-256', () => SHA256.nonce).begin(PENCIL))
    said(exchange, SHA256.challenge)
    expect(said(exchange, SHA256.proof.replace('v=6', 'v=7'))).toBeNull()
    expect(exchange.isProved).toBe(false)
  })

  test('names with commas and equals signs; somebody to act for', () => {
    const exchange = begun(
      scramClient('SHA-256', () => 'x').begin({ kind: 'password', user: 'a,b=c', password: 'p', authorize: 'z=' }),
    )
    expect(utf8(exchange.initialResponse ?? new Uint8Array(0))).toBe('n,a=z=3D,n=a=2Cb=3Dc,r=x')
  })
})

test('CRAM-MD5: RFC 2195 §2, the example', () => {
  const exchange = begun(CRAM_MD5_CLIENT.begin({ kind: 'password', user: 'tim', password: 'tanstaaftanstaaf' }))
  expect(exchange.initialResponse).toBeNull()
  expect(said(exchange, '<1896.697170952@postoffice.reston.mci.net>')).toBe('tim b913a602c7eda7a495b4e6e7334d3890')
  expect(said(exchange, '<again>')).toBeNull()
})

test('all of them, the best first; a token is for none that want a password', () => {
  expect(NODE_CLIENT_MECHANISMS.map(({ name }) => name)).toEqual([
    'EXTERNAL',
    'SCRAM-SHA-256',
    'SCRAM-SHA-1',
    'OAUTHBEARER',
    'XOAUTH2',
    'PLAIN',
    'LOGIN',
    'CRAM-MD5',
  ])
  const token = { kind: 'token', user: 'u', token: 't' } as const
  const fit = NODE_CLIENT_MECHANISMS.filter((mechanism) => mechanism.begin(token) !== null)
  expect(fit.map(({ name }) => name)).toEqual(['OAUTHBEARER', 'XOAUTH2'])
})
