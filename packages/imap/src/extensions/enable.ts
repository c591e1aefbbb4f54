import type { Flow } from '@mailwright/core'
import type { CommandOf } from '../command.js'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** Extensions that change what is sent unasked, and so wait until the client says that it knows them (RFC 5161 §3.1). */
export type Enableable = 'CONDSTORE' | 'IMAP4rev2' | 'QRESYNC' | 'UIDONLY' | 'UTF8=ACCEPT'

/** What ENABLE may enable; a row comes with the extension that works. */
const ENABLEABLE: ReadonlyMap<string, Enableable> = new Map<string, Enableable>([])

/** RFC 5161 §3.1. Enables what it knows and ignores the rest; answers what this very command enabled (§3.2). */
export function* enable(session: Session, _identity: unknown, command: CommandOf<'ENABLE'>): Flow<Reply> {
  const enabled: Enableable[] = []
  for (const name of command.capabilities) {
    const extension = ENABLEABLE.get(name)
    if (extension === undefined || session.enabled.has(extension)) continue
    session.enabled.add(extension)
    enabled.push(extension)
  }
  session.untagged(['ENABLED', ...enabled].join(' '))
  return ok('Enabled.')
}
