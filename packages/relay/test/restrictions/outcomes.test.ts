import { describe, expect, test } from 'vitest'
import type { Stage } from '../../src/receiving/policy.js'
import { AWAY, check, MAIL, type World } from './world.js'

describe('[C7] restrictions: a row for each outcome', () => {
  test.each<[list: string, stage: Stage, world: World, expected: string]>([
    ['permit, reject', 'recipient', MAIL, 'passed'],
    ['reject', 'client', {}, '554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied'],
    ['reject', 'helo', {}, '554 5.7.1 <there.example>: Helo command rejected: Access denied'],
    ['reject', 'sender', MAIL, '554 5.7.1 <a@from.example>: Sender address rejected: Access denied'],
    ['reject', 'recipient', MAIL, '554 5.7.1 <joe@ours.example>: Recipient address rejected: Access denied'],
    ['reject', 'data', MAIL, '554 5.7.1 <DATA>: Data command rejected: Access denied'],
    ['reject', 'endOfData', MAIL, '554 5.7.1 <END-OF-MESSAGE>: End-of-data rejected: Access denied'],
    ['reject', 'etrn', { etrn: 'x.example' }, '554 5.7.1 <x.example>: Etrn command rejected: Access denied'],
    ['reject', 'expn', { to: 'staff' }, '554 5.7.1 <staff>: Expn command rejected: Access denied'],
    ['reject', 'expn', { to: 'postmaster' }, '554 5.7.1 <postmaster>: Expn command rejected: Access denied'],
    [
      'reject',
      'recipient',
      { ...MAIL, codes: { reject: 454 } },
      '454 4.7.1 <joe@ours.example>: Recipient address rejected: Access denied',
    ],
    ['defer', 'recipient', MAIL, '450 4.3.2 <joe@ours.example>: Recipient address rejected: Try again later'],
    ['reject', 'recipient', { from: '', to: 'Postmaster' }, 'passed'],
    [
      'defer_if_permit',
      'recipient',
      MAIL,
      'passed; DEFER_IF_PERMIT 450 <joe@ours.example>: Recipient address rejected: defer_if_permit requested',
    ],
    [
      'defer_if_permit, reject',
      'recipient',
      MAIL,
      '554 5.7.1 <joe@ours.example>: Recipient address rejected: Access denied',
    ],
    [
      'defer_if_reject, reject',
      'recipient',
      MAIL,
      '450 4.7.0 <joe@ours.example>: Recipient address rejected: defer_if_reject requested',
    ],
    ['defer_if_reject, permit', 'recipient', MAIL, 'passed'],
    [
      'warn_if_reject reject',
      'recipient',
      MAIL,
      'passed; REJECT_WARNING 554 5.7.1 <joe@ours.example>: Recipient address rejected: Access denied',
    ],
    [
      'warn_if_reject reject, defer',
      'recipient',
      MAIL,
      '450 4.3.2 <joe@ours.example>: Recipient address rejected: Try again later',
    ],
    ['sleep 2, permit', 'recipient', MAIL, 'passed'],
    ['reject_unauth_pipelining', 'data', MAIL, 'passed'],
    [
      'reject_unauth_pipelining',
      'data',
      { ...MAIL, isHasty: true },
      '503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining',
    ],
    ['reject_plaintext_session', 'recipient', MAIL, '450 4.7.1 Session encryption is required'],
    ['reject_plaintext_session', 'recipient', { ...MAIL, tls: true }, 'passed'],
    [
      'reject_multi_recipient_bounce',
      'recipient',
      { from: '', to: 'joe@ours.example', accepted: 1 },
      '550 5.5.3 <joe@ours.example>: Recipient address rejected: Multi-recipient bounce',
    ],
    ['reject_multi_recipient_bounce', 'recipient', { from: '', to: 'joe@ours.example', accepted: 0 }, 'passed'],
    [
      'reject_multi_recipient_bounce',
      'data',
      { from: '', accepted: 2 },
      '550 5.5.3 <DATA>: Data command rejected: Multi-recipient bounce',
    ],
    ['reject_multi_recipient_bounce', 'data', { from: '', accepted: 1 }, 'passed'],
    ['reject_multi_recipient_bounce', 'data', { from: 'a@b.example', accepted: 2 }, 'passed'],
    [
      'check_greylist',
      'recipient',
      { ...MAIL, wait: 299_001 },
      'passed; DEFER_IF_PERMIT 450 <joe@ours.example>: Recipient address rejected: Greylisted, try again in 300 seconds',
    ],
    ['check_greylist', 'recipient', MAIL, 'passed'],
  ])('%s at %s %#', async (list, stage, world, expected) => {
    expect(await check(stage, list, world)).toBe(expected)
  })
})

