import { createServer, type Server } from 'node:net'
import { dnsResolver } from '@mailwright/relay/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DnsServerProcess } from '../support/dns.js'
import { freePort } from '../support/free-port.js'
import { Outbound, type OutboundOptions } from '../support/outbound.js'
import { Postfix } from '../support/postfix.js'

/** What a mail host answers, where that is not yes. */
interface Manners {
  readonly greeting?: string
  readonly EHLO?: string
  readonly MAIL?: string
  readonly AUTH?: string
  readonly STAR?: string
  readonly RCPT?: string
  readonly DATA?: string
  readonly end?: string
}

/** The host leaves instead of an answer. */
const DROP = 'drop'

/** Mail hosts of this machine's own addresses, all at the same port. At 127.0.1.9 is nobody. */
const HOSTS: { readonly [address: string]: Manners } = {
  '127.0.1.1': {},
  '127.0.1.2': { greeting: '554 5.3.2 No service' },
  '127.0.1.3': { greeting: '421 4.3.2 Not now' },
  '127.0.1.4': { RCPT: '450 4.2.0 Later' },
  '127.0.1.5': { RCPT: '550 5.1.1 Nobody' },
  '127.0.1.6': { MAIL: '553 5.1.8 Not from you' },
  '127.0.1.7': { end: '451 4.3.0 Trouble' },
  '127.0.1.8': {},
  '127.0.1.10': { EHLO: '502 5.5.1 What?' },
  '127.0.1.11': { end: '554 5.7.1 Spam' },
  '127.0.1.12': { DATA: '451 4.7.1 Greylisted' },
  '::1': {},
  '127.0.1.31': { RCPT: '552 5.2.2 Full' },
  '127.0.1.32': { RCPT: '550' },
  '127.0.1.33': { RCPT: '550-5.7.1 One\r\n550-5.7.1 Two\r\n550 5.7.1 Three' },
  '127.0.1.34': { RCPT: '550 no code of its own' },
  '127.0.1.35': { MAIL: '452 4.3.1 Disk' },
  '127.0.1.36': { DATA: '250 What?' },
  '127.0.1.37': { end: '250' },
  '127.0.1.38': { end: '554-5.6.0 Bad\r\n554 5.6.0 mail' },
  '127.0.1.40': { greeting: DROP },
  '127.0.1.41': { EHLO: DROP },
  '127.0.1.42': { MAIL: DROP },
  '127.0.1.43': { RCPT: DROP },
  '127.0.1.44': { DATA: DROP },
  '127.0.1.45': { end: DROP },
  '127.0.1.47': { EHLO: '550 5.7.1 Not you' },
  '127.0.1.48': { EHLO: '421 4.3.2 Busy' },
  '127.0.1.49': { RCPT: '421 4.3.2 Busy' },
  '127.0.1.50': { end: '421 4.3.2 Busy' },
  '127.0.1.51': { RCPT: '450 4.1.1 wrong\t\x07bell' },
  '127.0.1.52': { EHLO: '250-x\r\n250 SIZE 10' },
  '127.0.1.53': { MAIL: '250 5.0.0 strange' },
  '127.0.1.61': { EHLO: '250-x\r\n250 STARTTLS', STAR: '454 4.7.0 Not now' },
  '127.0.1.62': { EHLO: '250 x' },
  '127.0.1.63': { EHLO: '250-x\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 Wrong' },
  '127.0.1.64': { EHLO: '250-x\r\n250 AUTH PLAIN', AUTH: '454 4.7.0 Not now' },
  '127.0.1.65': { EHLO: '250-x\r\n250 AUTH GSSAPI' },
  '127.0.1.66': { EHLO: '250-x\r\n250 AUTH PLAIN', AUTH: '235 2.7.0 Welcome' },
  '127.0.1.67': { EHLO: '250-x\r\n250 AUTH PLAIN', AUTH: DROP },
  '127.0.1.70': { EHLO: '250-x\r\n250 HELP' },
  '127.0.1.69': { EHLO: '250-x\r\n250 STARTTLS', STAR: '220 Go' },
  '127.0.1.68': { EHLO: '250-x\r\n250 STARTTLS', STAR: DROP },
  '127.0.1.54': { RCPT: '550 4.1.1 contrary' },
}

