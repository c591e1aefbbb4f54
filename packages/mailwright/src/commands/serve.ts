import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Millis } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { readSite } from '../config/site.js'
import type { Logger } from '../log/logger.js'
import { openLog } from '../log/open-log.js'
import { createMailServer, type MailServer } from '../server/mail-server.js'
import { addDemoUser, demoGuide } from './demo.js'
import { type OpenSite, openSite } from './open-site.js'

/**
 * Runs a site until SIGINT or SIGTERM: then it stops listening, lets commands at hand finish, and closes the store. A second signal
 * ends it at once; nothing acknowledged is lost by that either. SIGHUP has the certificates read again.
 *
 * @throws {SetupError} when the site cannot be served.
 */
export async function serve(options: { readonly config: string; readonly demo: boolean }): Promise<void> {
  const site = await readSite(options.config)
  if (options.demo) {
    if (site.store.kind === 'maildir') await mkdir(dirname(site.store.path), { recursive: true })
    await addDemoUser(site)
  }
  const log = await openLog(site.log ?? {})
  const open = await openSite(site, log.logger)
  let server: MailServer
  try {
    server = await createMailServer(open.options)
  } catch (error) {
    await open.close()
    await log.close()
    throw error
  }
  if (options.demo) process.stdout.write(demoGuide(site, server, log.place))
  else process.stdout.write(`mailwright serves ${site.domains.join(', ')}; log: ${log.place}\n`)
  // A demonstration ends with its terminal.
  if (!options.demo) process.on('SIGHUP', () => void renewCertificates(open, server, log.logger))
  await stopSignal()
  process.stdout.write('Stopping …\n')
  await server.close()
  await open.close()
  await log.close()
}

/** SIGHUP: certificates that were renewed are shown from now on; where they will not do, those that there are stay. */
async function renewCertificates(open: OpenSite, server: MailServer, logger: Logger): Promise<void> {
  try {
    const certificates = await open.certificates()
    if (certificates === undefined) return
    server.replaceCertificates(certificates)
    logger.info({ names: Object.keys(certificates.certificates ?? {}).length + 1 }, 'certificatesRenewed')
  } catch (error) {
    logger.error({ message: error instanceof Error ? error.message : String(error) }, 'certificatesKept')
  }
}

/** One Ctrl-C may arrive several times: from the terminal, and again from whoever started this process. */
const ONE_PRESS: Millis = 1_000

/** Resolves at the first SIGINT or SIGTERM; another one, later, ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: Millis | null = null
    const ask = (): void => {
      const now = systemClock.now()
      if (first !== null && now - first > ONE_PRESS) process.exit(1)
      first ??= now
      resolve()
    }
    process.on('SIGINT', ask)
    process.on('SIGTERM', ask)
  })
}
