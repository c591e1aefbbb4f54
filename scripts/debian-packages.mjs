import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

/**
 * What the tests need beyond npm: programs nobody here wrote, as clients of the running server. Each is looked for by
 * what it can do, so another system's package, or one built by hand, serves as well.
 */
export const PROGRAMS = [
  {
    package: 'python3',
    test: ['python3', '-c', 'import imaplib, mailbox, poplib, smtplib, ssl'],
    reason: 'smtplib, imaplib and poplib as clients, mailbox.Maildir as a second reader of the store',
  },
  { package: 'curl', test: ['curl', '--version'], says: /\bimaps\b.*\bpop3s\b.*\bsmtps\b/s, reason: 'a client of all' },
  { package: 'swaks', test: ['swaks', '--version'], reason: 'SMTP and LMTP, each option of the protocol by itself' },
  { package: 'pflogsumm', test: ['pflogsumm', '--version'], reason: 'a reader of maillogs' },
  { package: 'libnet-ssleay-perl', test: ['perl', '-MNet::SSLeay', '-e1'], reason: 'TLS for swaks' },
  { package: 'libio-socket-ssl-perl', test: ['perl', '-MIO::Socket::SSL', '-e1'], reason: 'TLS for swaks' },
  { package: 'libauthen-sasl-perl', test: ['perl', '-MAuthen::SASL', '-e1'], reason: 'AUTH for swaks' },
  {
    package: 'netcat-openbsd',
    test: ['nc', '-h'],
    says: /OpenBSD/,
    reason: 'replays the dialogues people type; only this nc has -C (CRLF) and -N',
  },
  { package: 'openssl', test: ['openssl', 'version'], reason: 's_client, with STARTTLS of every protocol' },
  { package: 'isync', test: ['mbsync', '--version'], reason: 'mbsync, which finds out whether anything changed' },
  {
    package: 'fetchmail',
    test: ['fetchmail', '--version', '-f', '/dev/null'],
    reason: 'POP3 and IMAP to SMTP and LMTP',
  },
  { package: 'offlineimap3', test: ['offlineimap', '--version'], reason: 'the other program that keeps mail alike' },
  { package: 'getmail6', test: ['getmail', '--version'], reason: 'takes mail, and knows what it took' },
  { package: 'mutt', test: ['mutt', '-v'], reason: 'a mail reader, at a terminal' },
  { package: 'neomutt', test: ['neomutt', '-v'], reason: 'its child, which knows more of IMAP' },
  { package: 'bsd-mailx', test: ['test', '-x', '/usr/bin/bsd-mailx'], reason: 'mail(1), by which scripts send' },
  { package: 'alpine', test: ['alpine', '-version'], reason: 'a mail reader on c-client, the oldest IMAP library' },
  { package: 'tmux', test: ['tmux', '-V'], reason: 'the terminal that tests type at and look at' },
  {
    package: 'dovecot-core',
    test: ['dovecot', '--version'],
    says: /^2\.3\./,
    reason: 'a server to compare with, and its doveadm as a client; 2.4 has another configuration',
  },
  { package: 'dovecot-imapd', test: ['test', '-x', '/usr/lib/dovecot/imap'], reason: 'IMAP of that server' },
  { package: 'dovecot-lmtpd', test: ['test', '-x', '/usr/lib/dovecot/lmtp'], reason: 'LMTP of that server' },
  {
    package: 'dovecot-submissiond',
    test: ['test', '-x', '/usr/lib/dovecot/submission'],
    reason: 'submission by URL of that server',
  },
  { package: 'procmail', test: ['procmail', '-v'], reason: 'a program that mail is given to' },
  { package: 'msmtp', test: ['msmtp', '--version'], reason: 'sends mail for programs that have no SMTP of their own' },
  {
    package: 'postfix',
    test: ['postconf', '-d', 'mail_version'],
    says: /= 3\.[7-9]\b/,
    answers: ['postfix/main_mailer_type select No configuration'],
    reason: 'mail to and from a server that nobody here wrote, and one to compare ours with',
  },
  { package: 'haproxy', test: ['haproxy', '-v'], reason: 'a proxy before our ports, which says who the peer is' },
  {
    package: 'postgrey',
    test: ['postgrey', '--version'],
    reason: 'a policy service that most sites have, to be asked by us',
  },
  { package: 'nsd', test: ['nsd', '-v'], reason: 'a DNS server for the zones of tests' },
  { package: 'ldnsutils', test: ['ldns-signzone', '-v'], reason: 'signs zones of tests' },
  { package: 'unbound', test: ['unbound', '-V'], reason: 'a DNS resolver that validates signatures' },
  {
    package: 'postfix-pcre',
    test: ['sh', '-c', 'test -e /usr/lib/postfix/postfix-pcre.so'],
    reason: 'Perl’s patterns in tables of that server',
  },
  { package: 'sasl2-bin', test: ['test', '-x', '/usr/sbin/saslpasswd2'], reason: 'users of that server' },
  {
    package: 'libsasl2-modules',
    test: ['sh', '-c', 'test -e /usr/lib/*/sasl2/libscram.so'],
    reason: 'mechanisms of that server, as server and as client',
  },
]

