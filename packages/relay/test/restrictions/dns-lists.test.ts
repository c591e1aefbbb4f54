import { describe, expect, test } from 'vitest'
import { AWAY, check, MAIL, type World } from './world.js'

describe('[C11] DNS lists (RFC 5782)', () => {
  const blocked = (what: string, more = '') => `554 5.7.1 Service unavailable; ${what} blocked using bl.example${more}`
  const listed = { 'A 9.2.0.192.bl.example': ['127.0.0.4'] }
  test.each<[string, World, string]>([
    ['reject_rbl_client bl.example', { ...MAIL, dns: listed }, blocked('Client host [192.0.2.9]')],
    [
      'reject_rbl bl.example',
      { ...MAIL, dns: { ...listed, 'TXT 9.2.0.192.bl.example': ['spam', 'see https://bl.example'] } },
      blocked('Client host [192.0.2.9]', '; spam / see https://bl.example'),
    ],
    ['reject_rbl_client bl.example=127.0.0.[2..3;5..6]', { ...MAIL, dns: listed }, 'passed'],
    ['reject_rbl_client bl.example=127.0.0.[2..4;11]', { ...MAIL, dns: listed }, blocked('Client host [192.0.2.9]')],
    ['reject_rbl_client bl.example=127.0.0.4', { ...MAIL, dns: listed }, blocked('Client host [192.0.2.9]')],
    ['reject_rbl_client bl.example', MAIL, 'passed'],
    ['reject_rbl_client bl.example', { ...MAIL, dns: { 'A 9.2.0.192.bl.example': AWAY } }, 'passed'],
    [
      'reject_rbl_client bl.example',
      { ...MAIL, address: '127.0.0.2', dns: { 'A 2.0.0.127.bl.example': ['127.0.0.2'] } },
      blocked('Client host [127.0.0.2]'),
    ],
    [
      'reject_rbl_client bl.example',
      { ...MAIL, address: '2001:db8::1', dns: { [`A 1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.bl.example`]: ['127.0.0.2'] } },
      blocked('Client host [2001:db8::1]'),
    ],
    [
      'reject_rbl_client bl.example',
      { ...MAIL, dns: listed, codes: { rbl: 450 } },
      blocked('Client host [192.0.2.9]').replace('554 5', '450 4'),
    ],
    [
      'reject_rhsbl_sender bl.example',
      { ...MAIL, dns: { 'A from.example.bl.example': ['127.0.0.2'] } },
      blocked('Sender address [a@from.example]'),
    ],
    ['reject_rhsbl_sender bl.example', { ...MAIL, from: 'a@[192.0.2.9]' }, 'passed'],
    [
      'reject_rhsbl_recipient bl.example',
      { ...MAIL, dns: { 'A ours.example.bl.example': ['127.0.0.2'] } },
      blocked('Recipient address [joe@ours.example]'),
    ],
    [
      'reject_rhsbl_helo bl.example',
      { ...MAIL, dns: { 'A there.example.bl.example': ['127.0.0.2'] } },
      blocked('Helo command [there.example]'),
    ],
    [
      'reject_rhsbl_helo bl.example',
      { ...MAIL, helo: '192.0.2.9', dns: { 'A 192.0.2.9.bl.example': ['127.0.0.2'] } },
      'passed',
    ],
    [
      'reject_rhsbl_client bl.example',
      {
        ...MAIL,
        client: { name: 'c.example', reverseName: 'c.example' },
        dns: { 'A c.example.bl.example': ['127.0.0.2'] },
      },
      blocked('Client host [c.example]'),
    ],
    [
      'reject_rhsbl_reverse_client bl.example',
      { ...MAIL, client: { name: null, reverseName: 'c.example' }, dns: { 'A c.example.bl.example': ['127.0.0.2'] } },
      blocked('Unverified Client host [c.example]'),
    ],
    ['permit_dnswl_client bl.example, reject', { ...MAIL, dns: listed }, 'passed'],
    [
      'permit_dnswl_client bl.example, reject_unauth_destination',
      { ...MAIL, to: 'x@elsewhere.example', dns: listed },
      '554 5.7.1 <x@elsewhere.example>: Relay access denied',
    ],
    [
      'permit_dnswl_client bl.example, reject',
      { ...MAIL, dns: { 'A 9.2.0.192.bl.example': AWAY } },
      '450 4.7.1 <192.0.2.9>: Client host rejected: Service unavailable',
    ],
    [
      'permit_rhswl_client bl.example, reject',
      {
        ...MAIL,
        client: { name: 'c.example', reverseName: 'c.example' },
        dns: { 'A c.example.bl.example': ['127.0.0.2'] },
      },
      'passed',
    ],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('recipient', list, world)).toBe(expected)
  })
})
