import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * What the tests need beyond npm: programs nobody here wrote, as clients of the running server. Each is looked for by
 * what it can do, so another system's package, or one built by hand, serves as well.
 */
const NEEDED = [
  {
    package: 'python3',
    test: ['python3', '-c', 'import imaplib, mailbox, poplib, smtplib, ssl'],
    reason: 'smtplib, imaplib and poplib as clients, mailbox.Maildir as a second reader of the store',
  },
  { package: 'curl', test: ['curl', '--version'], says: /\bimaps\b.*\bpop3s\b.*\bsmtps\b/s, reason: 'a client of all' },
  { package: 'swaks', test: ['swaks', '--version'], reason: 'SMTP and LMTP, each option of the protocol by itself' },
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
  { package: 'mutt', test: ['mutt', '-v'], reason: 'a mail reader, at a terminal' },
]

/** The needed packages whose programs are not here. */
export function missingPackages() {
  return NEEDED.filter(({ test: [command, ...args], says }) => {
    const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 })
    if (error !== undefined) return true
    return says === undefined ? status !== 0 : !says.test(`${stdout}${stderr}`)
  })
}

/** Installs what is missing where we may: as root on Debian and its kin. @returns what is still missing, in one sentence. */
export function installMissingPackages() {
  const missing = missingPackages()
  if (missing.length === 0) return undefined
  const names = missing.map((each) => each.package)
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return sentence(missing)
  for (const each of missing) console.log(`Installing ${each.package}: ${each.reason}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-qq'],
    ['install', '-qq', '--yes', '--no-install-recommends', ...names],
  ]) {
    const { error, status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (error !== undefined || status !== 0) return `apt-get ${args[0]} failed; ${sentence(missing)}`
  }
  const left = missingPackages()
  return left.length === 0 ? undefined : sentence(left)
}

function sentence(missing) {
  const names = missing.map((each) => each.package).join(' ')
  return `the tests need programs that are not here: install these packages (Debian's names): ${names}`
}
