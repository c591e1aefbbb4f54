import { runFlow } from '@mailwright/core/driver'
import { describe, expect, test } from 'vitest'
import { parsePolicyService, readPolicyReply, writePolicyRequest } from '../../src/restrictions/policy-service.js'
import { check, factsOf, MAIL, performerOf, restrictionsOf, signal, type World } from './world.js'

describe('check_policy_service', () => {
  test.each<[string, World, string]>([
    ['DUNNO', {}, 'passed'],
    ['OK', {}, 'passed'],
    ['REJECT 5.1.1 not here', {}, '554 5.1.1 <joe@ours.example>: Recipient address rejected: not here'],
    [
      'DEFER_IF_PERMIT Greylisted',
      {},
      'passed; DEFER_IF_PERMIT 450 <joe@ours.example>: Recipient address rejected: Greylisted',
    ],
    ['PREPEND X-Grey: delayed', {}, 'passed; PREPEND X-Grey: delayed'],
    ['permit_mynetworks, reject', {}, '554 5.7.1 <joe@ours.example>: Recipient address rejected: Access denied'],
  ])('it says %s', async (policy, world, expected) => {
    const list = 'check_policy_service inet:127.0.0.1:10023'
    expect(await check('recipient', list, { ...MAIL, ...world, policy })).toBe(expected)
  })

  test('it is not available: the default action', async () => {
    const list = 'check_policy_service inet:127.0.0.1:10023'
    expect(await check('recipient', list, MAIL)).toBe(
      '451 4.3.5 <joe@ours.example>: Recipient address rejected: Server configuration problem',
    )
    const open = 'check_policy_service { inet:127.0.0.1:10023, timeout=2s, default_action=DUNNO }'
    expect(await check('recipient', open, MAIL)).toBe('passed')
  })

  test('what is asked, and that no value ends its line', async () => {
    const world: World = { ...MAIL, helo: 'evil\nrequest=x', user: 'joe', tls: true, policy: 'DUNNO' }
    const { perform, asked } = performerOf(world)
    const list = 'check_policy_service { inet:[::1]:9 { policy_context = one } }'
    await runFlow(restrictionsOf({ recipient: list }, world).check('recipient', factsOf(world)), perform, signal)
    expect(asked).toEqual([
      [
        'policy inet:[::1]:9 request=smtpd_access_policy',
        'protocol_state=RCPT',
        'protocol_name=ESMTP',
        'client_address=192.0.2.9',
        'client_name=unknown',
        'client_port=9',
        'reverse_client_name=unknown',
        'server_address=192.0.2.1',
        'server_port=25',
        'helo_name=evil?request=x',
        'sender=a@from.example',
        'recipient=joe@ours.example',
        'recipient_count=0',
        'queue_id=',
        'size=0',
        'etrn_domain=',
        'sasl_method=PLAIN',
        'sasl_username=joe',
        'sasl_sender=',
        'encryption_protocol=TLSv1.3',
        'encryption_cipher=TLS_AES_256_GCM_SHA384',
        'policy_context=one',
        '',
        '',
      ].join('\n'),
    ])
  })
})

test.each([
  ['inet:127.0.0.1:10023', { service: 'inet:127.0.0.1:10023', timeout: 100_000, context: '' }],
  ['inet:localhost:10023', { service: 'inet:localhost:10023' }],
  ['unix:/run/policy', { service: 'unix:/run/policy' }],
  [
    '{unix:/run/p, timeout=2m, { default_action = 450 4.7.1 later }}',
    { timeout: 120_000, defaultAction: '450 4.7.1 later' },
  ],
])('a service: %s', (text, expected) => {
  expect(parsePolicyService(text)).toMatchObject(expected)
})

test.each(['', 'inet:10023', 'unix:private/policy', '{ }', '{ inet:h:1, timeout=soon }', '{ inet:h:1, colour=red }'])(
  'no service: %s',
  (text) => {
    expect(parsePolicyService(text)).toBeUndefined()
  },
)

test('an answer', () => {
  expect(readPolicyReply('x=y\naction= DUNNO \n\n')).toBe('DUNNO')
  expect(readPolicyReply('reaction=DUNNO\n\n')).toBeUndefined()
  expect(writePolicyRequest(new Map([['a', 'b\r\nc\u0000']]))).toBe('a=b??c?\n\n')
})
