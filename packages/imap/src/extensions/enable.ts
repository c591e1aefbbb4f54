import type { Flow } from '@mailwright/core'
import type { CapabilityName } from '../capability-table.js'
import type { CommandOf } from '../command.js'
import { ok, type Reply } from '../reply.js'
import type { Session } from '../session.js'

/** Extensions that change what is sent unasked, and so wait until the client says that it knows them (RFC 5161 §3.1). */
export type Enableable = 'CONDSTORE' | 'IMAP4rev2' | 'QRESYNC' | 'UIDONLY' | 'UTF8=ACCEPT'

/** What ENABLE may enable, by upper-case name, where it is offered; a row comes with the extension that works. */
const ENABLEABLE: ReadonlyMap<string, Enableable & CapabilityName> = new Map([
  ['CONDSTORE', 'CONDSTORE'],
  ['IMAP4REV2', 'IMAP4rev2'],
  ['QRESYNC', 'QRESYNC'],
  ['UIDONLY', 'UIDONLY'],
  ['UTF8=ACCEPT', 'UTF8=ACCEPT'],
])

/** RFC 5161 §3.1. Enables what it knows and ignores the rest; answers what this very command enabled (§3.2). */
export function* enable(session: Session, _identity: unknown, command: CommandOf<'ENABLE'>): Flow<Reply> {
  const before = new Set(session.enabled)
  const enabled = new Set<Enableable>()
  for (const name of command.capabilities) {
    const extension = ENABLEABLE.get(name)
    if (extension === undefined || !session.offers(extension) || before.has(extension)) continue
    session.enable(extension)
    enabled.add(extension)
  }
  session.untagged(['ENABLED', ...enabled].join(' '))
  return ok('Enabled.')
}
