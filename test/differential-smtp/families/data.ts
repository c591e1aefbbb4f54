import { dialogues, type Row, raw, type SmtpDialogue, text } from '../dialogue.js'

const EHLO = 'EHLO client.example.org'
const MAIL = 'MAIL FROM:<joe@example.org>'
const RCPT = 'RCPT TO:<alice@postfix.example>'
const READY = [EHLO, MAIL, RCPT, 'DATA'] as const

const MESSAGES: readonly Row[] = [
  ['an ordinary message', text('Subject: x\r\n\r\nhello\r\n'), 'NOOP'],
  ['an empty message', text(''), 'NOOP'],
  ['a header alone', text('Subject: x\r\n'), 'NOOP'],
  ['a body alone', text('hello\r\n'), 'NOOP'],
  ['a dot that was doubled', text('Subject: x\r\n\r\n..\r\n...\r\n'), 'NOOP'],
  ['a dot that was not doubled', text('Subject: x\r\n\r\n.hello\r\n'), 'NOOP'],
  ['a line of 998', text(`Subject: x\r\n\r\n${'x'.repeat(998)}\r\n`), 'NOOP'],
  ['a line of 5,000', text(`Subject: x\r\n\r\n${'x'.repeat(5_000)}\r\n`), 'NOOP'],
  ['octets past US-ASCII', text('Subject: x\r\n\r\ngrüße\r\n'), 'NOOP'],
  ['a NUL', text('Subject: x\r\n\r\na\u0000b\r\n'), 'NOOP'],
  ['a bare LF', text('Subject: x\r\n\r\na\nb\r\n'), 'NOOP'],
  ['a bare CR', text('Subject: x\r\n\r\na\rb\r\n'), 'NOOP'],
  ['LF . LF', raw('Subject: x\r\n\r\na\n.\nMAIL FROM:<x@example.org>\r\n.\r\n'), 'NOOP'],
  ['LF . CRLF', raw('Subject: x\r\n\r\na\n.\r\nMAIL FROM:<x@example.org>\r\n.\r\n'), 'NOOP'],
  ['CRLF . LF', raw('Subject: x\r\n\r\na\r\n.\nMAIL FROM:<x@example.org>\r\n.\r\n'), 'NOOP'],
  ['CR . CR', raw('Subject: x\r\n\r\na\r.\rMAIL FROM:<x@example.org>\r\n.\r\n'), 'NOOP'],
  ['CRLF . CR', raw('Subject: x\r\n\r\na\r\n.\rMAIL FROM:<x@example.org>\r\n.\r\n'), 'NOOP'],
  ['CR . CRLF', raw('Subject: x\r\n\r\na\r.\r\nMAIL FROM:<x@example.org>\r\n.\r\n'), 'NOOP'],
  ['a whole message in single lines', raw('Subject: x\r\n', 0), raw('\r\n', 0), raw('hi\r\n', 0), raw('.\r\n'), 'NOOP'],
  ['a dot in halves', raw('Subject: x\r\n\r\nhi\r\n.', 0), raw('\r', 0), raw('\n'), 'NOOP'],
  ['forty Received fields', text(`${'Received: x\r\n'.repeat(40)}\r\nhi\r\n`), 'NOOP'],
]

const LIMITS: readonly Row[] = [
  ['a message as big as the limit', EHLO, MAIL, RCPT, 'DATA', text(`${'x'.repeat(498)}\r\n${'x'.repeat(497)}\r\n`)],
  ['a message past the limit', EHLO, MAIL, RCPT, 'DATA', text(`${'x'.repeat(78)}\r\n`.repeat(20)), 'NOOP'],
  ['a message far past the limit', EHLO, MAIL, RCPT, 'DATA', text(`${'x'.repeat(78)}\r\n`.repeat(2_000)), 'NOOP'],
  ['a declared size that is exceeded', EHLO, `${MAIL} SIZE=10`, RCPT, 'DATA', text(`${'x'.repeat(78)}\r\n`.repeat(5))],
  ['one recipient past the limit', EHLO, MAIL, RCPT, RCPT, RCPT, RCPT, 'DATA', text('hi\r\n')],
  ['recipients past the overshoot', EHLO, MAIL, ...Array<string>(9).fill(RCPT), 'NOOP'],
  ['recipients that are refused do not count', EHLO, MAIL, 'RCPT TO:<carol@postfix.example>', RCPT, RCPT, RCPT, RCPT],
  ['errors', EHLO, 'XYZZY', 'XYZZY', 'XYZZY', 'XYZZY', 'XYZZY', 'NOOP'],
  ['errors of different kinds', EHLO, 'DATA', 'RCPT TO:<x>', 'MAIL', 'FOO', 'MAIL FROM:<a@b', 'NOOP'],
  ['unknown recipients', EHLO, MAIL, ...Array<string>(6).fill('RCPT TO:<carol@postfix.example>'), 'NOOP'],
  ['relay attempts', EHLO, MAIL, ...Array<string>(6).fill('RCPT TO:<carol@example.net>'), 'NOOP'],
  ['junk', EHLO, ...Array<string>(12).fill('NOOP')],
  ['RSET is junk', EHLO, ...Array<string>(12).fill('RSET')],
  ['VRFY is junk', EHLO, ...Array<string>(12).fill('VRFY alice')],
  ['EHLO is junk', ...Array<string>(12).fill(EHLO)],
  ['errors are forgiven by a message', EHLO, 'X', 'X', 'X', MAIL, RCPT, 'DATA', text('hi\r\n'), 'X', 'X', 'X', 'NOOP'],
  ['a line of 512', EHLO, `NOOP ${'x'.repeat(507)}`],
  ['a line of 5,000', EHLO, `NOOP ${'x'.repeat(5_000)}`, 'NOOP'],
  ['an unknown line of 5,000', EHLO, 'x'.repeat(5_000), 'NOOP'],
]

/** RFC 5321 §4.1.1.4, §2.3.8, §4.5.2, §4.5.3; RFC 1870. */
export const DATA_AND_LIMITS: readonly SmtpDialogue[] = [
  ...dialogues('mx', READY, MESSAGES),
  ...dialogues('small', [], LIMITS),
  ...dialogues(
    'mx',
    [EHLO],
    [
      ['eight bits without BODY', MAIL, RCPT, 'DATA', text('Subject: x\r\n\r\ngrüße\r\n')],
      ['an internationalised message', `${MAIL} SMTPUTF8`, RCPT, 'DATA', text('Subject: grüße\r\n\r\nhi\r\n')],
      ['an internationalised header without SMTPUTF8', MAIL, RCPT, 'DATA', text('Subject: grüße\r\n\r\nhi\r\n')],
      ['a message from nobody', 'MAIL FROM:<>', RCPT, 'DATA', text('Subject: x\r\n\r\nhi\r\n')],
      ['a command of 2,000', `NOOP ${'x'.repeat(2_000)}`],
      ['a command of 2,100', `NOOP ${'x'.repeat(2_100)}`],
      ['a command of 20,000', `NOOP ${'x'.repeat(20_000)}`, 'NOOP'],
    ],
  ),
]
