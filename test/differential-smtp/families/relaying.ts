import { dialogues, type Row, type SmtpDialogue, text } from '../dialogue.js'
import { PASSWORD, USER } from '../sites.js'

const EHLO = 'EHLO client.example.org'
const MAIL = 'MAIL FROM:<joe@example.org>'
const NOTE = 'Subject: hello\r\n\r\nIt works.\r\n'
const LOGIN = `AUTH PLAIN ${Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64')}`

/** What who looks for an open relay tries: nmap's smtp-open-relay, and its kin. */
const ATTEMPTS: readonly (readonly [name: string, from: string, to: string])[] = [
  ['plainly', 'joe@example.org', '<relay@example.net>'],
  ['from nobody', '', '<relay@example.net>'],
  ['from us', 'alice@postfix.example', '<relay@example.net>'],
  ['from our host', 'alice@mail.postfix.example', '<relay@example.net>'],
  ['from our address', 'alice@[127.0.0.1]', '<relay@example.net>'],
  ['from a user without a domain', 'alice', '<relay@example.net>'],
  ['by a percent hack', 'joe@example.org', '<relay%example.net@postfix.example>'],
  ['by a percent hack at our address', 'joe@example.org', '<relay%example.net@[127.0.0.1]>'],
  ['by a percent hack at our host', 'joe@example.org', '<relay%example.net@mail.postfix.example>'],
  ['by quotes', 'joe@example.org', '<"relay@example.net">'],
  ['by quotes and a percent hack', 'joe@example.org', '<"relay%example.net">'],
  ['by quotes at us', 'joe@example.org', '<"relay@example.net"@postfix.example>'],
  ['by two at signs', 'joe@example.org', '<relay@example.net@postfix.example>'],
  ['by two at signs and our address', 'joe@example.org', '<relay@example.net@[127.0.0.1]>'],
  ['by a source route over us', 'joe@example.org', '<@postfix.example:relay@example.net>'],
  ['by a source route over our address', 'joe@example.org', '<@[127.0.0.1]:relay@example.net>'],
  ['by a bang path', 'joe@example.org', '<example.net!relay>'],
  ['by a bang path at us', 'joe@example.org', '<example.net!relay@postfix.example>'],
  ['by a bang path at our address', 'joe@example.org', '<example.net!relay@[127.0.0.1]>'],
  ['to a subdomain of ours', 'joe@example.org', '<alice@sub.postfix.example>'],
  ['to a subdomain of a relay domain', 'joe@example.org', '<anybody@sub.relay.example>'],
  ['to a domain that begins like ours', 'joe@example.org', '<alice@postfix.example.net>'],
  ['to a domain that ends like ours', 'joe@example.org', '<alice@notpostfix.example>'],
]

const STRANGERS: readonly Row[] = ATTEMPTS.map(([name, from, to]) => [
  `a stranger relays ${name}`,
  `MAIL FROM:<${from}>`,
  `RCPT TO:${to}`,
])

/** Who may send where: rows B17, C1, C6. RFC 5321 §3.6.2, §7.9 leaves it to the site. */
export const RELAYING: readonly SmtpDialogue[] = [
  ...dialogues('mx', [EHLO], STRANGERS),
  ...dialogues(
    'mx',
    [EHLO, MAIL],
    [
      ['a stranger, to a domain we hand on', 'RCPT TO:<anybody@relay.example>', 'DATA', text(NOTE)],
      [
        'a stranger, here and elsewhere',
        'RCPT TO:<alice@postfix.example>',
        'RCPT TO:<x@example.net>',
        'DATA',
        text(NOTE),
      ],
      [
        'a stranger, elsewhere and then here',
        'RCPT TO:<x@example.net>',
        'RCPT TO:<alice@postfix.example>',
        'DATA',
        text(NOTE),
      ],
      ['a stranger, to a user with a suffix', 'RCPT TO:<alice+spam@postfix.example>', 'DATA', text(NOTE)],
      ['a stranger, to postmaster', 'RCPT TO:<postmaster>', 'RCPT TO:<postmaster@postfix.example>', 'DATA', text(NOTE)],
    ],
  ),
  ...dialogues(
    'trusted',
    [EHLO, MAIL],
    [
      ['one of ours, elsewhere', 'RCPT TO:<x@example.net>', 'DATA', text(NOTE)],
      ['one of ours, here', 'RCPT TO:<alice@postfix.example>', 'DATA', text(NOTE)],
      ['one of ours, to nobody here', 'RCPT TO:<carol@postfix.example>', 'DATA'],
      ['one of ours, to a domain we hand on', 'RCPT TO:<anybody@relay.example>', 'DATA', text(NOTE)],
      ['one of ours, by a source route', 'RCPT TO:<@hop.example:x@example.net>', 'DATA', text(NOTE)],
      ['one of ours, to an address literal', 'RCPT TO:<x@[192.0.2.1]>', 'DATA', text(NOTE)],
      [
        'one of ours, many at once',
        'RCPT TO:<x@example.net>',
        'RCPT TO:<bob@postfix.example>',
        'RCPT TO:<y@relay.example>',
        'DATA',
        text(NOTE),
      ],
      [
        'one of ours, with DSN parameters',
        'RCPT TO:<x@example.net> NOTIFY=SUCCESS ORCPT=rfc822;x@example.net',
        'DATA',
        text(NOTE),
      ],
    ],
  ),
  ...dialogues(
    'logins',
    [EHLO],
    [
      ['who logged in, elsewhere', LOGIN, MAIL, 'RCPT TO:<x@example.net>', 'DATA', text(NOTE)],
      ['who logged in, to nobody here', LOGIN, MAIL, 'RCPT TO:<carol@postfix.example>'],
      ['who failed to log in, elsewhere', 'AUTH PLAIN AGFsaWNlAGd1ZXNz', MAIL, 'RCPT TO:<x@example.net>'],
    ],
  ),
]
