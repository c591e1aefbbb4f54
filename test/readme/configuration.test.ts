import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PASSWORD_SCHEMES } from '@mailwright/auth'
import { IMAP_LIMITS } from '@mailwright/imap'
import { COMMAND_LIMITS, QUEUE_RUNNER_LIMITS } from '@mailwright/relay'
import { SMTP_LIMITS } from '@mailwright/smtp'
import { CONNECTION_LIMITS, parseSite } from 'mailwright'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/command.js'

const WITHHELD = { networks: ['192.0.2.0/24'], extensions: ['DSN'] }

const LISTENER = {
  protocol: 'smtp',
  host: '127.0.0.1',
  port: 1025,
  tls: 'none',
  plaintextAuth: 'never',
  banner: 'Hello',
  smtp: {
    profile: 'postfix-classic',
    paths: 'strict',
    vrfy: 'disabled',
    hello: 'optional',
    lineEnds: 'normalise',
    withheld: [WITHHELD],
  },
}

/** A site with every key of one kind of each part. Other kinds are put in where they are looked at. */
const SITE = {
  hostname: 'mx.example.com',
  domains: ['example.com'],
  postmaster: 'ada',
  store: { kind: 'maildir', path: 'mail', lineEnds: 'lf', durability: 'full' },
  auth: { kind: 'passwd-file', path: 'users', scheme: 'PLAIN' },
  tls: {
    kind: 'files',
    certificate: 'a.crt',
    key: 'a.key',
    passphrase: 'x',
    names: { 'a.example': { certificate: 'b.crt', key: 'b.key', passphrase: 'x' } },
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: 'HIGH',
    cipherOrder: 'client',
    sessionLifetime: 0,
  },
  listeners: [LISTENER],
  imap: {
    profile: 'dovecot-2.3',
    capabilities: ['IMAP4rev1'],
    switchedOff: ['IDLE'],
    mechanisms: ['PLAIN'],
    id: { name: 'x' },
    timings: 'told',
    stillHere: 0,
    language: 'de',
    jmapUrl: 'https://example.com/jmap',
    separator: '.',
    urlAuth: { keys: 'keys', submitters: ['mta'], anonymous: ['guest'] },
  },
  relay: {
    queue: 'queue',
    durability: 'full',
    maildrop: 'maildrop',
    networks: ['192.0.2.0/24'],
    domains: ['example.org'],
    openRelay: 'iKnowWhatIAmDoing',
    host: '[smtp.example.net]:587',
    login: { user: 'me', passwordFile: 'p', plaintext: 'overTls' },
    proxyInterfaces: ['192.0.2.1'],
    saslPasswordMaps: ['hash:/etc/postfix/sasl_passwd'],
    loginsBy: 'sender',
    loginPlaintext: 'always',
    tls: 'may',
    tlsPolicies: { '.example.org': 'secure match=nexthop' },
    tlsPolicyMaps: ['hash:/etc/postfix/tls_policy'],
    authorities: 'ca.pem',
    certificate: 'client.pem',
    key: 'client.key',
    addresses: 'ipv4',
    bindAddress: '192.0.2.1',
    bindAddress6: '2001:db8::1',
    restrictions: {
      client: 'permit',
      helo: 'permit',
      sender: 'permit',
      relay: 'reject_unauth_destination',
      recipient: 'permit',
      data: 'permit',
      endOfData: 'permit',
      etrn: 'permit',
      expn: 'permit',
    },
    expn: 'offered',
    aliasMaps: ['hash:/etc/aliases'],
    aliasesMay: ['include', 'command', 'file'],
    aliasUser: { uid: 65_534, gid: 65_534 },
    mailboxTransport: 'lmtp:unix:/run/dovecot/lmtp',
    mailboxCommand: { argv: ['/usr/bin/procmail'], env: { A: 'b' }, timeLimit: 1_000 },
    virtualTransport: 'lmtp:unix:/run/dovecot/lmtp',
    virtualAliasDomains: ['example.net'],
    virtualAliasMaps: ['hash:/etc/postfix/virtual'],
    virtualMailboxDomains: ['example.net'],
    virtualMailboxMaps: ['hash:/etc/postfix/vmailbox'],
    relayRecipientMaps: ['static:OK'],
    canonicalMaps: ['regexp:canonical'],
    recipientCanonicalMaps: ['pcre:canonical'],
    senderCanonicalMaps: ['hash:sender_canonical'],
    transportMaps: ['hash:/etc/postfix/transport'],
    senderRelayHostMaps: ['inline:{me@example.com=[a]}'],
    luserRelay: 'postmaster',
    transports: { 'example.org': 'smtp:[hub.example.org]' },
    pipes: { x: { argv: ['/bin/cat'], flags: 'DRhu', env: { A: 'b' }, directory: '/', timeLimit: 1_000 } },
    localMail: 'atOnce',
    overQuota: 'deferred',
    doubleBounces: 'postmaster',
    limits: {
      messages: 1,
      lifetime: 0,
      reportLifetime: 0,
      minimalBackoff: 1_000,
      maximalBackoff: 1_000,
      delayWarning: 0,
    },
  },
  limits: {
    connectionsPerAddress: 1,
    connections: 1,
    messageOctets: 1_000,
    recipients: 1,
    closeGrace: 0,
    imapIdle: 1_800_000,
  },
  log: {
    level: 'info',
    dialect: 'postfix',
    syslogName: 'postfix',
    timestamps: 'rfc3339',
    syslog: { host: '127.0.0.1', port: 514 },
  },
}

