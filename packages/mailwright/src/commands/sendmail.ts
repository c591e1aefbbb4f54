import { userInfo } from 'node:os'
import { systemClock, systemRandom } from '@mailwright/core/node'
import { keptDomains } from '@mailwright/relay'
import type { EtrnVerdict } from '@mailwright/smtp'
import { dropMail, makeMaildrop } from '../maildrop/drop-mail.js'
import { parseSendmail } from '../sendmail/arguments.js'
import { sendTyped } from '../sendmail/send.js'
import { type DropBody, type StdioEtrn, serveStdio } from '../sendmail/serve-stdio.js'
import { EX_TEMPFAIL, EX_USAGE } from '../sendmail/sysexits.js'
import { SetupError, systemCode } from '../setup-error.js'
import { newAliases } from './new-aliases.js'
import { present } from './present.js'
import { queueFlush, queueList } from './queue.js'
import { type RelayingSite, readRelayingSite } from './site-queue.js'

/** `sendmail`, as programs call it. @throws {SetupError} when the site cannot be read. */
export async function sendmail(config: string, args: readonly string[]): Promise<void> {
  const request = parseSendmail(args)
  if (request.kind === 'wrong') return fail(request.sentence, EX_USAGE)
  const site = request.config ?? config
  switch (request.kind) {
    case 'listQueue':
      return queueList(site, 'lines')
    case 'flush': {
      const { id, site: domain } = request
      return queueFlush(site, { ...(id === null ? {} : { id }), ...(domain === null ? {} : { site: domain }) })
    }
    case 'checkAliases':
      return newAliases(site)
    case 'serveSmtp': {
      const { relaying, drop } = await openMaildrop(site)
      return serveStdio({
        input: process.stdin,
        output: process.stdout,
        hostname: relaying.hostname,
        clock: systemClock,
        random: systemRandom,
        drop,
        etrn: (args) => flushKept(site, relaying.relay.domains ?? [], args),
        limits: present({ messageOctets: relaying.limits?.messageOctets, recipients: relaying.limits?.recipients }),
      })
    }
    case 'send': {
      for (const warning of request.warnings) process.stderr.write(`sendmail: warning: ${warning}\n`)
      const { drop } = await openMaildrop(site)
      const user = userInfo().username
      try {
        const { code, sentence } = await sendTyped(request, { input: process.stdin, user, drop })
        if (sentence !== undefined) return fail(sentence, code)
        if (request.words === 'told') {
          process.stdout.write(`Mail Delivery Status Report will be mailed to <${request.sender ?? user}>.\n`)
        }
        return
      } catch (error) {
        return fail(
          `the message could not be kept: ${error instanceof Error ? error.message : String(error)}`,
          EX_TEMPFAIL,
        )
      }
    }
    default:
      request satisfies never
  }
}

/** Who may not open the queue hears that it cannot be done, as from Postfix. */
async function flushKept(
  config: string,
  domains: readonly string[],
  { scope, node }: Parameters<StdioEtrn>[0],
): Promise<EtrnVerdict> {
  const kept = keptDomains(domains, scope, node)
  if (kept.length === 0) return { kind: 'notAllowed' }
  try {
    for (const site of kept) await queueFlush(config, { site })
    return { kind: 'started' }
  } catch {
    return { kind: 'unable' }
  }
}

async function openMaildrop(config: string): Promise<{ readonly relaying: RelayingSite; readonly drop: DropBody }> {
  const site = await readRelayingSite(config)
  const root = site.relay.maildrop
  if (root === undefined) throw new SetupError(`${config}: relay.maildrop: this site has no maildrop for programs`)
  try {
    await makeMaildrop(root)
  } catch (cause) {
    // Somebody else's: what counts is whether a file can be put into it.
    if (systemCode(cause) !== 'EACCES') throw cause
  }
  return {
    relaying: site,
    drop: (drop, body) => dropMail({ root, drop, body, clock: systemClock, random: systemRandom }),
  }
}

async function fail(sentence: string, code: number): Promise<void> {
  process.stderr.write(`sendmail: fatal: ${sentence}\n`)
  process.exitCode = code
}
