import { expect, test } from 'vitest'
import type { MailboxFilter } from './command.js'
import { meetsFilter } from './mailbox-filter.js'

const NAMES = ['INBOX', 'a', 'a/b', 'a/b/c', 'ab', 'Other Users', 'Other Users/bob', 'Other Usersx']
const FACTS = { subscribed: new Set(['ab', 'a/b/c']), foreign: ['Other Users/'] }

test.each<[string, MailboxFilter, readonly string[]]>([
  ['personal (RFC 5465 §6.2)', { kind: 'personal' }, ['INBOX', 'a', 'a/b', 'a/b/c', 'ab', 'Other Usersx']],
  ['subscribed (RFC 5465 §6.4)', { kind: 'subscribed' }, ['a/b/c', 'ab']],
  ['subtree (RFC 5465 §6.5)', { kind: 'subtree', names: new Set(['a']) }, ['a', 'a/b', 'a/b/c']],
  ['subtree-one (RFC 7377 §2.2)', { kind: 'subtreeOne', names: new Set(['a']) }, ['a', 'a/b']],
  ['subtree-one of the second level', { kind: 'subtreeOne', names: new Set(['a/b']) }, ['a/b', 'a/b/c']],
  ['mailboxes (RFC 5465 §6.6)', { kind: 'mailboxes', names: new Set(['ab', 'a*', 'x']) }, ['ab']],
])('%s', (_, filter, expected) => {
  expect(NAMES.filter((name) => meetsFilter(filter, name, FACTS))).toEqual(expected)
})
