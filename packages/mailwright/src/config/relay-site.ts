import {
  FILE_KINDS,
  parseTableName,
  parseTlsPolicy,
  type RestrictionCodes,
  transportName,
  USERS,
} from '@mailwright/relay'
import { SetupError } from '../setup-error.js'
import { dictionary, list, oneOf, optional, type RecordOf, record, type Shape, text, whole } from './shape.js'

const DAY = 86_400_000
/** Kinds of tables: of files, and made of others. */
const KINDS: readonly string[] = [...Object.keys(FILE_KINDS), 'inline', 'static', 'unionmap', 'pipemap']
const network = text({ matches: /^[0-9A-Fa-f.:[\]/]+$/, as: 'a network, as in "192.168.88.0/24"' })
const domainName = text({ matches: /^[^\s@]+$/, as: 'a domain' })

/** The name of a table, as main.cf has it. */
const table: Shape<string> = (value, path) => {
  const read = text()(value, path)
  const kind = parseTableName(read)?.kind
  if (kind === undefined || !KINDS.includes(kind)) {
    throw new SetupError(
      `${path}: ${JSON.stringify(read)} will not do; it must be a table as in "hash:/etc/aliases", of kind ${KINDS.join(', ')}`,
    )
  }
  return read
}

/** A value that transport(5) knows. */
const transport: Shape<string> = (value, path) => {
  const read = text()(value, path)
  if (transportName(read) === undefined) {
    throw new SetupError(`${path}: ${JSON.stringify(read)} will not do; it must be as in "smtp:[mx.example.org]:587"`)
  }
  return read
}

/** A value that smtp_tls_policy_maps knows. */
const tlsPolicy: Shape<string> = (value, path) => {
  const read = text()(value, path)
  if (parseTlsPolicy(read) === undefined) {
    throw new SetupError(
      `${path}: ${JSON.stringify(read)} will not do; it must be as in "secure match=nexthop:.example.org"`,
    )
  }
  return read
}

const code = optional(whole({ min: 400, max: 599 }))
/** As `RestrictionCodes` has them. */
const REJECT_CODES = {
  accessReject: code,
  accessDefer: code,
  reject: code,
  defer: code,
  invalidHostname: code,
  unknownHostname: code,
  nonFqdn: code,
  unknownAddress: code,
  unknownClient: code,
  relayDomains: optional(whole({ min: 500, max: 599 })),
  rbl: code,
  multiRecipientBounce: code,
  plaintext: code,
  unknownLocalRecipient: code,
  unknownVirtualAlias: code,
  unknownVirtualMailbox: code,
  unknownRelayRecipient: code,
  unverifiedSender: code,
  unverifiedRecipient: code,
} satisfies { readonly [C in keyof RestrictionCodes]: unknown }

const nameserver = text({
  matches: /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/,
  as: 'an address, as in "127.0.0.1", "127.0.0.1:5353" or "[::1]:53"',
})

/** Lists by where they are looked at. */
export const restrictionsSite = record({
  client: optional(text()),
  helo: optional(text()),
  sender: optional(text()),
  relay: optional(text()),
  recipient: optional(text()),
  data: optional(text()),
  endOfData: optional(text()),
  etrn: optional(text()),
  expn: optional(text()),
})

