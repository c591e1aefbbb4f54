import { dialogues, type Row, type SmtpDialogue, text } from '../dialogue.js'
import { ENDS } from '../ends.js'

const EHLO = 'EHLO client.example.org'
const MAIL = 'MAIL FROM:<joe@example.org>'
const NOTE = 'Subject: hello\r\n\r\nIt works.\r\n'

const NAMES = Object.keys(ENDS)
const of = (command: string, address: (name: string) => string): readonly Row[] =>
  NAMES.map((name) => [`${command} ${address(name)}, whose way is "${ENDS[name]}"`, `${command}${address(name)}`])

/** What transport(5) sends to `error:` and `retry:` is refused, or put off, at RCPT: row C12. */
export const WAYS: readonly SmtpDialogue[] = [
  ...dialogues(
    'mx',
    [EHLO, MAIL],
    of('RCPT TO:', (name) => `<${name}@postfix.example>`),
  ),
  ...dialogues(
    'trusted',
    [EHLO, MAIL],
    of('RCPT TO:', (name) => `<x@${name}.example.net>`),
  ),
  ...dialogues(
    'sender',
    [EHLO],
    of('MAIL FROM:', (name) => `<${name}@postfix.example>`).map(
      ([name, ...steps]): Row => [name, ...steps, 'RCPT TO:<alice@postfix.example>'],
    ),
  ),
  ...dialogues(
    'mx',
    [EHLO],
    of('VRFY ', (name) => `<${name}@postfix.example>`),
  ),
  ...dialogues(
    'mx',
    [EHLO, MAIL],
    [
      ['a user whose mail is refused', 'RCPT TO:<dave@postfix.example>'],
      ['a user whose mail is refused, by a suffix', 'RCPT TO:<dave+lists@postfix.example>'],
      ['a way for one suffix', 'RCPT TO:<alice+shut@postfix.example>', 'RCPT TO:<alice+open@postfix.example>'],
      ['an alias of a way that ends', 'RCPT TO:<mapped@postfix.example>', 'DATA', text(NOTE)],
      ['a way that ends, of a domain that we hand on', 'RCPT TO:<shut@relay.example>', 'RCPT TO:<x@relay.example>'],
      ['a way that ends, of others', 'RCPT TO:<x@error-text.example.net>', 'RCPT TO:<x@retry-text.example.net>'],
      [
        'two of three are refused',
        'RCPT TO:<error-text@postfix.example>',
        'RCPT TO:<alice@postfix.example>',
        'RCPT TO:<retry-text@postfix.example>',
        'DATA',
        text(NOTE),
      ],
      ['all are put off', 'RCPT TO:<retry-text@postfix.example>', 'DATA'],
    ],
  ),
  ...dialogues(
    'trusted',
    [EHLO, MAIL],
    [
      ['below a domain whose way ends', 'RCPT TO:<x@a.below.example>', 'RCPT TO:<x@below.example>'],
      ['a way without its transport', 'RCPT TO:<x@nexthop.example>'],
    ],
  ),
]
