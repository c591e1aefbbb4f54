import { type Row, raw, type SiteName, type SmtpDialogue, type Step, text } from '../dialogue.js'
import { PASSWORD, USER } from '../sites.js'

const EHLO = 'EHLO client.example.org'
const MAIL = 'MAIL FROM:<joe@example.org>'
const RCPT = 'RCPT TO:<alice@postfix.example>'
const ELSEWHERE = 'RCPT TO:<x@example.net>'
const NOTE = 'Subject: hello\r\n\r\nIt works.\r\n'
const LOGIN = `AUTH PLAIN ${Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64')}`

/** Rows of one site, each from the address of a client. */
function from(client: string, site: SiteName, rows: readonly Row[]): readonly SmtpDialogue[] {
  return rows.map(([name, ...steps]) => ({ name: `${site}: ${name} (from ${client})`, site, client, steps }))
}

/** A greeting, a sender and a recipient, by their names. */
function visits(
  ...each: readonly (readonly [name: string, helo: string, sender: string, recipient?: string])[]
): readonly Row[] {
  return each.map(([name, helo, sender, recipient = 'alice@postfix.example']): Row => {
    const steps: readonly Step[] = [`EHLO ${helo}`, `MAIL FROM:<${sender}>`, `RCPT TO:<${recipient}>`]
    return [name, ...steps]
  })
}

const HELOS: readonly Row[] = visits(
  ['an ordinary name', 'client.example.org', 'joe@example.org'],
  ['a name without a dot', 'client', 'joe@example.org'],
  ['a name that DNS does not know', 'nowhere.example.org', 'joe@example.org'],
  ['a name of a zone that fails', 'client.broken.example', 'joe@example.org'],
  ['a name with MX only', 'mxonly.example.org', 'joe@example.org'],
  ['an address', '127.0.0.1', 'joe@example.org'],
  ['an address literal', '[127.0.0.1]', 'joe@example.org'],
  ['a broken literal', '[127.0.0.1', 'joe@example.org'],
  ['an IPv6 literal', '[IPv6:::1]', 'joe@example.org'],
  ['a name with an underscore', 'my_client.example.org', 'joe@example.org'],
  ['a name that begins with a hyphen', '-client.example.org', 'joe@example.org'],
  ['a name of dots', '...', 'joe@example.org'],
  ['a name with a dot at its end', 'client.example.org.', 'joe@example.org'],
  ['our own name', 'mail.postfix.example', 'joe@example.org'],
)

const SENDERS: readonly Row[] = visits(
  ['from nobody', 'client.example.org', ''],
  ['from a domain with MX', 'client.example.org', 'joe@example.org'],
  ['from a domain with an address', 'client.example.org', 'joe@client.example.org'],
  ['from a domain that is not', 'client.example.org', 'joe@nowhere.example.org'],
  ['from a domain that takes no mail', 'client.example.org', 'joe@null.example.org'],
  ['from a domain that fails', 'client.example.org', 'joe@x.broken.example'],
  ['from an address literal', 'client.example.org', 'joe@[192.0.2.1]'],
  ['from a name without a domain', 'client.example.org', 'joe'],
  ['from a host', 'client.example.org', 'joe@host'],
  ['from a user of ours that there is not', 'client.example.org', 'carol@postfix.example'],
  ['from a user of ours', 'client.example.org', 'bob@postfix.example'],
)

const RECIPIENTS: readonly Row[] = visits(
  ['to a user', 'client.example.org', 'joe@example.org', 'alice@postfix.example'],
  ['to nobody here', 'client.example.org', 'joe@example.org', 'carol@postfix.example'],
  ['elsewhere', 'client.example.org', 'joe@example.org', 'x@example.net'],
  ['to a name without a domain', 'client.example.org', 'joe@example.org', 'alice'],
  ['to a host', 'client.example.org', 'joe@example.org', 'alice@host'],
  ['to a domain that is not', 'client.example.org', 'joe@example.org', 'x@nowhere.example.org'],
  ['to a domain that fails', 'client.example.org', 'joe@example.org', 'x@x.broken.example'],
  ['to a domain that takes no mail', 'client.example.org', 'joe@example.org', 'x@null.example.org'],
  ['to postmaster', 'client.example.org', 'joe@example.org', 'postmaster'],
)