/** `relay` in `site.json`. */
export const relaySite = {
  queue: text(),
  durability: optional(oneOf(['full', 'none'])),
  maildrop: optional(text()),
  networks: optional(list(network)),
  domains: optional(list(domainName)),
  openRelay: optional(oneOf(['iKnowWhatIAmDoing'])),
  proxyInterfaces: optional(list(text({ matches: /^[0-9A-Fa-f.:]+$/, as: 'an address' }))),
  host: optional(text()),
  login: optional(record({ user: text(), passwordFile: text(), plaintext: optional(oneOf(['overTls', 'always'])) })),
  saslPasswordMaps: optional(list(table)),
  loginsBy: optional(oneOf(['host', 'sender'])),
  loginPlaintext: optional(oneOf(['overTls', 'always'])),
  tlsPolicyMaps: optional(list(table)),
  tls: optional(oneOf(['none', 'may', 'encrypt', 'verify', 'secure', 'dane', 'dane-only'])),
  tlsPolicies: optional(dictionary(tlsPolicy)),
  authorities: optional(text()),
  certificate: optional(text()),
  key: optional(text()),
  addresses: optional(oneOf(['any', 'ipv4', 'ipv6'])),
  bindAddress: optional(text({ matches: /^\d{1,3}(?:\.\d{1,3}){3}$/, as: 'an IPv4 address' })),
  bindAddress6: optional(text({ matches: /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/, as: 'an IPv6 address' })),
  transports: optional(dictionary(transport)),
  aliasMaps: optional(list(table)),
  aliasesMay: optional(list(oneOf(['include', 'command', 'file']))),
  aliasUser: optional(
    record({ uid: whole({ min: 1, max: 4_294_967_294 }), gid: whole({ min: 1, max: 4_294_967_294 }) }),
  ),
  mailboxTransport: optional(transport),
  mailboxCommand: optional(
    record({
      argv: list(text(), { atLeast: 1 }),
      env: optional(dictionary(text())),
      timeLimit: optional(whole({ min: 1, max: DAY })),
    }),
  ),
  virtualTransport: optional(transport),
  virtualAliasDomains: optional(list(text())),
  virtualAliasMaps: optional(list(table)),
  virtualMailboxDomains: optional(list(domainName)),
  virtualMailboxMaps: optional(list(table)),
  relayRecipientMaps: optional(list(table)),
  canonicalMaps: optional(list(table)),
  recipientCanonicalMaps: optional(list(table)),
  senderCanonicalMaps: optional(list(table)),
  transportMaps: optional(list(table)),
  senderRelayHostMaps: optional(list(table)),
  luserRelay: optional(text()),
  expn: optional(oneOf(['offered'])),
  restrictions: optional(restrictionsSite),
  restrictionClasses: optional(dictionary(text())),
  senderLoginMaps: optional(list((value, path) => (value === USERS ? USERS : table(value, path)))),
  relayClientCerts: optional(list(table)),
  rejectCodes: optional(record(REJECT_CODES)),
  temporaryFailure: optional(oneOf(['deferIfPermit', 'defer'])),
  refusals: optional(oneOf(['atRecipient', 'atOnce'])),
  clientNames: optional(oneOf(['lookedUp'])),
  nameservers: optional(list(nameserver, { atLeast: 1 })),
  pipes: optional(
    dictionary(
      record({
        argv: list(text(), { atLeast: 1 }),
        flags: optional(text({ matches: /^[BDFORXhqu.>]+$/, as: 'flags of Postfix\'s pipe(8), as in "DRhu"' })),
        env: optional(dictionary(text())),
        directory: optional(text()),
        timeLimit: optional(whole({ min: 1, max: DAY })),
      }),
    ),
  ),
  localMail: optional(oneOf(['atOnce', 'queued'])),
  overQuota: optional(oneOf(['deferred', 'failed'])),
  doubleBounces: optional(oneOf(['postmaster', 'discarded'])),
  limits: optional(
    record({
      messages: optional(whole({ min: 1, max: 100_000_000 })),
      lifetime: optional(whole({ min: 0, max: 365 * DAY })),
      reportLifetime: optional(whole({ min: 0, max: 365 * DAY })),
      minimalBackoff: optional(whole({ min: 1_000, max: DAY })),
      maximalBackoff: optional(whole({ min: 1_000, max: DAY })),
      delayWarning: optional(whole({ min: 0, max: 365 * DAY })),
    }),
  ),
}

export type RelaySite = RecordOf<typeof relaySite>

/** The settings with absolute paths. @throws {SetupError} for settings that contradict each other. */
export function placeRelay(relay: RelaySite, place: (path: string) => string): RelaySite {
  const { login, limits, host, maildrop, authorities, certificate, key } = relay
  if (login !== undefined && host === undefined) {
    throw new SetupError('relay.login: only where "relay.host" says at whom we log in')
  }
  if (certificate === undefined && key !== undefined) {
    throw new SetupError('relay.key: only with "relay.certificate"')
  }
  if ((limits?.minimalBackoff ?? 0) > (limits?.maximalBackoff ?? Number.POSITIVE_INFINITY)) {
    throw new SetupError('relay.limits.minimalBackoff: this is more than relay.limits.maximalBackoff')
  }
  return {
    ...relay,
    ...placeTables(relay, place),
    queue: place(relay.queue),
    ...(maildrop === undefined ? {} : { maildrop: place(maildrop) }),
    ...(login === undefined ? {} : { login: { ...login, passwordFile: place(login.passwordFile) } }),
    ...(authorities === undefined ? {} : { authorities: place(authorities) }),
    ...(certificate === undefined ? {} : { certificate: place(certificate) }),
    ...(key === undefined ? {} : { key: place(key) }),
  }
}

/** Settings that are lists of tables, or of names and tables. */
const TABLES = [
  'aliasMaps',
  'domains',
  'virtualAliasDomains',
  'virtualAliasMaps',
  'virtualMailboxDomains',
  'virtualMailboxMaps',
  'relayRecipientMaps',
  'canonicalMaps',
  'recipientCanonicalMaps',
  'senderCanonicalMaps',
  'transportMaps',
  'senderRelayHostMaps',
  'senderLoginMaps',
  'relayClientCerts',
  'saslPasswordMaps',
  'tlsPolicyMaps',
] as const

/** Tables with absolute paths. An alias file is read as one whatever kind of table Postfix makes of it. */
function placeTables(relay: RelaySite, place: (path: string) => string): Partial<RelaySite> {
  const placed = (name: string, isAliases: boolean): string => {
    const { kind, rest } = parseTableName(name) ?? { kind: '', rest: '' }
    if (FILE_KINDS[kind] === undefined) return name
    const isIndexed = isAliases && !PATTERN_KINDS.has(kind)
    return `${isIndexed ? 'aliases' : kind}:${place(rest)}`
  }
  const entries = TABLES.flatMap((setting) => {
    const names = relay[setting]
    return names === undefined ? [] : [[setting, names.map((name) => placed(name, setting === 'aliasMaps'))] as const]
  })
  return Object.fromEntries(entries)
}

const PATTERN_KINDS: ReadonlySet<string> = new Set(['cidr', 'regexp', 'pcre'])