describe('[C9] who connects', () => {
  const unknown = '450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.9]'
  const named = { name: 'c.example', reverseName: 'c.example' }
  test.each<[string, World, string]>([
    ['permit_mynetworks, reject', { address: '10.1.2.3' }, 'passed'],
    ['permit_mynetworks, reject', { address: '::ffff:127.0.0.1' }, 'passed'],
    ['permit_mynetworks, reject', {}, '554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied'],
    ['permit_inet_interfaces, reject', { address: '192.0.2.1' }, 'passed'],
    ['permit_sasl_authenticated, reject', { user: 'joe' }, 'passed'],
    [
      'permit_sasl_authenticated, reject',
      { client: named },
      '554 5.7.1 <c.example[192.0.2.9]>: Client host rejected: Access denied',
    ],
    ['reject_unknown_client_hostname', {}, unknown],
    ['reject_unknown_client', {}, unknown],
    ['reject_unknown_client_hostname', { codes: { unknownClient: 550 } }, unknown.replace('450 4', '550 5')],
    [
      'reject_unknown_client_hostname',
      { codes: { unknownClient: 550 }, client: { name: null, reverseName: null, isTemporary: true } },
      unknown,
    ],
    ['reject_unknown_client_hostname', { client: { name: null, reverseName: 'c.example' } }, unknown],
    ['reject_unknown_client_hostname', { client: named }, 'passed'],
    [
      'reject_unknown_reverse_client_hostname',
      {},
      '450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.9]',
    ],
    ['reject_unknown_reverse_client_hostname', { client: { name: null, reverseName: 'c.example' } }, 'passed'],
    [
      'reject_unknown_client_hostname',
      {
        client: 'lookedUp',
        dns: {
          'PTR 192.0.2.9': ['forged.example', 'c.example'],
          'A forged.example': ['192.0.2.8'],
          'A c.example': ['192.0.2.9'],
        },
      },
      'passed',
    ],
    [
      'reject_unknown_client_hostname',
      { client: 'lookedUp', dns: { 'PTR 192.0.2.9': ['forged.example'], 'A forged.example': ['192.0.2.8'] } },
      unknown,
    ],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('client', list, world)).toBe(expected)
  })
})

describe('[D8] the client’s certificate', () => {
  const certificate = {
    name: 'machine',
    issuer: 'ca',
    user: 'machine',
    fingerprint: 'AA:01',
    keyFingerprint: 'BB:02',
    isTrusted: false,
  }
  const tables = { 'hash:/certs': { 'AA:01': 'machine' }, 'hash:/t': { 'BB:02': '550 not you' } }
  const none = '554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied'
  test.each<[string, World, string]>([
    ['permit_tls_clientcerts, reject', { certificate }, 'passed'],
    ['permit_tls_clientcerts, reject', { certificate: { ...certificate, fingerprint: 'CC' } }, none],
    ['permit_tls_clientcerts, reject', { certificate: null }, none],
    ['permit_tls_clientcerts, reject', { tls: true }, none],
    [
      'permit_tls_clientcerts, reject',
      { certificate, tables: { 'hash:/certs': AWAY } },
      '451 4.3.0 <192.0.2.9>: Temporary lookup failure',
    ],
    ['permit_tls_all_clientcerts, reject', { certificate }, none],
    ['permit_tls_all_clientcerts, reject', { certificate: { ...certificate, isTrusted: true } }, 'passed'],
    ['check_ccert_access hash:/t', { certificate }, '550 5.7.1 <machine>: Client certificate rejected: not you'],
    ['check_ccert_access hash:/t', { certificate: null }, 'passed'],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('client', list, { tables, ...world })).toBe(expected)
  })
})

