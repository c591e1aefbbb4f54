import { dialogues, type Row, type SmtpDialogue } from '../dialogue.js'

const EHLO = 'EHLO client.example.org'

function mail(...parameters: readonly string[]): readonly Row[] {
  return parameters.map((each) => [
    `MAIL with ${JSON.stringify(each.slice(0, 60))}`,
    `MAIL FROM:<joe@example.org>${each}`,
  ])
}

function rcpt(...parameters: readonly string[]): readonly Row[] {
  return parameters.map((each) => [
    `RCPT with ${JSON.stringify(each.slice(0, 60))}`,
    `RCPT TO:<alice@postfix.example>${each}`,
  ])
}

const MAIL = mail(
  ' SIZE=100',
  ' size=100',
  ' SIZE=0',
  ' SIZE=10240000',
  ' SIZE=10240001',
  ' SIZE=99999999999999999999',
  ' SIZE=999999999999999999999',
  ' SIZE=-1',
  ' SIZE=1k',
  ' SIZE=',
  ' SIZE',
  ' SIZE=1 SIZE=2',
  ' BODY=7BIT',
  ' BODY=8BITMIME',
  ' body=8bitmime',
  ' BODY=9BIT',
  ' BODY=',
  ' BODY',
  ' SIZE=1 BODY=8BITMIME RET=HDRS ENVID=1 SMTPUTF8',
  '   SIZE=1   BODY=7BIT  ',
  ' SIZE=1,BODY=7BIT',
  ' RET=FULL',
  ' ret=hdrs',
  ' RET=ALL',
  ' RET=',
  ' RET=FULL RET=HDRS',
  ' ENVID=QQ314159',
  ' ENVID=a+20b',
  ' ENVID=a+2Bb+3D',
  ' ENVID=a+b',
  ' ENVID=a+0A',
  ' ENVID=a+C3+BC',
  ' ENVID=a=b',
  ' ENVID=1 ENVID=2',
  ' ENVID=',
  ' SMTPUTF8',
  ' smtputf8',
  ' SMTPUTF8=1',
  ' AUTH=<>',
  ' AUTH=joe@example.org',
  ' NOTIFY=NEVER',
  ' ORCPT=rfc822;x@example.org',
  ' FOO',
  ' FOO=bar',
  ' =bar',
  ' FOO==',
  ' FO_O=1',
  ' XYZZY SIZE=1',
  ' <>',
  ' HOLDFOR=60',
  ' BY=120;R',
  ' MT-PRIORITY=3',
  ' REQUIRETLS',
)

const RCPT = rcpt(
  ' NOTIFY=SUCCESS',
  ' NOTIFY=success,FAILURE,delay',
  ' NOTIFY=NEVER',
  ' NOTIFY=never',
  ' NOTIFY=NEVER,SUCCESS',
  ' NOTIFY=SUCCESS,NEVER',
  ' NOTIFY=SUCCESS,SUCCESS',
  ' NOTIFY=SUCCESS,',
  ' NOTIFY=,SUCCESS',
  ' NOTIFY=ALWAYS',
  ' NOTIFY=',
  ' NOTIFY',
  ' NOTIFY=NEVER NOTIFY=NEVER',
  ' ORCPT=rfc822;alice@postfix.example',
  ' ORCPT=RFC822;alice@postfix.example',
  ' ORCPT=rfc822;a+20b+2Bc@example.org',
  ' ORCPT=x400;/C=DE/',
  ' ORCPT=rfc822;a+b',
  ' ORCPT=rfc822;a+0D+0A',
  ' ORCPT=rfc822;a+C3+BC',
  ' ORCPT=rfc822',
  ' ORCPT=rfc822;',
  ' ORCPT=;alice',
  ' ORCPT=utf-8;j\\x{FC}rgen@example.org',
  ' ORCPT=rfc822;a ORCPT=rfc822;a',
  ' ORCPT=',
  ' NOTIFY=SUCCESS ORCPT=rfc822;bob@example.org',
  ' RET=FULL',
  ' SIZE=1',
  ' SMTPUTF8',
  ' FOO',
  ' FOO=bar',
)

/** RFC 5321 §4.1.1.11 and the RFCs of each. */
export const PARAMETERS: readonly SmtpDialogue[] = [
  ...dialogues('mx', [EHLO], MAIL),
  ...dialogues('mx', [EHLO, 'MAIL FROM:<joe@example.org>'], RCPT),
  ...dialogues(
    'mx',
    ['HELO client.example.org'],
    [
      ['after HELO, SIZE', 'MAIL FROM:<joe@example.org> SIZE=1'],
      ['after HELO, RET', 'MAIL FROM:<joe@example.org> RET=FULL'],
      ['after HELO, NOTIFY', 'MAIL FROM:<joe@example.org>', 'RCPT TO:<alice@postfix.example> NOTIFY=NEVER'],
      ['after HELO, SMTPUTF8', 'MAIL FROM:<joe@example.org> SMTPUTF8'],
    ],
  ),
  ...dialogues(
    'classic',
    ['EHLO client.example.org'],
    [
      ['RET', 'MAIL FROM:<joe@example.org> RET=FULL'],
      ['SMTPUTF8', 'MAIL FROM:<joe@example.org> SMTPUTF8'],
      ['a sender in UTF-8', 'MAIL FROM:<jürgen@example.org>'],
      ['ORCPT in UTF-8', 'MAIL FROM:<>', 'RCPT TO:<alice@postfix.example> ORCPT=utf-8;jürgen@example.org'],
    ],
  ),
  ...dialogues(
    'small',
    [EHLO],
    [
      ['a size as big as the limit', 'MAIL FROM:<joe@example.org> SIZE=1000'],
      ['a size past the limit', 'MAIL FROM:<joe@example.org> SIZE=1001', 'MAIL FROM:<joe@example.org>'],
    ],
  ),
]