/** Each part whose keys are looked at: how keys begin, the kind, and how the part is put into a site. */
const PARTS: readonly {
  readonly prefix: string
  readonly kind?: string
  readonly required: object
  readonly put: (part: object) => object
}[] = [
  { prefix: '', required: SITE, put: (part) => part },
  { prefix: 'store.', kind: 'maildir', required: SITE.store, put: (store) => ({ ...SITE, store }) },
  { prefix: 'store.', kind: 'memory', required: { kind: 'memory' }, put: (store) => ({ ...SITE, store }) },
  { prefix: 'auth.', kind: 'passwd-file', required: SITE.auth, put: (auth) => ({ ...SITE, auth }) },
  { prefix: 'auth.', kind: 'shadow', required: { kind: 'shadow', path: 's' }, put: (auth) => ({ ...SITE, auth }) },
  { prefix: 'tls.', kind: 'files', required: SITE.tls, put: (tls) => ({ ...SITE, tls }) },
  {
    prefix: 'tls.',
    kind: 'self-signed',
    required: { kind: 'self-signed', folder: 't' },
    put: (tls) => ({ ...SITE, tls }),
  },
  {
    prefix: 'listeners[].smtp.withheld[].',
    required: WITHHELD,
    put: (rule) => ({ ...SITE, listeners: [{ ...LISTENER, smtp: { ...LISTENER.smtp, withheld: [rule] } }] }),
  },
  {
    prefix: 'listeners[].smtp.',
    required: LISTENER.smtp,
    put: (smtp) => ({ ...SITE, listeners: [{ ...LISTENER, smtp }] }),
  },
  { prefix: 'listeners[].', required: LISTENER, put: (part) => ({ ...SITE, listeners: [part] }) },
  {
    prefix: 'imap.urlAuth.',
    required: SITE.imap.urlAuth,
    put: (urlAuth) => ({ ...SITE, imap: { ...SITE.imap, urlAuth } }),
  },
  { prefix: 'imap.', required: SITE.imap, put: (part) => ({ ...SITE, imap: part }) },
  {
    prefix: 'relay.login.',
    required: SITE.relay.login,
    put: (login) => ({ ...SITE, relay: { ...SITE.relay, login } }),
  },
  {
    prefix: 'relay.aliasUser.',
    required: SITE.relay.aliasUser,
    put: (aliasUser) => ({ ...SITE, relay: { ...SITE.relay, aliasUser } }),
  },
  {
    prefix: 'relay.mailboxCommand.',
    required: SITE.relay.mailboxCommand,
    put: (mailboxCommand) => ({ ...SITE, relay: { ...SITE.relay, mailboxCommand } }),
  },
  {
    prefix: 'relay.restrictions.',
    required: SITE.relay.restrictions,
    put: (restrictions) => ({ ...SITE, relay: { ...SITE.relay, restrictions } }),
  },
  {
    prefix: 'relay.pipes.NAME.',
    required: SITE.relay.pipes.x,
    put: (x) => ({ ...SITE, relay: { ...SITE.relay, pipes: { x } } }),
  },
  {
    prefix: 'relay.limits.',
    required: SITE.relay.limits,
    put: (limits) => ({ ...SITE, relay: { ...SITE.relay, limits } }),
  },
  { prefix: 'relay.', required: SITE.relay, put: (relay) => ({ ...SITE, relay }) },
  { prefix: 'limits.', required: SITE.limits, put: (limits) => ({ ...SITE, limits }) },
  {
    prefix: 'log.syslog.',
    required: SITE.log.syslog,
    put: (syslog) => ({ ...SITE, log: { ...SITE.log, syslog } }),
  },
  { prefix: 'log.', required: SITE.log, put: (log) => ({ ...SITE, log }) },
]

/** Parts that are documented by their members. */
const CONTAINERS = new Set([
  'listeners[].smtp',
  'listeners[].smtp.withheld',
  'store',
  'auth',
  'tls',
  'listeners',
  'imap',
  'imap.urlAuth',
  'relay',
  'relay.login',
  'relay.aliasUser',
  'relay.mailboxCommand',
  'relay.restrictions',
  'relay.limits',
  'relay.pipes',
  'limits',
  'log',
  'log.syslog',
])

/** What makes no sense without the setting. */
const NEEDED_BY: { readonly [key: string]: string | undefined } = {
  'relay.host': 'login',
  'relay.certificate': 'key',
}

