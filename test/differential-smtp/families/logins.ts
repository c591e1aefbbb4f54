import { dialogues, type Row, raw, type SmtpDialogue, text } from '../dialogue.js'
import { PASSWORD, USER } from '../sites.js'

const EHLO = 'EHLO client.example.org'
const MAIL = 'MAIL FROM:<joe@example.org>'
const ELSEWHERE = 'RCPT TO:<someone@example.net>'

function base64(words: string): string {
  return Buffer.from(words).toString('base64')
}

const RIGHT = base64(`\0${USER}\0${PASSWORD}`)
const WRONG = base64(`\0${USER}\0guess`)
const LOGIN = `AUTH PLAIN ${RIGHT}`

const LOGINS: readonly Row[] = [
  ['the list of EHLO', EHLO],
  ['PLAIN with an initial response', EHLO, LOGIN, MAIL, ELSEWHERE, 'DATA', text('Subject: x\r\n\r\nhi\r\n')],
  ['PLAIN without one', EHLO, 'AUTH PLAIN', RIGHT, MAIL],
  ['a mechanism in lower case', EHLO, `auth plain ${RIGHT}`],
  ['LOGIN', EHLO, 'AUTH LOGIN', base64(USER), base64(PASSWORD), MAIL, ELSEWHERE],
  ['LOGIN with the name at once', EHLO, `AUTH LOGIN ${base64(USER)}`, base64(PASSWORD)],
  ['a wrong password', EHLO, `AUTH PLAIN ${WRONG}`, LOGIN],
  ['an unknown user', EHLO, `AUTH PLAIN ${base64('\0nobody\0secret')}`],
  ['no password', EHLO, `AUTH PLAIN ${base64(`\0${USER}\0`)}`],
  ['twice', EHLO, LOGIN, LOGIN],
  ['within a transaction', EHLO, MAIL, LOGIN],
  ['before a greeting', LOGIN],
  ['after HELO', 'HELO client.example.org', LOGIN],
  ['no mechanism', EHLO, 'AUTH'],
  ['an unknown mechanism', EHLO, 'AUTH X-NONE'],
  ['cancelled', EHLO, 'AUTH PLAIN', '*', 'NOOP'],
  ['LOGIN cancelled at the password', EHLO, 'AUTH LOGIN', base64(USER), '*', 'NOOP'],
  ['no base64', EHLO, 'AUTH PLAIN', '!!!', 'NOOP'],
  ['no base64 at once', EHLO, 'AUTH PLAIN !!!', 'NOOP'],
  ['an empty response', EHLO, 'AUTH PLAIN', '', 'NOOP'],
  ['an empty initial response', EHLO, 'AUTH PLAIN =', 'NOOP'],
  ['two responses', EHLO, `AUTH PLAIN ${RIGHT} ${RIGHT}`],
  ['a command in place of a response', EHLO, 'AUTH PLAIN', 'NOOP', 'NOOP'],
  ['elsewhere without a login', EHLO, MAIL, ELSEWHERE],
  ['AUTH on MAIL', EHLO, LOGIN, `${MAIL} AUTH=<>`],
  ['AUTH on MAIL as xtext', EHLO, LOGIN, `${MAIL} AUTH=e+3Dmc2@example.com`],
  ['AUTH on MAIL, broken', EHLO, LOGIN, `${MAIL} AUTH=a+b`],
  ['AUTH on MAIL by nobody', EHLO, `${MAIL} AUTH=joe@example.org`],
  ['a login and a command at once', EHLO, raw(`${LOGIN}\r\n${MAIL}\r\n`, 2)],
  ['a login lasts over RSET', EHLO, LOGIN, 'RSET', MAIL, ELSEWHERE],
  ['a login lasts over EHLO', EHLO, LOGIN, EHLO, MAIL, ELSEWHERE],
]

/** RFC 4954. */
export const LOGINS_FAMILY: readonly SmtpDialogue[] = dialogues('logins', [], LOGINS)
