import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { HostError, parseNetworks } from '@mailwright/core'
import { SetupError, systemCode } from '../setup-error.js'
import { imapSite } from './imap-site.js'
import { placeRelay, relaySite } from './relay-site.js'
import { list, oneOf, optional, type RecordOf, record, text, variants, whole } from './shape.js'
import { smtpSite } from './smtp-site.js'
import { placeTls, tlsSite } from './tls-site.js'

const hostName = text({
  matches: /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
  as: 'a host name, as in "mx.example.com"',
})

const MINUTE = 60_000
const DAY_OF_MILLIS = 86_400_000

const listener = {
  protocol: oneOf(['smtp', 'submission', 'lmtp', 'imap', 'pop3']),
  host: optional(text()),
  port: optional(whole({ min: 0, max: 65_535 })),
  path: optional(text()),
  tls: optional(oneOf(['none', 'starttls', 'implicit'])),
  plaintextAuth: optional(oneOf(['never', 'loopback', 'always'])),
  proxyProtocol: optional(list(text(), { atLeast: 1 })),
  banner: optional(text({ matches: /^[\x20-\x7e]+$/, as: 'one line of printable US-ASCII' })),
  smtp: optional(record(smtpSite)),
}

/** Of clients that show a certificate. */

const site = {
  hostname: hostName,
  domains: list(hostName, { atLeast: 1 }),
  postmaster: optional(text()),
  store: variants({
    maildir: { path: text(), lineEnds: optional(oneOf(['lf', 'crlf'])), durability: optional(oneOf(['full', 'none'])) },
    memory: {},
  }),
  auth: variants({
    'passwd-file': { path: text(), scheme: optional(text()) },
    shadow: { path: text() },
  }),
  tls: optional(tlsSite),
  listeners: list(record(listener), { atLeast: 1 }),
  imap: optional(record(imapSite)),
  relay: optional(record(relaySite)),
  limits: optional(
    record({
      connectionsPerAddress: optional(whole({ min: 1, max: 1_000_000 })),
      connections: optional(whole({ min: 1, max: 1_000_000 })),
      messageOctets: optional(whole({ min: 1_000, max: Number.MAX_SAFE_INTEGER })),
      recipients: optional(whole({ min: 1, max: 1_000_000 })),
      closeGrace: optional(whole({ min: 0, max: DAY_OF_MILLIS })),
      imapIdle: optional(whole({ min: 30 * MINUTE, max: DAY_OF_MILLIS })),
    }),
  ),
  log: optional(
    record({
      level: optional(oneOf(['debug', 'info', 'warn', 'error', 'silent'])),
      file: optional(text()),
      dialect: optional(oneOf(['json', 'postfix'])),
      syslogName: optional(text({ matches: /^[\w/.-]+$/, as: 'a name as in "postfix"' })),
      timestamps: optional(oneOf(['traditional', 'rfc3339'])),
      syslog: optional(record({ host: text(), port: whole({ min: 1, max: 65_535 }) })),
    }),
  ),
}

/** What `site.json` says. Paths are absolute: relative ones are taken from the file's folder. */
export type Site = RecordOf<typeof site>
export type SiteListener = RecordOf<typeof listener>

/**
 * Reads and checks a site's configuration.
 *
 * @throws {SetupError} one sentence with the setting's path, what is wrong, and the nearest right name.
 */
export async function readSite(file: string): Promise<Site> {
  let source: string
  try {
    source = await readFile(file, 'utf8')
  } catch (cause) {
    throw new SetupError(`${file} cannot be read (${systemCode(cause)})`, { cause })
  }
  try {
    return parseSite(parseJson(source), dirname(resolve(file)))
  } catch (error) {
    if (error instanceof SetupError) throw new SetupError(`${file}: ${error.message}`, { cause: error })
    throw error
  }
}