interface Row {
  readonly key: string
  readonly kinds: readonly (string | undefined)[]
  readonly value: string
  readonly fallback: string
}

function rows(): readonly Row[] {
  return readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.slice(2, -2).split(' | ')
      const key = cells[0]?.replaceAll('`', '') ?? ''
      if (cells.length === 4) return { key, kinds: [undefined], value: cells[1] ?? '', fallback: cells[2] ?? '' }
      return { key, kinds: words(cells[1] ?? ''), value: cells[2] ?? '', fallback: cells[3] ?? '' }
    })
}

function words(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
}

/** What the program says of a site that will not do. */
function complaint(site: object): string {
  try {
    parseSite(site, '/')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

/** The keys that the program itself names when it meets one that it has never heard of. */
function knownKeys(part: object, put: (part: object) => object): string[] {
  const said = complaint(put({ ...part, qqqqqqqqqqqqqqqq: 1 }))
  return /known here: (.*)$/.exec(said)?.[1]?.split(', ') ?? []
}

describe('docs/configuration.md', () => {
  test('has every key that the program takes, and no other', () => {
    const known = PARTS.flatMap(({ prefix, kind, required, put }) =>
      knownKeys(required, put)
        .filter((name) => !CONTAINERS.has(`${prefix}${name}`))
        .map((name) => `${prefix}${name} ${kind ?? ''}`),
    )
    const documented = rows().flatMap(({ key, kinds }) => kinds.map((kind) => `${key} ${kind ?? ''}`))
    expect(documented.toSorted()).toEqual(known.toSorted())
    expect(known.length).toBeGreaterThan(30)
  })

  for (const { key, kinds, value, fallback } of rows()) {
    for (const kind of kinds) {
      const part =
        PARTS.find((each) => key.startsWith(each.prefix) && each.prefix !== '' && each.kind === kind) ?? PARTS[0]
      if (part === undefined) throw new Error('PARTS is empty')
      const name = key.slice(part.prefix.length)
      const without = Object.fromEntries(Object.entries(part.required).filter(([each]) => each !== name))

      test(`${key}${kind === undefined ? '' : ` (${kind})`}: ${fallback === 'required' ? 'required' : 'may be left out'}`, () => {
        // A listener without port needs a path instead.
        const rest =
          NEEDED_BY[key] !== undefined
            ? Object.fromEntries(Object.entries(without).filter(([each]) => each !== NEEDED_BY[key]))
            : key === 'listeners[].port'
              ? { ...without, protocol: 'lmtp', path: 's' }
              : without
        const said = complaint(part.put(rest))
        if (fallback === 'required') expect(said).toMatch(/: (this setting is missing$|nothing will not do)/)
        else expect(said).toBe('')
      })

      test(`${key}${kind === undefined ? '' : ` (${kind})`}: ${value}`, () => {
        const said = complaint(part.put({ ...part.required, [name]: [] }))
        const choice = /must be one of (.*)$/.exec(said)?.[1]
        if (choice !== undefined)
          expect(words(value)).toEqual([...choice.matchAll(/"([^"]+)"/g)].map((found) => found[1]))
        const range = /must be a whole number from (\d+) to (\d+)$/.exec(said)
        if (range === null) return
        const [low, high] = [Number(range[1]).toLocaleString('en'), Number(range[2])]
        expect(value).toBe(
          high === Number.MAX_SAFE_INTEGER ? `${low} and more` : `${low} to ${high.toLocaleString('en')}`,
        )
      })
    }
  }

  test('says the defaults that the limits have', () => {
    const said = Object.fromEntries(rows().map(({ key, fallback }) => [key, fallback]))
    expect(said).toMatchObject({
      'limits.connectionsPerAddress': CONNECTION_LIMITS.perAddress.toLocaleString('en'),
      'limits.connections': CONNECTION_LIMITS.total.toLocaleString('en'),
      'limits.closeGrace': CONNECTION_LIMITS.closeGrace.toLocaleString('en'),
      'limits.messageOctets': SMTP_LIMITS.messageOctets.toLocaleString('en'),
      'limits.recipients': SMTP_LIMITS.recipients.toLocaleString('en'),
      'limits.imapIdle': IMAP_LIMITS.patience.toLocaleString('en'),
    })
    const relay = ['lifetime', 'reportLifetime', 'minimalBackoff', 'maximalBackoff'] as const
    for (const name of relay) expect(said[`relay.limits.${name}`]).toBe(QUEUE_RUNNER_LIMITS[name].toLocaleString('en'))
    expect(said['relay.pipes.NAME.timeLimit']).toBe(COMMAND_LIMITS.time.toLocaleString('en'))
    expect(IMAP_LIMITS.appendOctets).toBe(SMTP_LIMITS.messageOctets)
    expect(words(rows().find(({ key }) => key === 'auth.scheme')?.value ?? '')).toEqual(PASSWORD_SCHEMES)
  })
})
