import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access, constants, mkdir, readFile } from 'node:fs/promises'
import { createPasswdFileAuthenticator, PASSWORD_SCHEMES, PasswdFileError, type PasswordScheme } from '@mailwright/auth'
import { type Authenticator, LocalChangeBus, type MailStore } from '@mailwright/core'
import { systemClock, systemRandom } from '@mailwright/core/node'
import { createMaildirStore } from '@mailwright/store-maildir'
import { createMemoryStore } from '@mailwright/store-memory'
import { imapChoices } from '../config/imap-site.js'
import type { Site } from '../config/site.js'
import type { TlsSite } from '../config/tls-site.js'
import type { Logger } from '../log/logger.js'
import type { ListenerOptions, MailServerOptions } from '../server/options.js'
import { SetupError, systemCode } from '../setup-error.js'
import { type Certificate, readCertificate, selfSignedCertificate } from '../tls/certificate.js'
import type { ServerCertificates, TlsChoices } from '../tls/server-identity.js'
import { openUrlAuthority } from '../urls/key-file.js'
import { openRelay } from './open-relay.js'
import { present } from './present.js'

/** Everything that a site's configuration names, open. */
export interface OpenSite {
  readonly options: MailServerOptions
  /** Reads the certificates again; `undefined` where there are none. @throws {SetupError} naming what cannot be read. */
  certificates(): Promise<ServerCertificates | undefined>
  /** Closes store and queue; after the server. */
  close(): Promise<void>
}

/** Folders every mail client shows, made with a new account. */
const DEFAULT_MAILBOXES = [
  { name: 'Drafts', specialUse: 'Drafts' },
  { name: 'Sent', specialUse: 'Sent' },
  { name: 'Junk', specialUse: 'Junk' },
  { name: 'Trash', specialUse: 'Trash' },
] as const

/**
 * Opens store, users and certificate of a site.
 *
 * @throws {SetupError} in one plain sentence for whatever cannot be opened.
 */
export async function openSite(site: Site, logger: Logger): Promise<OpenSite> {
  const changes = new LocalChangeBus()
  const authenticator = await openUsers(site, logger)
  const certificates = await openCertificates(site, logger)
  const clientCertificates = await openClientCertificates(site)
  const urlAuth = await openUrls(site)
  const relay = site.relay === undefined ? undefined : await openRelay(site.relay, logger)
  const store = await openStore(site, changes, logger).catch(async (error: unknown) => {
    await relay?.queue.close()
    throw error
  })
  const { limits } = site
  return {
    options: {
      hostname: site.hostname,
      domains: site.domains,
      ...(site.postmaster === undefined ? {} : { postmaster: site.postmaster }),
      listeners: site.listeners.map(listenerOptions),
      store,
      authenticator,
      ...certificates,
      ...(clientCertificates === undefined ? {} : { clientCertificates }),
      ...(site.tls === undefined ? {} : { tls: tlsChoices(site.tls) }),
      changes,
      ...(site.imap === undefined ? {} : { imap: imapChoices(site.imap) }),
      ...(urlAuth === undefined ? {} : { urlAuth }),
      ...(relay === undefined ? {} : { relay }),
      logger,
      clock: systemClock,
      random: systemRandom,
      limits: {
        connections: {
          ...(limits?.connections === undefined ? {} : { total: limits.connections }),
          ...(limits?.connectionsPerAddress === undefined ? {} : { perAddress: limits.connectionsPerAddress }),
          ...(limits?.closeGrace === undefined ? {} : { closeGrace: limits.closeGrace }),
        },
        ...(limits?.messageOctets === undefined ? {} : { messageOctets: limits.messageOctets }),
        smtp: limits?.recipients === undefined ? {} : { recipients: limits.recipients },
        imap: limits?.imapIdle === undefined ? {} : { patience: limits.imapIdle },
      },
    },
    certificates: () => openCertificates(site, logger),
    async close() {
      await store.close()
      await relay?.queue.close()
    },
  }
}

/** A site's listener; the configuration's default host is every address, as Postfix's and Dovecot's. */
function listenerOptions(listener: Site['listeners'][number]): ListenerOptions {
  return listener.path === undefined ? { ...listener, host: listener.host ?? '0.0.0.0' } : listener
}

