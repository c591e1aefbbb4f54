import { runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import type { Stage } from '../../src/receiving/policy.js'
import { parseRestrictions } from '../../src/restrictions/restriction-list.js'
import { AWAY, check, factsOf, MAIL, performerOf, restrictionsOf, signal, type World } from './world.js'

describe('[C12] access tables', () => {
  const T = 'hash:/access'
  const table = (entries: { readonly [key: string]: string }): World => ({ ...MAIL, tables: { [T]: entries } })
  const rejectedRecipient = (code: string, why: string) =>
    `${code} <joe@ours.example>: Recipient address rejected: ${why}`
  const recipientRow = (
    value: string,
    expected: string,
    list = `check_recipient_access ${T}`,
  ): [string, Stage, World, string] => [list, 'recipient', table({ 'joe@ours.example': value }), expected]
  test.each<[list: string, stage: Stage, world: World, expected: string]>([
    recipientRow('REJECT', rejectedRecipient('554 5.7.1', 'Access denied')),
    recipientRow('reject go away', rejectedRecipient('554 5.7.1', 'go away')),
    recipientRow('REJECT 5.1.1 nobody here', rejectedRecipient('554 5.1.1', 'nobody here')),
    recipientRow('DEFER', rejectedRecipient('450 4.7.1', 'Access denied')),
    recipientRow('550 no', rejectedRecipient('550 5.7.1', 'no')),
    recipientRow('421 4.3.2 closing', rejectedRecipient('421 4.3.2', 'closing')),
    recipientRow('550 5.1.7 x', rejectedRecipient('550 5.1.3', 'x')),
    recipientRow('OK', 'passed', `${T} reject`),
    recipientRow('RELAY', 'passed', `${T} reject`),
    recipientRow('1234567890', 'passed', `${T} reject`),
    recipientRow('DUNNO', rejectedRecipient('554 5.7.1', 'Access denied'), `${T} reject`),
    recipientRow('HOLD for review', 'passed; HOLD for review'),
    recipientRow('DISCARD', 'passed; DISCARD', `${T} reject`),
    recipientRow('FILTER smtp:[127.0.0.1]:10025', 'passed; FILTER smtp:[127.0.0.1]:10025'),
    recipientRow('FILTER nonsense', 'passed; WARN the action "FILTER nonsense": FILTER requires transport:destination'),
    recipientRow('REDIRECT other@x.example', 'passed; REDIRECT other@x.example'),
    recipientRow('BCC copy@x.example', 'passed; BCC copy@x.example'),
    recipientRow('PREPEND X-Checked: yes', 'passed; PREPEND X-Checked: yes'),
    recipientRow('PREPEND nonsense', 'passed; WARN the action "PREPEND nonsense": PREPEND requires header: text'),
    recipientRow('INFO look', 'passed; INFO <joe@ours.example>: Recipient address: look'),
    recipientRow(
      'DEFER_IF_PERMIT later',
      'passed; DEFER_IF_PERMIT 450 <joe@ours.example>: Recipient address rejected: later',
    ),
    recipientRow('DEFER_IF_REJECT', rejectedRecipient('450 4.7.1', 'Service unavailable'), `${T} reject`),
    recipientRow('permit_mynetworks, reject', rejectedRecipient('554 5.7.1', 'Access denied')),
    recipientRow('strict', rejectedRecipient('450 4.3.2', 'Try again later')),
    recipientRow('nonsense', '451 4.3.5 Server configuration error'),
    recipientRow('check_client_access hash:/etc/other', '451 4.3.5 Server configuration error'),
    recipientRow('550 5.07.1 go', rejectedRecipient('550 5.7.1', '5.07.1 go')),
    [
      `check_recipient_access ${T}`,
      'recipient',
      { ...MAIL, tables: { [T]: AWAY } },
      rejectedRecipient('451 4.3.5', 'Server configuration error'),
    ],
    [
      `warn_if_reject check_recipient_access ${T}`,
      'recipient',
      table({ 'ours.example': 'REJECT' }),
      `passed; REJECT_WARNING ${rejectedRecipient('554 5.7.1', 'Access denied')}`,
    ],
    [
      `check_recipient_access ${T}, reject_unauth_destination`,
      'recipient',
      { ...table({ 'ours.example': 'OK' }), to: 'x%y.example@ours.example' },
      '554 5.7.1 <x%y.example@ours.example>: Relay access denied',
    ],
    [
      T,
      'client',
      { ...table({ '192.0.2': 'REJECT' }) },
      '554 5.7.1 <unknown[192.0.2.9]>: Client host rejected: Access denied',
    ],
    [
      T,
      'client',
      { tables: { [T]: { '192.0.2': 'HOLD' } } },
      'passed; WARN the action "HOLD": there is no message yet',
    ],
    [
      T,
      'client',
      { client: { name: 'a.b.example', reverseName: null }, tables: { [T]: { 'b.example': '550 no', '192': 'OK' } } },
      '550 5.7.1 <a.b.example[192.0.2.9]>: Client host rejected: no',
    ],
    [
      T,
      'client',
      { address: '2001:db8::1', tables: { [T]: { '2001:db8': 'REJECT' } } },
      '554 5.7.1 <unknown[2001:db8::1]>: Client host rejected: Access denied',
    ],
    [
      T,
      'helo',
      { tables: { [T]: { example: 'REJECT' } } },
      '554 5.7.1 <there.example>: Helo command rejected: Access denied',
    ],
    [T, 'sender', table({ 'a@': 'REJECT 5.1.1 x' }), '554 5.1.7 <a@from.example>: Sender address rejected: x'],
    [
      T,
      'sender',
      { ...table({ '<>': '550 no bounces' }), from: '' },
      '550 5.7.1 <>: Sender address rejected: no bounces',
    ],
    [
      T,
      'etrn',
      { etrn: 'x.example', tables: { [T]: { example: 'REJECT' } } },
      '554 5.7.1 <x.example>: Etrn command rejected: Access denied',
    ],
    [
      `check_sasl_access ${T}`,
      'recipient',
      { ...table({ joe: 'REJECT' }), user: 'joe' },
      '554 5.7.1 <joe>: SASL login name rejected: Access denied',
    ],
    [
      `check_reverse_client_hostname_access ${T}`,
      'client',
      { client: { name: null, reverseName: 'x.example' }, tables: { [T]: { example: 'OK' } } },
      '451 4.3.5 Server configuration error',
    ],
    [
      `check_sender_mx_access ${T}`,
      'recipient',
      {
        ...table({ '192.0.2.77': 'REJECT' }),
        dns: { 'MX from.example': ['1 mx.from.example'], 'A mx.from.example': ['192.0.2.77'] },
      },
      '554 5.7.1 <a@from.example>: Sender address rejected: Access denied',
    ],
    [
      `check_sender_mx_access ${T}`,
      'recipient',
      { ...table({ '192.0.2': 'OK' }), dns: { 'A from.example': ['192.0.2.77'] } },
      '451 4.3.5 Server configuration error',
    ],
    [
      `check_sender_ns_access ${T}`,
      'recipient',
      {
        ...table({ 'bad.example': 'REJECT' }),
        from: 'a@sub.from.example',
        dns: { 'NS from.example': ['ns.bad.example'] },
      },
      '554 5.7.1 <a@sub.from.example>: Sender address rejected: Access denied',
    ],
    [
      `check_helo_a_access ${T}`,
      'helo',
      { tables: { [T]: { '192.0.2.5': '550 no' } }, dns: { 'A there.example': ['192.0.2.5'] } },
      '550 5.7.1 <there.example>: Helo command rejected: no',
    ],
    [
      `check_recipient_a_access ${T}`,
      'recipient',
      { ...table({ '127.0': '550 loop' }), to: 'x@[127.0.0.1]' },
      '550 5.7.1 <x@[127.0.0.1]>: Recipient address rejected: loop',
    ],
  ])('%s at %s %#', async (list, stage, world, expected) => {
    const classes = new Map([['strict', parseRestrictions('defer', 'recipient')]])
    expect(await check(stage, list, { ...world, classes })).toBe(expected)
  })

  test.each<[string, Stage, World, readonly string[]]>([
    [
      'check_recipient_access hash:/t',
      'recipient',
      { ...MAIL, to: 'Joe+x@A.Ours.example' },
      ['joe+x@a.ours.example', 'joe@a.ours.example', 'a.ours.example', 'ours.example', 'example', 'joe+x@', 'joe@'],
    ],
    ['check_recipient_access regexp:/t', 'recipient', { ...MAIL, to: 'joe+x@ours.example' }, ['joe+x@ours.example']],
    [
      'check_client_access hash:/t',
      'client',
      { client: { name: 'a.b.example', reverseName: null } },
      ['a.b.example', 'b.example', 'example', '192.0.2.9', '192.0.2', '192.0', '192'],
    ],
    ['check_client_access cidr:/t', 'client', {}, ['unknown', '192.0.2.9']],
    ['check_helo_access hash:/t', 'helo', { helo: '192.0.2.9' }, ['192.0.2.9']],
  ])('keys of %s', async (list, stage, world, keys) => {
    const [, table = ''] = list.split(' ')
    const { perform, asked } = performerOf({ ...world, tables: { [table]: {} } })
    await runFlow(restrictionsOf({ [stage]: list }, world).check(stage, factsOf(world)), perform, signal)
    expect(asked).toEqual(keys.map((key) => `${table} ${key}`))
  })
})