describe('[C8] the name in HELO', () => {
  const invalid = (name: string) => `501 5.5.2 <${name}>: Helo command rejected: Invalid name`
  const bare = (name: string) => `504 5.5.2 <${name}>: Helo command rejected: need fully-qualified hostname`
  const unknown = '450 4.7.1 <there.example>: Helo command rejected: Host not found'
  test.each<[string, World, string]>([
    ['reject_invalid_helo_hostname', { helo: 'a..b' }, invalid('a..b')],
    ['reject_invalid_hostname', { helo: '-x.example' }, invalid('-x.example')],
    ['reject_invalid_helo_hostname', { helo: '192.0.2.9' }, 'passed'],
    ['reject_invalid_helo_hostname', { helo: 'host' }, 'passed'],
    ['reject_invalid_helo_hostname', { helo: 'x_y.example.' }, 'passed'],
    ['reject_invalid_helo_hostname', { helo: 'x.example..' }, invalid('x.example..')],
    ['reject_invalid_helo_hostname', { helo: '[192.0.2.9]' }, 'passed'],
    ['reject_invalid_helo_hostname', { helo: '[IPv6:2001:db8::1]' }, 'passed'],
    [
      'reject_invalid_helo_hostname',
      { helo: '[2001:db8::1]' },
      '501 5.5.2 <[2001:db8::1]>: Helo command rejected: invalid ip address',
    ],
    ['reject_invalid_helo_hostname', { helo: null }, 'passed'],
    ['reject_non_fqdn_helo_hostname', { helo: 'host' }, bare('host')],
    ['reject_non_fqdn_hostname', { helo: '192.0.2.9' }, bare('192.0.2.9')],
    ['reject_non_fqdn_helo_hostname', { helo: 'x.example.' }, 'passed'],
    [
      'reject_non_fqdn_helo_hostname',
      { helo: '[192.0.2.300]' },
      '501 5.5.2 <[192.0.2.300]>: Helo command rejected: invalid ip address',
    ],
    ['reject_unknown_helo_hostname', {}, unknown],
    ['reject_unknown_hostname', { codes: { unknownHostname: 550 } }, unknown.replace('450 4', '550 5')],
    ['reject_unknown_helo_hostname', { dns: { 'AAAA there.example': ['2001:db8::1'] } }, 'passed'],
    ['reject_unknown_helo_hostname', { dns: { 'MX there.example': ['0 .'] } }, 'passed'],
    [
      'reject_unknown_helo_hostname',
      { dns: { 'A there.example': AWAY } },
      `passed; DEFER_IF_PERMIT 450 ${unknown.slice(10)}`,
    ],
    ['reject_unknown_helo_hostname', { dns: { 'A there.example': AWAY }, temporaryFailure: 'defer' }, unknown],
    [
      'warn_if_reject reject_unknown_helo_hostname',
      { dns: { 'MX there.example': AWAY } },
      `passed; REJECT_WARNING ${unknown}`,
    ],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('helo', list, world)).toBe(expected)
  })
})

