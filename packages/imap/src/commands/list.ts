import { breathe, type Flow, type Identity, type MailboxEntry } from '@mailwright/core'
import { store } from '../calls.js'
import type { ListCommand } from '../command.js'
import { joinReference, mailboxPattern } from '../mailbox-pattern.js'
import { ok, type Reply } from '../reply.js'
import { writeListed } from '../response/mailbox-data.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.3.8, with the children of RFC 3348 §3 and the special uses of RFC 6154 §2. A level that exists only because
 * of the names below it is told as `\Noselect`.
 */
export function* list(session: Session, identity: Identity, command: ListCommand): Flow<Reply> {
  if (command.pattern === '') {
    // Not a pattern: the client asks for the separator and the root.
    session.untagged(writeListed('LIST', ['\\Noselect'], '', session.nameForm))
    return LISTED
  }
  const { mailboxes } = yield* store.call('mailboxes', { account: identity.account })
  const pattern = joinReference(command.reference, command.pattern)
  const matches = mailboxPattern(pattern)
  const perTurn = namesPerTurn(pattern)
  const known = new Map<string, MailboxEntry>(mailboxes.map((entry) => [entry.name, entry]))
  const parents = levelsAbove(known.keys())
  const names = inOrder([...known.keys(), ...[...parents].filter((parent) => !known.has(parent))])
  for (const [at, name] of names.entries()) {
    if (session.wire.isFull || at % perTurn === 0) yield* breathe()
    if (!matches(name)) continue
    const entry = known.get(name)
    if (command.only === 'specialUse' && (entry?.specialUse.length ?? 0) === 0) continue
    const attributes = entry?.isSelectable === true ? [] : ['\\Noselect']
    if (!session.settings.supports.hierarchy) attributes.push('\\NoInferiors')
    else if (session.offers('CHILDREN')) attributes.push(parents.has(name) ? '\\HasChildren' : '\\HasNoChildren')
    for (const use of session.offers('SPECIAL-USE') ? (entry?.specialUse ?? []) : []) attributes.push(`\\${use}`)
    session.untagged(writeListed('LIST', attributes, name, session.nameForm))
  }
  return LISTED
}

/** How many names to match before others have their turn: the longer the pattern, the dearer each, also where none matches. */
export function namesPerTurn(pattern: string): number {
  return Math.max(1, Math.floor(4_096 / pattern.length))
}

const LISTED = ok('List completed.')

/** Every level above the names, themselves not included. */
export function levelsAbove(names: Iterable<string>): Set<string> {
  const levels = new Set<string>()
  for (const name of names) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) levels.add(name.slice(0, end))
  }
  return levels
}

/** INBOX first, then by name, each level before what is below it. */
export function inOrder(names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, key: name === 'INBOX' ? '' : name.replaceAll('/', '\u0000') }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return keyed.map(({ name }) => name)
}
