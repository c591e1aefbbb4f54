import { describe, expect, test } from 'vitest'
import { deliveredTo, originalTo, returnPath } from './delivery-fields.js'

describe('delivery fields', () => {
  test('[B19] in the order and form of the seeds (000)', () => {
    const root = { localPart: 'root', domain: 'mymail.com' }
    const compras = { localPart: 'compras', domain: 'mymail.com' }
    expect(returnPath(root) + originalTo(compras) + deliveredTo(compras)).toBe(
      'Return-Path: <root@mymail.com>\r\nX-Original-To: compras@mymail.com\r\nDelivered-To: compras@mymail.com\r\n',
    )
  })

  test('[B19] an original recipient without a domain (001)', () => {
    expect(originalTo({ localPart: 'user1', domain: null })).toBe('X-Original-To: user1\r\n')
  })

  test('the null reverse-path, RFC 5321 §4.4', () => {
    expect(returnPath(null)).toBe('Return-Path: <>\r\n')
  })
})
