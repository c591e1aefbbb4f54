import { dialogues, type Row, raw, type SmtpDialogue, text } from '../dialogue.js'

const EHLO = 'EHLO client.example.org'
const MAIL = 'MAIL FROM:<joe@example.org>'
const RCPT = 'RCPT TO:<alice@postfix.example>'
const NOTE = 'Subject: x\r\n\r\nhello\r\n'

/** A chunk behind its command, in one write. */
function chunk(octets: string, last = ''): ReturnType<typeof raw> {
  return raw(`BDAT ${Buffer.byteLength(octets)}${last}\r\n${octets}`)
}

const CHUNKS: readonly Row[] = [
  ['one chunk', chunk(NOTE, ' LAST'), 'NOOP'],
  ['three chunks', chunk(NOTE), chunk(NOTE), chunk(NOTE, ' LAST'), 'NOOP'],
  ['an empty last chunk', chunk(NOTE), chunk('', ' LAST'), 'NOOP'],
  ['an empty message in a chunk', chunk('', ' LAST'), 'NOOP'],
  ['a chunk that ends within a line', chunk('Subject: x\r\n\r\nhel'), chunk('lo\r\n', ' LAST'), 'NOOP'],
  ['a CR at the end of a chunk', chunk('Subject: x\r\n\r\nhello\r'), chunk('\n', ' LAST'), 'NOOP'],
  ['a message without its last line end', chunk('Subject: x\r\n\r\nhello', ' LAST'), 'NOOP'],
  ['a dot is no end', chunk('Subject: x\r\n\r\na\r\n.\r\nQUIT\r\n', ' LAST'), 'NOOP'],
  ['last in small letters', raw(`bdat ${NOTE.length} last\r\n${NOTE}`), 'NOOP'],
  ['two transactions', chunk(NOTE, ' LAST'), MAIL, RCPT, chunk(NOTE, ' LAST'), 'NOOP'],
  ['RSET between chunks', chunk(NOTE), 'RSET', MAIL, RCPT, chunk(NOTE, ' LAST')],
  ['NOOP between chunks', chunk(NOTE), 'NOOP', chunk(NOTE, ' LAST')],
  ['MAIL between chunks', chunk(NOTE), MAIL, chunk(NOTE, ' LAST'), 'NOOP'],
  ['RCPT between chunks', chunk(NOTE), RCPT, chunk(NOTE, ' LAST'), 'NOOP'],
  ['DATA between chunks', chunk(NOTE), 'DATA', chunk(NOTE, ' LAST'), 'NOOP'],
  ['EHLO between chunks', chunk(NOTE), EHLO, MAIL, RCPT, chunk(NOTE, ' LAST')],
  ['QUIT between chunks', chunk(NOTE), 'QUIT'],
  ['a bare LF in a chunk', chunk('Subject: x\r\n\r\na\nb\r\n', ' LAST'), 'NOOP'],
]

const NO_SIZE: readonly Row[] = [
  ['no size', 'BDAT', 'NOOP'],
  ['a size of letters', 'BDAT x', 'NOOP'],
  ['a size below nothing', 'BDAT -1', 'NOOP'],
  ['something for LAST', 'BDAT 5 FIRST', 'NOOP'],
  ['a word too many', 'BDAT 5 LAST 5', 'NOOP'],
]

/** RFC 3030 §2. */
export const CHUNKING: readonly SmtpDialogue[] = [
  ...dialogues('mx', [EHLO, MAIL, RCPT], CHUNKS),
  ...dialogues('mx', [EHLO, MAIL, RCPT], NO_SIZE),
  ...dialogues(
    'mx',
    [EHLO],
    [
      ['chunks without MAIL', chunk(NOTE, ' LAST'), 'NOOP'],
      ['chunks without RCPT', MAIL, chunk(NOTE, ' LAST'), 'NOOP'],
      ['a chunk after a refused RCPT', MAIL, 'RCPT TO:<carol@postfix.example>', chunk(NOTE, ' LAST'), 'NOOP'],
      [
        'chunks in one write',
        raw(`${MAIL}\r\n${RCPT}\r\nBDAT 12\r\nSubject: x\r\nBDAT 6 LAST\r\n\r\nhi\r\n`, 4),
        'NOOP',
      ],
      ['BINARYMIME is not offered', `${MAIL} BODY=BINARYMIME`],
    ],
  ),
  ...dialogues(
    'small',
    [EHLO, MAIL, RCPT],
    [
      ['a chunk past the limit', chunk(`${'x'.repeat(78)}\r\n`.repeat(20), ' LAST'), 'NOOP'],
      [
        'the second chunk is past the limit',
        chunk(NOTE),
        chunk(`${'x'.repeat(78)}\r\n`.repeat(20)),
        chunk(NOTE, ' LAST'),
        'NOOP',
      ],
    ],
  ),
  ...dialogues('classic', [EHLO, MAIL, RCPT], [['BDAT is not offered', 'BDAT 0 LAST', 'DATA', text(NOTE)]]),
]
