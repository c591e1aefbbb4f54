import type { QueuedMessage, QueuedRecipient, QueueId } from '@mailwright/core'
import { UTC } from '@mailwright/smtp'
import { describe, expect, test } from 'vitest'
import { QueueListing, queueJson, queueName } from './listing.js'

function deferred(address: string, text: string): QueuedRecipient {
  const state = { kind: 'deferred', until: 0, status: '4.4.1', text, relay: 'none' } as const
  return { address, state, attempts: 1, isDelayReported: false }
}

function pending(address: string): QueuedRecipient {
  return { address, state: { kind: 'pending' }, attempts: 0, isDelayReported: false }
}

function message(
  id: string,
  facts: Partial<Omit<QueuedMessage, 'id'>> & { readonly recipients: readonly QueuedRecipient[] },
): QueuedMessage {
  const rest = { arrived: 0, octets: 1, isHeld: false, isActive: false, envelope: { reversePath: '' } }
  return { ...rest, ...facts, id: id as QueueId }
}

function listed(messages: readonly QueuedMessage[]): string {
  const listing = new QueueListing(() => UTC)
  return messages.map((each) => listing.add(each)).join('') + listing.end()
}

const NO_ROUTE = 'connect to rhel2.local.com[192.168.2.3]:25: No route to host'

describe('mailq', () => {
  test('[J1] the queue of seed 001, octet for octet', () => {
    const stuck = (id: string, octets: number, arrived: number, to: string): QueuedMessage =>
      message(id, { octets, arrived, recipients: [deferred(to, NO_ROUTE)] })
    const shown = listed([
      stuck('9330D40E5F', 2499, Date.UTC(2014, 3, 26, 12, 10, 50), 'user2@rhel2.local.com'),
      stuck('E802C40E60', 2491, Date.UTC(2014, 3, 26, 15, 17, 53), 'root@rhel2.local.com'),
      stuck('BFF9D40E5C', 2495, Date.UTC(2014, 3, 26, 15, 15, 44), 'root@rhel2.local.com'),
    ])
    expect(shown).toBe(`-Queue ID- --Size-- ----Arrival Time---- -Sender/Recipient-------
9330D40E5F     2499 Sat Apr 26 12:10:50  MAILER-DAEMON
                (connect to rhel2.local.com[192.168.2.3]:25: No route to host)
                                         user2@rhel2.local.com

E802C40E60     2491 Sat Apr 26 15:17:53  MAILER-DAEMON
                (connect to rhel2.local.com[192.168.2.3]:25: No route to host)
                                         root@rhel2.local.com

BFF9D40E5C     2495 Sat Apr 26 15:15:44  MAILER-DAEMON
                (connect to rhel2.local.com[192.168.2.3]:25: No route to host)
                                         root@rhel2.local.com

-- 7 Kbytes in 3 Requests.
`)
  })

  test('[J1] an empty queue', () => expect(listed([])).toBe('Mail queue is empty\n'))

  test('[J1] marks of messages on hold and at work; ids of today; one request', () => {
    const shown = listed([
      message('1D7FE400A4C9', { isHeld: true, octets: 2048, recipients: [pending('a@example.org')] }),
    ])
    expect(shown.split('\n')).toEqual([
      '-Queue ID- --Size-- ----Arrival Time---- -Sender/Recipient-------',
      '1D7FE400A4C9!    2048 Thu Jan  1 00:00:00  MAILER-DAEMON',
      '                                         a@example.org',
      '',
      '-- 2 Kbytes in 1 Request.',
      '',
    ])
    expect(listed([message('9330D40E5F', { isActive: true, recipients: [pending('a@example.org')] })])).toContain(
      '\n9330D40E5F*       1 Thu',
    )
  })

  test('recipients who wait for the same reason stand below it; who is done is not listed', () => {
    const done: QueuedRecipient = {
      ...pending('done@example.org'),
      state: { kind: 'delivered', status: '2.0.0', text: 'Ok', relay: 'local' },
    }
    const recipients = [deferred('a@x', 'one'), deferred('b@x', 'two'), done, deferred('c@x', 'one')]
    const names = listed([message('9330D40E5F', { recipients })]).match(/\(.*\)|\S+@\S+/g)
    expect(names).toEqual(['(one)', 'a@x', 'c@x', '(two)', 'b@x'])
  })

  test('nothing that a peer said ends a line or steers a terminal', () => {
    const recipients = [deferred('a@x', 'no\r\n\u001b[2Jway')]
    const shown = listed([message('9330D40E5F', { envelope: { reversePath: 'a\n@x' }, recipients })])
    expect(shown).toContain('(no???[2Jway)')
    expect(shown).toContain(' a?@x\n')
  })
})

describe('postqueue -j', () => {
  test('[J1] the members that Postfix writes', () => {
    const envelope = { reversePath: 'me@example.org' }
    const recipients = [deferred('a@x', 'no'), pending('b@x')]
    expect(JSON.parse(queueJson(message('9330D40E5F', { arrived: 61_500, octets: 3, envelope, recipients })))).toEqual({
      queue_name: 'deferred',
      queue_id: '9330D40E5F',
      arrival_time: 61,
      message_size: 3,
      forced_expire: false,
      sender: 'me@example.org',
      recipients: [{ address: 'a@x', delay_reason: 'no' }, { address: 'b@x' }],
    })
  })

  test.each([
    ['hold', { isHeld: true, recipients: [pending('a@x')] }],
    ['active', { isActive: true, recipients: [deferred('a@x', 'no')] }],
    ['deferred', { recipients: [pending('b@x'), deferred('a@x', 'no')] }],
    ['incoming', { recipients: [pending('a@x')] }],
  ] as const)('%s', (name, facts) => {
    expect(queueName(message('9330D40E5F', facts))).toBe(name)
  })
})