/** @throws {SetupError} for users that cannot be read. */
export async function openUsers(site: Site, logger: Logger): Promise<Authenticator> {
  const { auth, domains } = site
  const scheme = auth.kind === 'passwd-file' ? auth.scheme : undefined
  if (scheme !== undefined && !isScheme(scheme)) {
    throw new SetupError(
      `auth.scheme: there is no password scheme "${scheme}"; known are ${PASSWORD_SCHEMES.join(', ')}`,
    )
  }
  try {
    return await createPasswdFileAuthenticator({
      path: auth.path,
      format: auth.kind,
      ...(scheme === undefined ? {} : { defaultScheme: scheme }),
      domains,
      clock: systemClock,
      onProblem: (problem) => logger.error({ ...problem }, 'usersUnusable'),
    })
  } catch (error) {
    const what = error instanceof PasswdFileError ? error.message : `${auth.path} cannot be read (${systemCode(error)})`
    const hint = existsSync(auth.path) ? '' : '; mailwright user add makes it'
    throw new SetupError(`auth.path: ${what}${hint}`, { cause: error })
  }
}

async function openCertificates({ tls, hostname }: Site, logger: Logger): Promise<ServerCertificates | undefined> {
  if (tls === undefined) return undefined
  const certificates: { [name: string]: Certificate } = {}
  for (const [name, files] of Object.entries(tls.names ?? {})) certificates[name] = await readCertificate(files)
  if (tls.kind === 'files') return { certificate: await readCertificate(tls), certificates }
  const { isNew, ...certificate } = await selfSignedCertificate(tls.folder, hostname)
  if (isNew) logger.info({ folder: tls.folder }, 'selfSignedCertificateMade')
  return { certificate, certificates }
}

function tlsChoices({ minVersion, maxVersion, ciphers, cipherOrder, sessionLifetime }: TlsSite): TlsChoices {
  return present({ minVersion, maxVersion, ciphers, cipherOrder, sessionLifetime })
}

async function openClientCertificates({ tls }: Site): Promise<MailServerOptions['clientCertificates']> {
  if (tls?.clientAuthorities === undefined) return undefined
  const { clientAuthorities: path, clientUser: user } = tls
  let authorities: string
  try {
    authorities = await readFile(path, 'utf8')
    // Only its first certificate is looked at: a file of another kind is found out.
    void new X509Certificate(authorities)
  } catch (cause) {
    throw new SetupError(`tls.clientAuthorities: ${path} holds no certificate in PEM form (${systemCode(cause)})`, {
      cause,
    })
  }
  return { authorities, ...(user === undefined ? {} : { user }) }
}

async function openUrls({ imap }: Site): Promise<MailServerOptions['urlAuth']> {
  if (imap?.urlAuth === undefined) return undefined
  const { keys, ...roles } = imap.urlAuth
  return { ...roles, authority: await openUrlAuthority(keys) }
}

async function openStore(site: Site, bus: LocalChangeBus, logger: Logger): Promise<MailStore> {
  if (site.store.kind === 'memory') {
    return createMemoryStore({ clock: systemClock, random: systemRandom, bus, defaults: DEFAULT_MAILBOXES })
  }
  const { path, lineEnds, durability } = site.store
  await writableFolder(path)
  return createMaildirStore({
    root: path,
    clock: systemClock,
    bus,
    hostname: site.hostname,
    defaults: DEFAULT_MAILBOXES,
    ...(lineEnds === undefined ? {} : { lineEnds }),
    ...(durability === undefined ? {} : { durability }),
    onProblem: (problem) => logger.error({ ...problem }, 'storeProblem'),
  })
}

async function writableFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const why =
      systemCode(cause) === 'EEXIST' || systemCode(cause) === 'ENOTDIR' ? 'it is no folder' : systemCode(cause)
    throw new SetupError(
      `store.path: ${path} cannot be used (${why}); it must be a folder this user may read and write`,
      { cause },
    )
  }
}

function isScheme(text: string): text is PasswordScheme {
  return (PASSWORD_SCHEMES as readonly string[]).includes(text)
}
