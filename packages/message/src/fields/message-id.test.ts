import { expect, test } from 'vitest'
import { parseMessageIds } from './message-id.js'

const table: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  ['one', '<1234@local.machine.example>', ['1234@local.machine.example']],
  ['several', '<1@x> <2@y>\r\n <3@z>', ['1@x', '2@y', '3@z']],
  ['several without white space', '<1@x><2@y>', ['1@x', '2@y']],
  [
    'obsolete comments and space (RFC 5322 A.6.3)',
    '<1234   @   local(blah)  .machine .example>',
    ['1234@local.machine.example'],
  ],
  ['quoting (RFC 5256 §3)', '<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', ['01KF8JCEOCBS0045PS@xxx.yyy.com']],
  ['phrases between (RFC 5322 §4.5.4)', 'Your message "of" today <1@x>', ['1@x']],
  ['no at sign', '<abc>', ['abc']],
  ['a domain literal', '<a@[192.0.2.1]>', ['a@[192.0.2.1]']],
  ['empty', '<> < >', []],
  ['none', '1@x', []],
  ['unclosed', '<1@x <2@y>', ['2@y']],
]

test.each(table)('message ids: %s', (_, text, expected) => {
  expect(parseMessageIds(text)).toEqual(expected)
})

test('message ids past the limit: the last ones stay', () => {
  expect(parseMessageIds('<1@x> <2@x> <3@x>', 2)).toEqual(['2@x', '3@x'])
})
