import { dialogues, type Row, type SmtpDialogue } from '../dialogue.js'

const EHLO = 'EHLO client.example.org'
const A64 = 'a'.repeat(64)
const A65 = 'a'.repeat(65)
const LABEL = 'd'.repeat(63)
/** 255 octets. */
const LONG_DOMAIN = `${LABEL}.${LABEL}.${LABEL}.${'d'.repeat(63)}`

/** A reverse-path each; then a recipient, which only a transaction takes. */
function senders(...paths: readonly (readonly [name: string, path: string])[]): readonly Row[] {
  return paths.map(([name, path]) => [`a sender: ${name}`, `MAIL FROM:${path}`, 'RCPT TO:<alice@postfix.example>'])
}

function recipients(...paths: readonly (readonly [name: string, path: string])[]): readonly Row[] {
  return paths.map(([name, path]) => [`a recipient: ${name}`, `RCPT TO:${path}`])
}

const SENDERS = senders(
  ['plain', '<joe@example.org>'],
  ['null', '<>'],
  ['null with blanks around', ' <> '],
  ['null with a parameter', '<> SIZE=1'],
  ['without brackets', 'joe@example.org'],
  ['without brackets behind a blank', ' joe@example.org'],
  ['behind a blank', ' <joe@example.org>'],
  ['behind a TAB', '\t<joe@example.org>'],
  ['without a domain', '<joe>'],
  ['a quoted local part', '<"joe smith"@example.org>'],
  ['a quoted local part with an at sign', '<"joe@home"@example.org>'],
  ['a quoted local part with a quoted quote', '<"joe\\"smith"@example.org>'],
  ['an empty quoted local part', '<""@example.org>'],
  ['a quoted local part that does not end', '<"joe@example.org>'],
  ['an apostrophe', "<o'neill@example.org>"],
  ['every atext', "<!#$%&'*+/=?^_`{|}~-@example.org>"],
  ['a dot at the start', '<.joe@example.org>'],
  ['a dot at the end', '<joe.@example.org>'],
  ['two dots', '<j..oe@example.org>'],
  ['a dot at the end of the domain', '<joe@example.org.>'],
  ['two dots in the domain', '<joe@example..org>'],
  ['a domain that begins with a hyphen', '<joe@-example.org>'],
  ['a domain with an underscore', '<joe@my_host.example.org>'],
  ['a domain of digits', '<joe@123.456>'],
  ['an address literal', '<joe@[192.0.2.1]>'],
  ['an IPv6 literal', '<joe@[IPv6:2001:db8::1]>'],
  ['an IPv6 literal without its tag', '<joe@[2001:db8::1]>'],
  ['a literal that is no address', '<joe@[300.1.1.1]>'],
  ['an unfinished literal', '<joe@[192.0.2.1>'],
  ['two at signs', '<joe@smith@example.org>'],
  ['nothing before the at sign', '<@example.org>'],
  ['nothing behind the at sign', '<joe@>'],
  ['only an at sign', '<@>'],
  ['no end bracket', '<joe@example.org'],
  ['no start bracket', 'joe@example.org>'],
  ['two brackets', '<<joe@example.org>>'],
  ['a name before the brackets', 'Joe <joe@example.org>'],
  ['a name before the brackets, behind a blank', ' "Joe" <joe@example.org>'],
  ['a comment', '<joe(comment)@example.org>'],
  ['a list', '<joe@example.org,ann@example.org>'],
  ['something behind the bracket', '<joe@example.org>x'],
  ['a source route', '<@a.example,@b.example:joe@example.org>'],
  ['a source route without its address', '<@a.example:>'],
  ['a bang path', '<host!joe>'],
  ['a percent hack', '<joe%example.org@example.net>'],
  ['a local part of 64', `<${A64}@example.org>`],
  ['a local part of 65', `<${A65}@example.org>`],
  ['a domain of 255', `<joe@${LONG_DOMAIN}>`],
  ['a label of 64', `<joe@${'d'.repeat(64)}.example>`],
  ['a path of 300', `<${'joe.'.repeat(15)}joe@${'example.'.repeat(29)}org>`],
  ['a backslash', '<joe\\@example.org>'],
  ['a semicolon', '<joe;ann@example.org>'],
  ['a colon', '<joe:ann@example.org>'],
  ['a blank in it', '<joe smith@example.org>'],
  ['a line of nothing', ''],
  ['a line of blanks', '   '],
  ['empty brackets in brackets', '<<>>'],
)