describe('[C7] [C9] [C13] sender and recipient', () => {
  const sender = (code: string, why: string, name = 'a@from.example') =>
    `${code} <${name}>: Sender address rejected: ${why}`
  const recipient = (code: string, why: string, name: string) => `${code} <${name}>: Recipient address rejected: ${why}`
  test.each<[string, World, string]>([
    ['reject_non_fqdn_sender', { ...MAIL, from: 'a' }, sender('504 5.5.2', 'need fully-qualified address', 'a')],
    [
      'reject_non_fqdn_sender',
      { ...MAIL, from: 'a@host' },
      sender('504 5.5.2', 'need fully-qualified address', 'a@host'),
    ],
    ['reject_non_fqdn_sender', { ...MAIL, from: 'a@[192.0.2.9]' }, 'passed'],
    ['reject_non_fqdn_sender', { ...MAIL, from: '' }, 'passed'],
    [
      'reject_non_fqdn_recipient',
      { ...MAIL, to: 'usuario' },
      recipient('504 5.5.2', 'need fully-qualified address', 'usuario'),
    ],
    ['reject_non_fqdn_recipient', MAIL, 'passed'],
    ['reject_unknown_sender_domain', MAIL, sender('450 4.1.8', 'Domain not found')],
    ['reject_unknown_address', { ...MAIL, codes: { unknownAddress: 550 } }, sender('550 5.1.8', 'Domain not found')],
    ['reject_unknown_sender_domain', { ...MAIL, dns: { 'MX from.example': ['5 mx.from.example'] } }, 'passed'],
    ['reject_unknown_sender_domain', { ...MAIL, dns: { 'A from.example': ['192.0.2.5'] } }, 'passed'],
    [
      'reject_unknown_sender_domain',
      { ...MAIL, dns: { 'MX from.example': ['0 .'] } },
      sender('550 5.7.27', 'Domain from.example does not accept mail (nullMX)'),
    ],
    [
      'reject_unknown_sender_domain',
      { ...MAIL, dns: { 'MX from.example': AWAY } },
      'passed; DEFER_IF_PERMIT 450 <a@from.example>: Sender address rejected: Domain not found',
    ],
    ['reject_unknown_sender_domain', { ...MAIL, from: 'x@ours.example' }, 'passed'],
    ['reject_unknown_sender_domain', { ...MAIL, from: '' }, 'passed'],
    [
      'reject_unknown_recipient_domain',
      { ...MAIL, to: 'x@away.example' },
      recipient('450 4.1.2', 'Domain not found', 'x@away.example'),
    ],
    [
      'reject_unknown_recipient_domain',
      { ...MAIL, to: 'x@away.example', dns: { 'MX away.example': ['0 .'] } },
      recipient('556 5.1.10', 'Domain away.example does not accept mail (nullMX)', 'x@away.example'),
    ],
    ['reject_unknown_recipient_domain', { ...MAIL, to: 'x@[192.0.2.9]' }, 'passed'],
    [
      'reject_unlisted_recipient',
      { ...MAIL, to: 'nobody@ours.example' },
      recipient('550 5.1.1', 'User unknown in local recipient table', 'nobody@ours.example'),
    ],
    [
      'reject_unlisted_recipient',
      { ...MAIL, to: 'nobody@ours.example', codes: { unknownLocalRecipient: 450 } },
      recipient('450 4.1.1', 'User unknown in local recipient table', 'nobody@ours.example'),
    ],
    [
      'check_recipient_maps',
      { ...MAIL, to: 'x@virtual.example' },
      recipient('550 5.1.1', 'User unknown in virtual alias table', 'x@virtual.example'),
    ],
    ['reject_unlisted_recipient', { ...MAIL, to: 'joe+x@ours.example' }, 'passed'],
    ['reject_unlisted_recipient', { ...MAIL, to: 'x@elsewhere.example' }, 'passed'],
    [
      'reject_unlisted_sender',
      { ...MAIL, from: 'x@ours.example' },
      sender('550 5.1.0', 'User unknown in local recipient table', 'x@ours.example'),
    ],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('recipient', list, world)).toBe(expected)
  })
})

describe('[C6] [B17] where mail goes', () => {
  const denied = (code: string, to: string) => `${code} <${to}>: Relay access denied`
  const seed = 'permit_mynetworks permit_sasl_authenticated defer_unauth_destination'
  const elsewhere = { ...MAIL, to: 'x@elsewhere.example' }
  test.each<[string, World, string]>([
    [seed, elsewhere, denied('454 4.7.1', 'x@elsewhere.example')],
    [seed, MAIL, 'passed'],
    [seed, { ...elsewhere, user: 'joe' }, 'passed'],
    [seed, { ...elsewhere, address: '127.0.0.1' }, 'passed'],
    ['reject_unauth_destination', elsewhere, denied('554 5.7.1', 'x@elsewhere.example')],
    [
      'reject_unauth_destination',
      { ...elsewhere, codes: { relayDomains: 550 } },
      denied('550 5.7.1', 'x@elsewhere.example'),
    ],
    [
      'defer_unauth_destination',
      { ...elsewhere, codes: { relayDomains: 550 } },
      denied('450 4.7.1', 'x@elsewhere.example'),
    ],
    ['reject_unauth_destination', { ...MAIL, to: 'x@relayed.example' }, 'passed'],
    ['reject_unauth_destination', { ...MAIL, to: 'x@virtual.example' }, 'passed'],
    ['reject_unauth_destination', { ...MAIL, to: 'joe' }, 'passed'],
    [
      'reject_unauth_destination',
      { ...MAIL, to: 'x%elsewhere.example@ours.example' },
      denied('554 5.7.1', 'x%elsewhere.example@ours.example'),
    ],
    [
      'reject_unauth_destination',
      { ...MAIL, to: 'elsewhere.example!x@ours.example' },
      denied('554 5.7.1', 'elsewhere.example!x@ours.example'),
    ],
    ['permit_auth_destination, reject', MAIL, 'passed'],
    [
      'permit_auth_destination, defer',
      elsewhere,
      '450 4.3.2 <x@elsewhere.example>: Recipient address rejected: Try again later',
    ],
    [
      'permit_mx_backup, reject_unauth_destination',
      {
        ...elsewhere,
        dns: {
          'MX elsewhere.example': ['1 mx.elsewhere.example', '5 mx.ours.example'],
          'A mx.elsewhere.example': ['192.0.2.50'],
        },
      },
      'passed',
    ],
    [
      'permit_mx_backup, reject_unauth_destination',
      { ...elsewhere, dns: { 'MX elsewhere.example': ['5 mx.ours.example'] } },
      denied('554 5.7.1', 'x@elsewhere.example'),
    ],
    [
      'permit_mx_backup, reject_unauth_destination',
      { ...elsewhere, dns: { 'MX elsewhere.example': AWAY } },
      '450 4.4.4 <x@elsewhere.example>: Recipient address rejected: Unable to look up mail exchanger information: Host not found, try again',
    ],
    ['permit_mx_backup, reject_unauth_destination', elsewhere, denied('554 5.7.1', 'x@elsewhere.example')],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('relay', list, world)).toBe(expected)
  })
})

