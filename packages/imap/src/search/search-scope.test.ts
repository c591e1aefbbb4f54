import { expect, test } from 'vitest'
import type { SearchSource } from '../command.js'
import { SearchScope } from './search-scope.js'

const NAMES = ['INBOX', 'a', 'a/b', 'a/b/c', 'ab', 'Other Users', 'Other Users/bob', 'Other Usersx']
const SUBSCRIBED = new Set(['ab', 'a/b/c'])

test.each<[string, readonly SearchSource[], readonly string[]]>([
  ['selected', [{ kind: 'selected' }], []],
  ['personal (RFC 5465 §6.2)', [{ kind: 'personal' }], ['INBOX', 'a', 'a/b', 'a/b/c', 'ab', 'Other Usersx']],
  ['subscribed (RFC 5465 §6.4)', [{ kind: 'subscribed' }], ['a/b/c', 'ab']],
  ['subtree (RFC 5465 §6.5)', [{ kind: 'subtree', names: new Set(['a']) }], ['a', 'a/b', 'a/b/c']],
  ['subtree-one (RFC 7377 §2.2)', [{ kind: 'subtreeOne', names: new Set(['a']) }], ['a', 'a/b']],
  ['subtree-one of the second level', [{ kind: 'subtreeOne', names: new Set(['a/b']) }], ['a/b', 'a/b/c']],
  ['mailboxes (RFC 5465 §6.6)', [{ kind: 'mailboxes', names: new Set(['ab', 'a*', 'x']) }], ['ab']],
  [
    'several of a kind',
    [
      { kind: 'mailboxes', names: new Set(['ab']) },
      { kind: 'mailboxes', names: new Set(['INBOX']) },
      { kind: 'subtree', names: new Set(['a/b']) },
    ],
    ['INBOX', 'a/b', 'a/b/c', 'ab'],
  ],
])('%s', (_, sources, expected) => {
  const scope = new SearchScope(sources, ['Other Users/'])
  expect(NAMES.filter((name) => scope.has(name, SUBSCRIBED.has(name)))).toEqual(expected)
})

test('what the client wrote itself', () => {
  const scope = new SearchScope([{ kind: 'subtree', names: new Set(['a']) }, { kind: 'personal' }], [])
  expect(NAMES.filter((name) => scope.names(name))).toEqual(['a'])
})