const RECIPIENTS = recipients(
  ['plain', '<alice@postfix.example>'],
  ['in capitals', '<ALICE@POSTFIX.EXAMPLE>'],
  ['null', '<>'],
  ['postmaster alone', '<postmaster>'],
  ['Postmaster alone, in capitals', '<POSTMASTER>'],
  ['without a domain', '<alice>'],
  ['without a domain, unknown', '<carol>'],
  ['with a suffix', '<alice+lists@postfix.example>'],
  ['unknown with a suffix', '<carol+lists@postfix.example>'],
  ['unknown', '<carol@postfix.example>'],
  ['unknown at a subdomain', '<alice@sub.postfix.example>'],
  ['elsewhere', '<alice@example.net>'],
  ['elsewhere by a source route', '<@postfix.example:alice@example.net>'],
  ['here by a source route', '<@example.net:alice@postfix.example>'],
  ['quoted', '<"alice"@postfix.example>'],
  ['quoted without need of a dot', '<"al.ice"@postfix.example>'],
  ['elsewhere by quoting', '<"alice@example.net"@postfix.example>'],
  ['a percent hack', '<alice%example.net@postfix.example>'],
  ['a bang path to elsewhere', '<example.net!alice@postfix.example>'],
  ['a bang path alone', '<example.net!alice>'],
  ['two at signs', '<alice@example.net@postfix.example>'],
  ['a dot at the end of the domain', '<alice@postfix.example.>'],
  ['without brackets', 'alice@postfix.example'],
  ['without brackets behind a blank', ' alice@postfix.example'],
  ['no end bracket', '<alice@postfix.example'],
  ['a name before the brackets', 'Alice <alice@postfix.example>'],
  ['a list', '<alice@postfix.example>,<bob@postfix.example>'],
  ['an empty local part', '<@postfix.example>'],
  ['an empty domain', '<alice@>'],
  ['the address of this host', '<alice@[127.0.0.1]>'],
  ['the address of another host', '<alice@[192.0.2.1]>'],
  ['a literal that is no address', '<alice@[nonsense]>'],
  ['of 65', `<${A65}@postfix.example>`],
  ['a line of nothing', ''],
)

const FEW: readonly Row[] = [
  ...SENDERS.filter(([name]) => /plain|null$|brackets|domain$|dot|route|literal|underscore|of 6|blank/.test(name)),
]

/** How addresses are written: RFC 5321 §4.1.2. */
export const PATHS: readonly SmtpDialogue[] = [
  ...dialogues('mx', [EHLO], SENDERS),
  ...dialogues('mx', [EHLO, 'MAIL FROM:<joe@example.org>'], RECIPIENTS),
  ...dialogues('strict', [EHLO], FEW),
  ...dialogues(
    'mx',
    [EHLO],
    [
      ['a sender in UTF-8 with SMTPUTF8', 'MAIL FROM:<jürgen@example.org> SMTPUTF8', 'RCPT TO:<alice@postfix.example>'],
      ['a sender in UTF-8 without SMTPUTF8', 'MAIL FROM:<jürgen@example.org>'],
      ['a recipient in UTF-8 without SMTPUTF8', 'MAIL FROM:<joe@example.org>', 'RCPT TO:<jürgen@postfix.example>'],
      ['an unknown recipient in UTF-8 with SMTPUTF8', 'MAIL FROM:<> SMTPUTF8', 'RCPT TO:<jürgen@postfix.example>'],
      ['a domain in UTF-8', 'MAIL FROM:<joe@bücher.example> SMTPUTF8', 'RCPT TO:<alice@postfix.example>'],
    ],
  ),
]
