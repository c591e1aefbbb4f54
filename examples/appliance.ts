/**
 * A mail appliance by library calls: what `mailwright serve` does with a `site.json`, here with a program of one's own.
 *
 * Mail for `example.test` comes in on the smtp listener, or from users by submission; it is kept in one Maildir per user and read
 * over IMAP and POP3. Users are lines of a passwd-file. Nothing is relayed: see `mail-transfer`.
 *
 *     npm run example appliance [added to the usual ports, default 2000]
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addUser, createPasswdFileAuthenticator } from '@mailwright/auth'
import { LocalChangeBus } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createMaildirStore } from '@mailwright/store-maildir'
import { createMailServer, type MailServer, selfSignedCertificate } from 'mailwright'

const HOSTNAME = 'mail.example.test'
const DOMAIN = 'example.test'

export interface Ports {
  readonly smtp: number
  readonly submission: number
  readonly imap: number
  readonly imaps: number
  readonly pop3: number
}

export interface Appliance {
  readonly server: MailServer
  /** Ends the server, then the store. */
  close(): Promise<void>
}

/** Serves the mail below `folder`, which is made when it is missing. The first user is `alice`. */
export async function main(options: {
  readonly folder: string
  readonly ports: Ports
  readonly password: string
}): Promise<Appliance> {
  const { folder, ports, password } = options
  await mkdir(folder, { recursive: true })
  const users = join(folder, 'users')
  await addUser({ path: users, user: 'alice', password })
  const authenticator = await createPasswdFileAuthenticator({
    path: users,
    clock: systemClock,
    domains: [DOMAIN],
    onProblem: (problem) => console.error(problem),
  })
  // The store tells of changes on the bus, and the server's IDLE sessions listen.
  const changes = new LocalChangeBus()
  const store = await createMaildirStore({ root: join(folder, 'mail'), clock: systemClock, bus: changes })
  const server = await createMailServer({
    hostname: HOSTNAME,
    domains: [DOMAIN],
    postmaster: 'alice',
    store,
    authenticator,
    changes,
    certificate: await selfSignedCertificate(join(folder, 'tls'), HOSTNAME),
    listeners: [
      { protocol: 'smtp', port: ports.smtp },
      { protocol: 'submission', port: ports.submission },
      { protocol: 'imap', port: ports.imap },
      { protocol: 'imap', port: ports.imaps, tls: 'implicit' },
      { protocol: 'pop3', port: ports.pop3 },
    ],
  })
  return { server, close: () => server.close().finally(() => store.close()) }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const base = Number(process.argv[2] ?? 2000)
  const ports = { smtp: base + 525, submission: base + 587, imap: base + 143, imaps: base + 993, pop3: base + 110 }
  const { close } = await main({ folder: 'mail-data/example', ports, password: 'demo' })
  process.once('SIGINT', () => void close())
  console.log(`Mail for alice@${DOMAIN}, password demo, on ports ${JSON.stringify(ports)}; Ctrl-C stops.`)
}