/** Checks a configuration that is in memory. @throws {SetupError} as {@link readSite}. */
export function parseSite(value: unknown, folder: string): Site {
  const read = record(site)(value, '')
  for (const [at, { port, path, protocol, tls, smtp, proxyProtocol }] of read.listeners.entries()) {
    if (smtp !== undefined && (protocol === 'imap' || protocol === 'pop3')) {
      throw new SetupError(`listeners[${at}].smtp: an ${protocol} listener has nothing of SMTP`)
    }
    for (const [rule, { networks }] of (smtp?.withheld ?? []).entries()) {
      checkNetworks(networks ?? [], `listeners[${at}].smtp.withheld[${rule}].networks`)
    }
    checkNetworks(smtp?.xclient ?? [], `listeners[${at}].smtp.xclient`)
    checkNetworks(smtp?.xforward ?? [], `listeners[${at}].smtp.xforward`)
    checkNetworks(proxyProtocol ?? [], `listeners[${at}].proxyProtocol`)
    if (path !== undefined && proxyProtocol !== undefined) {
      throw new SetupError(`listeners[${at}].proxyProtocol: peers on a Unix socket have no address to be known by`)
    }
    if ((port === undefined) === (path === undefined)) {
      throw new SetupError(`listeners[${at}]: a listener has either a port or the path of a Unix socket`)
    }
    if (path !== undefined && protocol !== 'lmtp' && protocol !== 'smtp') {
      throw new SetupError(`listeners[${at}].path: only smtp and lmtp are served on Unix sockets`)
    }
    if (tls !== undefined && tls !== 'none' && read.tls === undefined) {
      throw new SetupError(`listeners[${at}].tls: "${tls}" needs a certificate; the setting "tls" says where it is`)
    }
  }
  const log = read.log === undefined ? undefined : readLog(read.log)
  const place = (path: string): string => resolve(folder, path)
  return {
    ...read,
    store: read.store.kind === 'maildir' ? { ...read.store, path: place(read.store.path) } : read.store,
    auth: { ...read.auth, path: place(read.auth.path) },
    ...(read.imap?.urlAuth === undefined ? {} : { imap: placeKeys(read.imap, read.imap.urlAuth, place) }),
    ...(read.relay === undefined ? {} : { relay: placeRelay(read.relay, place) }),
    ...(read.tls === undefined ? {} : { tls: placeTls(read.tls, place) }),
    ...(log === undefined ? {} : { log: { ...log, ...(log.file === undefined ? {} : { file: place(log.file) }) } }),
    listeners: read.listeners.map((each) => (each.path === undefined ? each : { ...each, path: place(each.path) })),
  }
}

function checkNetworks(networks: readonly string[], at: string): void {
  try {
    parseNetworks(networks)
  } catch (error) {
    const why = error instanceof HostError ? error.message : String(error)
    throw new SetupError(`${at}: ${why}`, { cause: error })
  }
}

/** Settings that only the Postfix dialect has ask for it; beside the other they would be without effect. */
function readLog(log: NonNullable<Site['log']>): NonNullable<Site['log']> {
  const name = (['syslog', 'syslogName', 'timestamps'] as const).find((each) => log[each] !== undefined)
  if (name !== undefined && log.dialect === 'json') {
    throw new SetupError(`log.${name}: only where log.dialect is "postfix"`)
  }
  if (log.syslog !== undefined && log.file !== undefined) {
    throw new SetupError('log.syslog: the log goes to a file or to syslog, not to both')
  }
  return name === undefined ? log : { ...log, dialect: 'postfix' }
}

function placeKeys(
  imap: NonNullable<Site['imap']>,
  urlAuth: NonNullable<NonNullable<Site['imap']>['urlAuth']>,
  place: (path: string) => string,
): NonNullable<Site['imap']> {
  return { ...imap, urlAuth: { ...urlAuth, keys: place(urlAuth.keys) } }
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (cause) {
    // The parser's words may quote the file over several lines.
    const message = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ')
    const at = /position (\d+)/.exec(message)?.[1]
    const line = at === undefined ? '' : ` near line ${source.slice(0, Number(at)).split('\n').length}`
    throw new SetupError(`this is not JSON${line}: ${message}`, { cause })
  }
}