/** Rows C6 to C12. Which list of which site refuses stands in `sites.ts`, in the words of main.cf. */
export const RESTRICTIONS: readonly SmtpDialogue[] = [
  ...from('127.9.0.1', 'helo', HELOS),
  ...from('127.9.0.1', 'helo', [
    ['MAIL before a greeting', MAIL],
    ['a greeting by HELO', 'HELO client', MAIL, RCPT],
  ]),
  ...from('127.9.0.1', 'atOnce', HELOS),
  ...from('127.9.0.1', 'atOnce', SENDERS),
  ...from('127.9.0.1', 'sender', SENDERS),
  ...from('127.9.0.1', 'recipient', RECIPIENTS),
  ...from('127.9.0.1', 'seed', [...HELOS, ...SENDERS, ...RECIPIENTS]),
  ...from('127.9.0.2', 'seed', [['a client that a list names', EHLO, MAIL, RCPT, 'QUIT']]),
  ...from('127.9.0.3', 'seed', [['a neighbour, elsewhere', EHLO, MAIL, ELSEWHERE, 'DATA', text(NOTE)]]),
  ...from('127.9.0.1', 'seed', [['who logged in, elsewhere', EHLO, LOGIN, MAIL, ELSEWHERE, 'DATA', text(NOTE)]]),
  ...from('127.9.0.1', 'defer', RECIPIENTS),
  ...from('127.9.0.1', 'owners', [
    ['who logged in, by his own name', EHLO, LOGIN, 'MAIL FROM:<alice@postfix.example>', RCPT],
    ['who logged in, by the name of another', EHLO, LOGIN, 'MAIL FROM:<bob@postfix.example>', RCPT],
    ['who logged in, by a name that nobody owns', EHLO, LOGIN, MAIL, RCPT],
    ['who logged in, from nobody', EHLO, LOGIN, 'MAIL FROM:<>', RCPT],
    ['a stranger, by the name of a user', EHLO, 'MAIL FROM:<alice@postfix.example>', RCPT],
    ['a stranger, by a name that nobody owns', EHLO, MAIL, RCPT],
  ]),
  ...from('127.9.0.1', 'users', [
    ['a stranger', EHLO, MAIL, RCPT],
    ['who logged in', EHLO, LOGIN, MAIL, RCPT],
    ['who logged in, elsewhere', EHLO, LOGIN, MAIL, ELSEWHERE],
    ['who logged in, to a host', EHLO, LOGIN, MAIL, 'RCPT TO:<x@host>'],
  ]),
  ...from('127.9.0.1', 'access', [
    ...visits(
      ['a greeting that a table refuses', 'bad.example.org', 'joe@example.org'],
      ['a greeting below a domain of a table', 'a.evil.example', 'joe@example.org'],
      ['a sender that a table refuses', 'ok.example.org', 'spam@example.org'],
      ['a sender whose domain is refused', 'ok.example.org', 'x@evil.example'],
      ['a sender below a domain that is refused', 'ok.example.org', 'x@a.evil.example'],
      ['a sender that is refused with words', 'ok.example.org', 'words@example.org'],
      ['a sender that is to come again', 'ok.example.org', 'later@example.org'],
      ['a sender that is put off if all else permits', 'ok.example.org', 'perhaps@example.org'],
      ['a sender that is refused if all else permits', 'ok.example.org', 'unlikely@example.org'],
      ['a sender by local part', 'ok.example.org', 'anyone-bad@example.org'],
      ...[1, 4, 5, 6].map(
        (at) => [`a sender with the code x.1.${at}`, 'ok.example.org', `code${at}@example.org`] as const,
      ),
      ['nobody', 'ok.example.org', ''],
      ['a recipient that a table refuses', 'ok.example.org', 'joe@example.org', 'bob@postfix.example'],
      ['a recipient with a suffix that a table refuses', 'ok.example.org', 'joe@example.org', 'bob+x@postfix.example'],
    ),
    ['a sender that is held', EHLO, 'MAIL FROM:<hold@example.org>', RCPT, 'DATA', text(NOTE)],
    ['a sender that is discarded', EHLO, 'MAIL FROM:<discard@example.org>', RCPT, 'DATA', text(NOTE)],
    ['a sender whose mail goes elsewhere', EHLO, 'MAIL FROM:<redirect@example.org>', RCPT, 'DATA', text(NOTE)],
    ['a sender whose mail gets a field', EHLO, 'MAIL FROM:<prepend@example.org>', RCPT, 'DATA', text(NOTE)],
    ['a sender who is warned of', EHLO, 'MAIL FROM:<warn@example.org>', RCPT, 'DATA', text(NOTE)],
  ]),
  ...(
    [
      ['127.9.0.1', 'seed'],
      ['127.9.0.2', 'seed'],
      ['127.9.0.3', 'seed'],
      ['127.9.0.4', 'access'],
      ['127.9.0.1', 'access'],
      ['127.9.0.1', 'recipient'],
      ['127.9.0.1', 'defer'],
      ['127.9.0.1', 'users'],
      ['127.9.1.1', 'lists'],
    ] as const
  ).flatMap(([client, site]) =>
    from(client, site, [
      ['VRFY of a user', EHLO, 'VRFY alice@postfix.example'],
      ['VRFY of another user', EHLO, 'VRFY bob@postfix.example'],
      ['VRFY of nobody', EHLO, 'VRFY carol@postfix.example'],
      ['VRFY elsewhere', EHLO, 'VRFY x@example.net'],
      ['VRFY of a name', EHLO, 'VRFY alice'],
      ['VRFY of postmaster', EHLO, 'VRFY postmaster'],
      ['VRFY in a transaction', EHLO, MAIL, 'VRFY x@example.net', RCPT],
      ['VRFY of what is no address', EHLO, 'VRFY <a@>'],
    ]),
  ),
  ...from('127.9.0.4', 'access', [['a client that a table refuses', EHLO, MAIL, RCPT]]),
  ...from('127.9.5.4', 'access', [['a client whose net is refused', EHLO, MAIL, RCPT]]),
  ...from('127.9.0.5', 'access', [['a client that a table permits', 'EHLO bad.example.org', MAIL, RCPT]]),
  ...['127.9.1.1', '127.9.1.2', '127.9.1.3', '127.9.1.4', '127.9.1.5', '127.9.1.6'].flatMap((client) =>
    from(client, 'lists', [['a client', EHLO, MAIL, RCPT]]),
  ),
  ...from('127.9.1.4', 'lists', [
    ['a greeting of a bad domain', 'EHLO evil.example', MAIL, RCPT],
    ['a sender of a bad domain', EHLO, 'MAIL FROM:<x@evil.example>', RCPT],
  ]),
  ...from('127.9.1.3', 'lists', [
    ['a greeting of a bad domain', 'EHLO evil.example', MAIL, RCPT],
    ['a greeting below a bad domain', 'EHLO host.evil.example', MAIL, RCPT],
    ['a sender of a bad domain', EHLO, 'MAIL FROM:<x@evil.example>', RCPT],
    ['nobody', EHLO, 'MAIL FROM:<>', RCPT],
  ]),
  ...from('127.9.2.3', 'lists', [['a client of a bad domain', EHLO, MAIL, RCPT]]),
  ...['127.9.2.1', '127.9.2.2', '127.9.2.3', '127.9.2.4', '127.9.2.5'].flatMap((client) => [
    ...from(client, 'names', [['a client', EHLO, MAIL, RCPT]]),
    ...from(client, 'reverse', [['a client', EHLO, MAIL, RCPT]]),
  ]),
  ...from('127.9.2.1', 'names', [['who logged in and is not wanted', EHLO, LOGIN, MAIL, RCPT]]),
  ...from('127.9.0.1', 'data', [
    ['a group that ends with DATA', EHLO, raw(`${MAIL}\r\n${RCPT}\r\nDATA\r\n`, 3)],
    ['something behind DATA', EHLO, raw(`${MAIL}\r\n${RCPT}\r\nDATA\r\nRSET\r\n`, 4)],
    ['a group behind EHLO, at once', raw(`${EHLO}\r\n${MAIL}\r\n`, 2), RCPT, 'DATA'],
    ['a group behind HELO', 'HELO client.example.org', raw(`${MAIL}\r\n${RCPT}\r\n`, 2), 'DATA'],
    ['one by one behind HELO', 'HELO client.example.org', MAIL, RCPT, 'DATA'],
    ['a report to two', EHLO, 'MAIL FROM:<>', RCPT, 'RCPT TO:<bob@postfix.example>', 'DATA', 'NOOP'],
    ['a report to one', EHLO, 'MAIL FROM:<>', RCPT, 'DATA', text(NOTE)],
    ['a message to two', EHLO, MAIL, RCPT, 'RCPT TO:<bob@postfix.example>', 'DATA', text(NOTE)],
  ]),
  ...from(
    '127.9.0.1',
    'servers',
    visits(
      ['a sender of a good server', 'client.example.org', 'joe@example.org'],
      ['a sender of a bad server', 'client.example.org', 'joe@served.example'],
      ['a sender of a bad name', 'client.example.org', 'joe@evil.example'],
      ['a sender of a domain that is not', 'client.example.org', 'joe@nowhere.example.org'],
      ['a sender of a domain that fails', 'client.example.org', 'joe@x.broken.example'],
      ['a greeting of a bad server', 'served.example', 'joe@example.org'],
      ['nobody', 'client.example.org', ''],
    ),
  ),
  ...from(
    '127.9.0.1',
    'backup',
    visits(
      ['mail that we are a backup for', 'client.example.org', 'joe@example.org', 'x@backed.example'],
      ['mail that we are the first for', 'client.example.org', 'joe@example.org', 'x@first.example'],
      ['mail that we are a backup for by our name', 'client.example.org', 'joe@example.org', 'x@named.example'],
      ['mail of a backup that DNS cannot find', 'client.example.org', 'joe@example.org', 'x@lost.example'],
      ['mail of a domain without MX', 'client.example.org', 'joe@example.org', 'x@mxonly.example.org'],
      ['mail of a domain that DNS cannot find', 'client.example.org', 'joe@example.org', 'x@far.broken.example'],
      ['mail of a domain with other hosts', 'client.example.org', 'joe@example.org', 'x@example.net'],
      ['our own mail', 'client.example.org', 'joe@example.org'],
    ),
  ),
  ...from(
    '127.9.2.5',
    'moods',
    visits(
      ['a recipient for whom a table says permit', 'client.example.org', 'joe@example.org', 'alice@postfix.example'],
      ['a recipient for whom a table says reject', 'client.example.org', 'joe@example.org', 'bob@postfix.example'],
      ['postmaster', 'client.example.org', 'joe@example.org', 'postmaster'],
      ['elsewhere', 'client.example.org', 'joe@example.org', 'x@example.net'],
    ),
  ),
]