/** What only the tests that take minutes need: half a gigabyte of it. */
export const LONG_PROGRAMS = [
  {
    package: 'thunderbird',
    test: ['/usr/lib/thunderbird/thunderbird-bin', '--version'],
    says: /^Mozilla Thunderbird \d/,
    reason: 'the mail reader of most, without its window',
  },
]

/** Where daemons are is not on everybody's path. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }

/** Those of `programs` that are not here. */
function missingPackages(programs) {
  return programs.filter(({ test: [command, ...args], says }) => {
    const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000, env })
    if (error !== undefined) return true
    return says === undefined ? status !== 0 : !says.test(`${stdout}${stderr}`)
  })
}

/** Installs what is missing where we may: as root on Debian and its kin. @returns what is still missing, in one sentence. */
export function installMissingPackages(programs) {
  const missing = missingPackages(programs)
  if (missing.length === 0) return undefined
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return sentence(missing)
  for (const each of missing) console.log(`Installing ${each.package}: ${each.reason}`)
  const names = missing.map((each) => each.package)
  // A mail server that is here is somebody's: it is not removed for one of ours.
  const install = ['install', '-qq', '--yes', '--no-install-recommends', '--no-remove', ...names]
  const problem = withoutServices(() => aptGet('update', '-qq') ?? answer(missing) ?? aptGet(...install))
  if (problem !== undefined) return `${problem}; ${sentence(missing)}`
  const left = missingPackages(programs)
  return left.length === 0 ? undefined : sentence(left)
}

function aptGet(...args) {
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] }
  const { error, status } = spawnSync('apt-get', args, options)
  return error === undefined && status === 0 ? undefined : `apt-get ${args[0]} failed`
}

/** Tells debconf what a package would ask. */
function answer(missing) {
  const input = missing
    .flatMap(({ package: name, answers = [] }) => answers.map((each) => `${name} ${each}\n`))
    .join('')
  if (input === '') return undefined
  const { error, status } = spawnSync('debconf-set-selections', { input, env, stdio: ['pipe', 'ignore', 'inherit'] })
  return error === undefined && status === 0 ? undefined : 'debconf-set-selections failed'
}

/** Asked by Debian's packages before they start a service; 101 is "forbidden". One that is here already has its own reasons. */
const POLICY = '/usr/sbin/policy-rc.d'

/** A test's machine must not become a mail server: whatever is installed meanwhile starts no service. */
function withoutServices(install) {
  if (existsSync(POLICY)) return install()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return install()
  } finally {
    rmSync(POLICY)
  }
}

function sentence(missing) {
  const names = missing.map((each) => each.package).join(' ')
  return `the tests need programs that are not here: install these packages (Debian's names): ${names}`
}