const DOMAINS: { readonly [domain: string]: string } = {
  'first.test': '@ MX 20 b\n@ MX 10 a\na A 127.0.1.1\nb A 127.0.1.8',
  'dead.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.9\nb A 127.0.1.1',
  'alldead.test': '@ MX 10 a\na A 127.0.1.9',
  'addresses.test': '@ A 127.0.1.1',
  'nullmx.test': '@ MX 0 .\n@ A 127.0.1.1',
  'refusing.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.2\nb A 127.0.1.1',
  'onlyrefusing.test': '@ MX 10 a\na A 127.0.1.2',
  'busy.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.3\nb A 127.0.1.1',
  'later.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.4\nb A 127.0.1.1',
  'laterboth.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.4\nb A 127.0.1.7',
  'nobody.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.5\nb A 127.0.1.1',
  'sender.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.6\nb A 127.0.1.1',
  'spam.test': '@ MX 10 a\n@ MX 20 b\na A 127.0.1.11\nb A 127.0.1.1',
  'grey.test': '@ MX 10 a\na A 127.0.1.12',
  'helo.test': '@ MX 10 a\na A 127.0.1.10',
  'noaddress.test': '@ MX 10 a\n@ MX 20 b\nb A 127.0.1.1',
  'nowhere.test': '@ MX 10 a',
  'alias.test': '@ MX 10 a\na CNAME b\nb A 127.0.1.1',
  'six.test': '@ MX 10 a\na AAAA ::1',
  ...Object.fromEntries(
    // Not 39 and 46, which are no SMTP servers: Postfix would wait for an answer until its time is over.
    [
      31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 47, 48, 49, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 66,
      67, 68, 69, 70,
    ].map((at) => [`odd${at}.test`, `@ MX 10 a\na A 127.0.1.${at}`]),
  ),
  'three.test': '@ MX 10 a\n@ MX 20 b\n@ MX 30 c\na A 127.0.1.4\nb A 127.0.1.7\nc A 127.0.1.1',
  // More addresses than are tried in one attempt.
  'many.test': `@ MX 10 a\n@ MX 20 b\n${[1, 2, 3, 4, 5, 6, 7].map((at) => `a A 127.0.2.${at}\n`).join('')}b A 127.0.1.1`,
  'lame.test': '@ MX 10 a.broken.test.',
  'lamefirst.test': '@ MX 10 a.broken.test.\n@ MX 20 b\nb A 127.0.1.1',
  'literal.test': '@ MX 10 127.0.1.1.',
}

let dns: DnsServerProcess
let postfix: Postfix
let port: number
const servers: Server[] = []
const visited: string[] = []

/** Where TLS is used, and where we log in. */
const POLICIES: { readonly [domain: string]: 'may' | 'encrypt' } = {
  'odd61.test': 'encrypt',
  'odd62.test': 'encrypt',
  'odd68.test': 'encrypt',
  'odd69.test': 'may',
}
const LOGINS = ['odd63.test', 'odd64.test', 'odd65.test', 'odd66.test', 'odd67.test', 'odd70.test']

const SETTINGS = [
  'smtp_dns_support_level = enabled',
  'smtp_host_lookup = dns',
  'inet_protocols = all',
  'smtp_connection_cache_on_demand = no',
  'smtp_tls_security_level = none',
]

beforeAll(async () => {
  dns = await DnsServerProcess.start({
    ...DOMAINS,
    ...LOOPS,
    'broken.test': 'broken',
    'in-addr.arpa': '',
    'postfix.example': '',
  })
  port = await freePort()
  for (const [address, manners] of Object.entries(HOSTS)) {
    const server = createServer((socket) => {
      visited.push(address)
      let isData = false
      let isBegun = false
      const say = (text: string): void => void (text === DROP ? socket.destroy() : socket.write(`${text}\r\n`))
      say(manners.greeting ?? `220 ${address} ESMTP`)
      let line = ''
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        if (isBegun) return say('this is no TLS')
        line += chunk.toString('latin1')
        for (let end = line.indexOf('\r\n'); end >= 0; end = line.indexOf('\r\n')) {
          const command = line.slice(0, end)
          line = line.slice(end + 2)
          if (isData) {
            if (command !== '.') continue
            isData = false
            say(manners.end ?? '250 2.0.0 Taken')
            continue
          }
          const verb = command.slice(0, 4).toUpperCase()
          isBegun = verb === 'STAR' && manners.STAR?.startsWith('220') === true
          if (verb === 'QUIT') socket.end('221 2.0.0 Bye\r\n')
          else if (verb === 'DATA' && manners.DATA === undefined) {
            isData = true
            say('354 Go on')
          } else if (
            verb === 'EHLO' ||
            verb === 'AUTH' ||
            verb === 'STAR' ||
            verb === 'MAIL' ||
            verb === 'RCPT' ||
            verb === 'DATA'
          )
            say(manners[verb] ?? '250 2.0.0 Ok')
          else say('250 2.0.0 Ok')
        }
      })
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(port, address, resolve))
  }
  postfix = await Postfix.start({
    nameserver: dns.port,
    settings: [
      ...SETTINGS,
      `smtp_tcp_port = ${port}`,
      `smtp_tls_policy_maps = inline:{${Object.entries(POLICIES)
        .map(([domain, level]) => `${domain}=${level}`)
        .join(', ')}}`,
      'smtp_sasl_auth_enable = yes',
      'smtp_sasl_security_options = noanonymous',
      'smtp_sasl_auth_soft_bounce = yes',
      `smtp_sasl_password_maps = inline:{${LOGINS.map((domain) => `a.${domain}=user:password`).join(', ')}}`,
    ],
  })
})
afterAll(async () => {
  await postfix?.dispose()
  await dns?.dispose()
  for (const server of servers) server.close()
})

