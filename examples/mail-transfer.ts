/**
 * A mail transfer agent by library calls: what Postfix does, with the application's own data for its tables.
 *
 * Mail for `example.test` is checked and filed; a list's members come from the application; what users submit for elsewhere waits in a queue on
 * the disk until the next host has it, or its sender has a report.
 *
 *     npm run example mail-transfer [added to the usual ports, default 2000] [relay host, as in [smtp.example.net]:587]
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { staticAuthenticator } from '@mailwright/auth'
import type { MailQueue } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { TableFiles } from '@mailwright/relay/node'
import { createFileQueue } from '@mailwright/store-maildir'
import { createMemoryStore } from '@mailwright/store-memory'
import { createMailServer, type MailServer, selfSignedCertificate } from 'mailwright'

const HOSTNAME = 'mail.example.test'

/** Who is on the lists of `example.test`: a database would be asked here. What it throws lets mail wait. */
const LISTS: ReadonlyMap<string, readonly string[]> = new Map([['team', ['alice', 'bob', 'carol@elsewhere.test']]])

export interface MailTransfer {
  readonly server: MailServer
  readonly queue: MailQueue
  /** Ends the server, then the queue: what is in it waits for the next start. */
  close(): Promise<void>
}

/** Serves mail below `folder`, which is made when it is missing. The users are `alice` and `bob`. */
export async function main(options: {
  readonly folder: string
  readonly ports: { readonly smtp: number; readonly submission: number }
  readonly password: string
  /** Where mail for other domains goes. Default: where their MX records point. */
  readonly relayHost?: string
}): Promise<MailTransfer> {
  const { folder, ports, password, relayHost } = options
  const queue = await createFileQueue({ folder: join(folder, 'queue'), clock: systemClock })
  const server = await createMailServer({
    hostname: HOSTNAME,
    domains: ['example.test'],
    postmaster: 'alice',
    store: createMemoryStore({ clock: systemClock }),
    authenticator: staticAuthenticator({ alice: password, bob: password }),
    certificate: await selfSignedCertificate(join(folder, 'tls'), HOSTNAME),
    listeners: [
      { protocol: 'smtp', port: ports.smtp },
      { protocol: 'submission', port: ports.submission },
    ],
    relay: {
      queue,
      ...(relayHost === undefined ? {} : { relayHost }),
      // Only who has a password may send elsewhere, not who happens to be on this machine.
      networks: [],
      tables: new TableFiles({
        clock: systemClock,
        functions: { 'app:lists': async (name) => LISTS.get(name)?.join(', ') },
      }),
      routing: { aliasMaps: ['app:lists'] },
      // As main.cf has them: who does not say his name, or comes with a sender who cannot be, is refused.
      restrictions: { helo: 'reject_invalid_helo_hostname', sender: 'reject_non_fqdn_sender' },
    },
  }).catch(async (error: unknown) => {
    await queue.close()
    throw error
  })
  return { server, queue, close: () => server.close().finally(() => queue.close()) }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const base = Number(process.argv[2] ?? 2000)
  const relayHost = process.argv[3]
  const ports = { smtp: base + 525, submission: base + 587 }
  const folder = 'mail-data/transfer'
  const { close } = await main({ folder, ports, password: 'demo', ...(relayHost === undefined ? {} : { relayHost }) })
  process.once('SIGINT', () => void close())
  console.log(`Mail for team@example.test; alice and bob, password demo, send: ${JSON.stringify(ports)}; Ctrl-C stops.`)
}
