import { mailboxName } from '@mailwright/core'
import { expect, test } from 'vitest'
import type { MailboxFilter, NotifyEvent } from '../command.js'
import { EventGroups } from './event-groups.js'

const OTHERS = { isPersonal: false, isSubscribed: false }

function group(filter: MailboxFilter, ...events: readonly NotifyEvent[]) {
  return { filter, events: new Set(events) }
}

function names(...texts: readonly string[]) {
  return new Set(
    texts.map((text) => {
      const result = mailboxName(text)
      if ('bad' in result) throw new RangeError(text)
      return result.name
    }),
  )
}

/** RFC 5465 §6: several groups can apply to one mailbox. */
const GROUPS = new EventGroups([
  group({ kind: 'mailboxes', names: names('INBOX', 'a/b') }, 'MessageNew', 'MessageExpunge'),
  group({ kind: 'personal' }, 'SubscriptionChange'),
  group({ kind: 'subscribed' }, 'MailboxName'),
  group({ kind: 'subtree', names: names('a') }, 'MailboxMetadataChange'),
  group({ kind: 'subtree', names: names('a/b', 'c') }, 'FlagChange'),
])

const ROWS: readonly (readonly [name: string, place: Parameters<EventGroups['of']>[1], events: string])[] = [
  ['INBOX', { isPersonal: true, isSubscribed: false }, 'MessageExpunge MessageNew SubscriptionChange'],
  ['INBOX', { isPersonal: true, isSubscribed: true }, 'MailboxName MessageExpunge MessageNew SubscriptionChange'],
  ['x', { isPersonal: true, isSubscribed: false }, 'SubscriptionChange'],
  ['x', OTHERS, ''],
  ['a', OTHERS, 'MailboxMetadataChange'],
  ['ab', OTHERS, ''],
  ['a/b', OTHERS, 'FlagChange MailboxMetadataChange MessageExpunge MessageNew'],
  ['a/b/c', OTHERS, 'FlagChange MailboxMetadataChange'],
  ['b/a', OTHERS, ''],
]

test.each(ROWS)('what is wanted of %s %o: %s', (name, place, events) => {
  expect([...GROUPS.of(name, place)].sort().join(' ')).toBe(events)
})

test('what is wanted of any mailbox', () => {
  expect([GROUPS.isEmpty, GROUPS.has('FlagChange'), GROUPS.has('ServerMetadataChange')]).toEqual([false, true, false])
  expect(new EventGroups([]).isEmpty).toBe(true)
})