describe('[C10] whose a sender’s address is', () => {
  const maps = {
    loginMaps: ['hash:/login'],
    tables: { 'hash:/login': { 'joe@ours.example': 'joe, Max', '@shared.example': 'max', ann: 'ann' } },
  }
  const notOwned = (from: string) => `553 5.7.1 <${from}>: Sender address rejected: not owned by user joe`
  const anonymous = '553 5.7.1 <joe@ours.example>: Sender address rejected: not logged in'
  test.each<[string, World, string]>([
    ['reject_sender_login_mismatch', { from: 'joe@ours.example', user: 'joe' }, 'passed'],
    ['reject_sender_login_mismatch', { from: 'Joe+x@Ours.example', user: 'JOE' }, 'passed'],
    ['reject_sender_login_mismatch', { from: 'x@shared.example', user: 'joe' }, notOwned('x@shared.example')],
    ['reject_sender_login_mismatch', { from: 'ann@ours.example', user: 'joe' }, notOwned('ann@ours.example')],
    ['reject_sender_login_mismatch', { from: 'joe@ours.example' }, anonymous],
    ['reject_sender_login_mismatch', { from: 'x@other.example' }, 'passed'],
    ['reject_sender_login_mismatch', { from: 'x@other.example', user: 'joe' }, notOwned('x@other.example')],
    ['reject_known_sender_login_mismatch', { from: 'x@other.example', user: 'joe' }, 'passed'],
    ['reject_authenticated_sender_login_mismatch', { from: 'joe@ours.example' }, 'passed'],
    ['reject_unauthenticated_sender_login_mismatch', { from: 'joe@ours.example' }, anonymous],
    ['reject_unauthenticated_sender_login_mismatch', { from: 'x@shared.example', user: 'joe' }, 'passed'],
    ['reject_sender_login_mismatch', { from: '', user: 'joe' }, 'passed'],
    // Whoever gets mail for an address may write from it.
    ['reject_sender_login_mismatch', { from: 'joe@ours.example', user: 'Joe', loginMaps: ['users:'] }, 'passed'],
    ['reject_sender_login_mismatch', { from: 'joe+x@ours.example', user: 'joe', loginMaps: ['users:'] }, 'passed'],
    [
      'reject_sender_login_mismatch',
      { from: 'x@away.example', user: 'joe', loginMaps: ['users:'] },
      notOwned('x@away.example'),
    ],
    [
      'reject_sender_login_mismatch',
      { from: 'none@ours.example', user: 'joe', loginMaps: ['users:'] },
      notOwned('none@ours.example'),
    ],
    ['reject_sender_login_mismatch', { from: 'joe@ours.example', loginMaps: ['users:'] }, anonymous],
    [
      'reject_sender_login_mismatch',
      { from: 'x@shared.example', user: 'max', loginMaps: ['users:', 'hash:/login'] },
      'passed',
    ],
    [
      'reject_sender_login_mismatch',
      { from: 'x@y.example', user: 'joe', tables: { 'hash:/login': AWAY } },
      '451 4.3.0 <x@y.example>: Temporary lookup failure',
    ],
    ['reject_sender_login_mismatch', { from: 'x@y.example', user: 'joe', loginMaps: [] }, 'passed'],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('sender', list, { ...maps, ...world })).toBe(expected)
  })
})
