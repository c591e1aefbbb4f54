import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addUser } from '@mailwright/auth'
import type { Site } from '../config/site.js'
import type { ListenAddress } from '../net/listener.js'
import type { MailServer } from '../server/mail-server.js'

/** The account of a first try. It serves connections from this machine only, where everybody may know its password. */
export const DEMO = { user: 'demo', password: 'demo' } as const

/** Makes the demonstration account, if the site's users have none of that name. */
export async function addDemoUser(site: Site): Promise<void> {
  await mkdir(dirname(site.auth.path), { recursive: true })
  await addUser({ path: site.auth.path, ...DEMO })
}

/** What somebody who just started the server wants to know: where it listens, who may log in, and three things to try. */
export function demoGuide(site: Site, server: MailServer, logPlace: string): string {
  const address = `${DEMO.user}@${site.domains[0] ?? site.hostname}`
  const login = `--user ${DEMO.user}:${DEMO.password}`
  const at = (protocol: 'smtp' | 'imap'): string => `${protocol}://127.0.0.1:${server.port(protocol)}`
  const send = `printf 'From: you@example.org\\nSubject: Hello\\n\\nIt works.\\n' | curl -s ${at('smtp')} --mail-from you@example.org --mail-rcpt ${address} --crlf --upload-file -`
  return [
    '',
    `Mailwright serves ${site.domains.join(', ')} on this machine:`,
    '',
    ...server.listeners.map(
      ({ protocol, tls, address: where }) => `  ${protocol.padEnd(11)} ${shown(where).padEnd(18)} ${TLS_WORDS[tls]}`,
    ),
    '',
    `Account: ${address}, login name ${DEMO.user}, password ${DEMO.password}`,
    '',
    'To try in another terminal:',
    '',
    `  ${send}`,
    `  curl -s ${at('imap')}/INBOX';MAILINDEX=1' ${login}`,
    `  tail -f ${logPlace}`,
    '',
    'Ctrl-C stops it; the mail stays.',
    '',
  ].join('\n')
}

const TLS_WORDS = { none: 'clear text', starttls: 'STARTTLS', implicit: 'TLS' } as const

function shown(address: ListenAddress): string {
  return 'path' in address ? address.path : `port ${address.port}`
}