/** Domains that lead to us, among others: Postfix calls 127.0.1.25 its own. */
const LOOPS: { readonly [domain: string]: string } = {
  'us.test': '@ MX 10 us\nus A 127.0.1.25',
  'usfirst.test': '@ MX 10 us\n@ MX 20 b\nus A 127.0.1.25\nb A 127.0.1.9',
  'uslast.test': '@ MX 10 a\n@ MX 20 us\n@ MX 30 b\na A 127.0.1.9\nus A 127.0.1.25\nb A 127.0.1.8',
  'usequal.test': '@ MX 10 us\n@ MX 10 b\nus A 127.0.1.25\nb A 127.0.1.9',
  'usaddress.test': '@ A 127.0.1.25',
}

interface Attempt {
  readonly visited: readonly string[]
  readonly status: string
  readonly text: string
}

const LOGIN = {
  credentials: { kind: 'password', user: 'user', password: 'password' },
  needed: 'offered',
  plaintext: 'always',
} as const

async function byOurs(domain: string, options: OutboundOptions = {}): Promise<Attempt> {
  visited.length = 0
  const resolver = dnsResolver({ servers: [dns], hostsFile: null, limits: { timeout: 3_000, attempts: 1 } })
  const outbound = new Outbound({
    port,
    hostname: 'mail.postfix.example',
    resolver,
    tlsPolicy: () => ({ level: POLICIES[domain] ?? 'none' }),
    credentials: () => (LOGINS.includes(domain) ? LOGIN : undefined),
    ...options,
  })
  const [result] = await outbound.results(
    domain,
    [`you@${domain}`],
    'Subject: x\r\n\r\nHello\r\n',
    AbortSignal.timeout(30_000),
  )
  await outbound.agent.close?.()
  const { kind = '', status = '', text = '' } = result ?? {}
  return { visited: [...visited], status: `${STATUS[kind]} ${status}`, text: anyOf(text) }
}

const STATUS: { readonly [kind: string]: string } = { delivered: 'sent', deferred: 'deferred', failed: 'bounced' }

async function byPostfix(domain: string, server = postfix): Promise<Attempt> {
  visited.length = 0
  await server.command('sendmail', ['-f', postfix.address('bob'), `you@${domain}`], { input: 'Subject: x\n\nHello\n' })
  const [, dsn = '', status = '', text = ''] = await server.logged(
    new RegExp(`to=<you@${domain.replaceAll('.', '\\.')}>, .*dsn=(\\S+), status=(\\w+) \\((.*)\\)\n`),
  )
  return { visited: [...visited], status: `${status} ${dsn}`, text: anyOf(text) }
}

/** Which of many addresses comes last is chance. */
function anyOf(text: string): string {
  // Postfix has put fields above the message.
  return text.replace(/\[127\.0\.2\.\d\]/, '[127.0.2.n]').replace(/^message size \d+/, 'message size n')
}

/** Where we know better, and why. */
const DIFFERENCES: { readonly [domain: string]: Partial<Attempt> } = {
  // RFC 7505 §4.1 has a code of its own for it.
  'nullmx.test': { status: 'bounced 5.1.10' },
}

describe('[A5] [C4] the hosts of a domain, as Postfix finds them', () => {
  test.each([...Object.keys(DOMAINS), 'gone.first.test', 'broken.test'])('%s', async (domain) => {
    const theirs = await byPostfix(domain)
    expect(await byOurs(domain)).toEqual({ ...theirs, ...DIFFERENCES[domain] })
  })
})

describe('[A5] domains that lead to us', () => {
  let looping: Postfix
  beforeAll(async () => {
    looping = await Postfix.start({ nameserver: dns.port, settings: [...SETTINGS, 'proxy_interfaces = 127.0.1.25'] })
  })
  afterAll(() => looping?.dispose())

  // At port 25: at any other it is somebody else who listens.
  const own = { hosts: new Set<string>(), addresses: new Set(['127.0.1.25']) }
  test.each(Object.keys(LOOPS))('%s', async (domain) => {
    expect(await byOurs(domain, { port: 25, own })).toEqual(await byPostfix(domain, looping))
  })

  test('at another port we are somebody else', async () => {
    expect(await byOurs('us.test', { own })).toEqual(await byPostfix('us.test'))
  })
})
