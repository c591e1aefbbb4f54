import { fromLatin1 } from '@mailwright/core'
import { expect, test } from 'vitest'
import { readHeader } from '../fields/header-reader.js'
import { HeaderValues } from '../fields/header-values.js'
import { MESSAGE_LIMITS } from '../limits.js'
import { writeEnvelope } from './envelope.js'

function envelope(header: string, left = 1_000): string {
  const { fields } = readHeader(fromLatin1(header.replaceAll('\n', '\r\n')))
  return writeEnvelope(new HeaderValues(fields), { left, octets: 1_000 }, MESSAGE_LIMITS)
}

const A = '((NIL NIL "a" "x"))'
const B = '((NIL NIL "b" "x"))'
const BOTH = '((NIL NIL "a" "x")(NIL NIL "b" "x"))'

test.each([
  ['nothing', '', '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'],
  ['Sender and Reply-To default to From', 'From: a@x\n', `(NIL NIL ${A} ${A} ${A} NIL NIL NIL NIL NIL)`],
  ['empty ones too', 'From: a@x\nSender:\nReply-To: ,\n', `(NIL NIL ${A} ${A} ${A} NIL NIL NIL NIL NIL)`],
  ['their own where they are', 'From: a@x\nSender: b@x\n', `(NIL NIL ${A} ${B} ${A} NIL NIL NIL NIL NIL)`],
  [
    'empty fields are empty strings, empty lists NIL',
    'Date:\nSubject: \nTo:\nIn-Reply-To:\nMessage-ID:\n',
    '("" "" NIL NIL NIL NIL NIL NIL "" "")',
  ],
  [
    'several destination fields are one list',
    'Cc: a@x\nCC: b@x\n',
    '(NIL NIL NIL NIL NIL NIL ((NIL NIL "a" "x")(NIL NIL "b" "x")) NIL NIL NIL)',
  ],
  ['of other fields the last counts', 'Subject: 1\nSubject: 2\n', '(NIL "2" NIL NIL NIL NIL NIL NIL NIL NIL)'],
  [
    'several From are one list',
    'From: a@x\nFrom: b@x\nSender: a@x\n',
    `(NIL NIL ${BOTH} ${A} ${BOTH} NIL NIL NIL NIL NIL)`,
  ],
  [
    'a group without end does not swallow the next field',
    'To: G: a@x\nTo: b@x\n',
    '(NIL NIL NIL NIL NIL ((NIL NIL "G" NIL)(NIL NIL "a" "x")(NIL NIL NIL NIL)(NIL NIL "b" "x")) NIL NIL NIL NIL)',
  ],
  [
    'white space in a subject and a name is one space',
    'Subject: a\n\tb  c\nFrom: "a\t b" <a@x>\n',
    '(NIL "a b c" (("a b" NIL "a" "x")) (("a b" NIL "a" "x")) (("a b" NIL "a" "x")) NIL NIL NIL NIL NIL)',
  ],
  [
    'a group',
    'To: G: "A \\"B\\"" <@r:a@x>;\n',
    '(NIL NIL NIL NIL NIL ((NIL NIL "G" NIL)("A \\"B\\"" "@r" "a" "x")(NIL NIL NIL NIL)) NIL NIL NIL NIL)',
  ],
  [
    'NIL would make a group of an address without domain',
    'Bcc: root, <>\n',
    '(NIL NIL NIL NIL NIL NIL NIL ((NIL NIL "root" "MISSING_DOMAIN")(NIL NIL "MISSING_MAILBOX" "MISSING_DOMAIN")) NIL NIL)',
  ],
  [
    '[H6] a comment is the name',
    'From: root@rhel1.local.com (root)\n',
    '(NIL NIL (("root" NIL "root" "rhel1.local.com")) (("root" NIL "root" "rhel1.local.com")) (("root" NIL "root" "rhel1.local.com")) NIL NIL NIL NIL NIL)',
  ],
  [
    '8-bit octets and encoded words as they stand',
    'Subject: \xe9 =?utf-8?q?a?=\n',
    '(NIL {15}\r\n\xe9 =?utf-8?q?a?= NIL NIL NIL NIL NIL NIL NIL NIL)',
  ],
])('envelope: %s (RFC 9051 §7.5.2)', (_, header, expected) => {
  expect(envelope(header)).toBe(expected)
})

test('an envelope lists no more addresses than are left', () => {
  expect(envelope('From: a@x, b@x\nTo: b@x\n', 1)).toBe(`(NIL NIL ${A} ${A} ${A} NIL NIL NIL NIL NIL)`)
})
