import { describe, expect, test } from 'vitest'
import { check, MAIL, type World } from './world.js'

const said = 'host mx.example[192.0.2.7] said: 550 5.1.1 nobody (in reply to RCPT TO command)'

describe('addresses that are verified', () => {
  test.each<[string, World, string]>([
    ['reject_unverified_recipient', {}, 'passed'],
    [
      'reject_unverified_recipient',
      { probe: { kind: 'undeliverable', text: said } },
      `450 4.1.1 <joe@ours.example>: Recipient address rejected: undeliverable address: ${said}`,
    ],
    [
      'reject_unverified_recipient',
      { probe: { kind: 'undeliverable', text: said }, codes: { unverifiedRecipient: 550 } },
      `550 5.1.1 <joe@ours.example>: Recipient address rejected: undeliverable address: ${said}`,
    ],
    [
      'reject_unverified_recipient',
      { probe: { kind: 'unknown', text: 'Address verification in progress' } },
      'passed; DEFER_IF_PERMIT 450 <joe@ours.example>: Recipient address rejected: unverified address: Address verification in progress',
    ],
    [
      'reject_unverified_sender',
      { probe: { kind: 'undeliverable', text: said }, codes: { unverifiedSender: 550 } },
      `550 5.1.7 <a@from.example>: Sender address rejected: undeliverable address: ${said}`,
    ],
    ['reject_unverified_sender', { from: '', probe: { kind: 'undeliverable', text: said } }, 'passed'],
  ])('%s %#', async (list, world, expected) => {
    expect(await check('recipient', list, { ...MAIL, ...world })).toBe(expected)
  })
})
