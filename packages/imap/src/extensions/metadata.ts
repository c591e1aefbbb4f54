import { type Annotated, type Annotation, breathe, type Flow, type Identity, type MailboxName } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { findMailbox, noSuchMailbox } from '../mailboxes.js'
import { denied, OVER_QUOTA } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import { type ToldAnnotation, writeMetadata } from '../response/metadata.js'
import type { Session } from '../session.js'

/** RFC 5464 §4.2. What was asked for by its own name and has no value is told as NIL, as Dovecot does. */
export function* getMetadata(session: Session, identity: Identity, command: CommandOf<'GETMETADATA'>): Flow<Reply> {
  const { account } = identity
  const { mailbox: name, entries, depth, maxSize } = command
  const target = yield* annotated(session, identity, name)
  if (target.kind === 'refused') return target.reply
  const answer = yield* store.call('metadata', { account, of: [target.of], entries, depth })
  const [found] = answer.found
  if (found === undefined) return name === null ? NO_SERVER : noSuchMailbox(session, name)
  const told = inOrder(found.annotations, depth === 0 ? entries : [])
  let longest = 0
  for (const annotation of told) {
    const octets = annotation.value?.length ?? 0
    if (maxSize !== null && octets > maxSize) {
      longest = Math.max(longest, octets)
      continue
    }
    session.untagged(writeMetadata(name, [annotation], session.nameForm))
    if (session.wire.isFull) yield* breathe()
  }
  return ok('Getmetadata completed.', longest > 0 ? `METADATA LONGENTRIES ${longest}` : null)
}

/** RFC 5464 §4.3. */
export function* setMetadata(session: Session, identity: Identity, command: CommandOf<'SETMETADATA'>): Flow<Reply> {
  const { account } = identity
  const { mailbox: name, changes } = command
  const target = yield* annotated(session, identity, name)
  if (target.kind === 'refused') return target.reply
  const answer = yield* store.call('setMetadata', { account, of: target.of, changes })
  switch (answer.kind) {
    case 'done':
      return ok('Setmetadata completed.')
    case 'noSuchMailbox':
      return name === null ? NO_SERVER : noSuchMailbox(session, name)
    case 'denied':
      return denied(answer)
    case 'valueTooLong':
      return no('Annotation too long.', `METADATA MAXSIZE ${answer.limit}`)
    case 'tooManyAnnotations':
      return no('Too many annotations.', 'METADATA TOOMANY')
    case 'noPrivate':
      return no('Private annotations are not supported.', 'METADATA NOPRIVATE')
    case 'overQuota':
      return OVER_QUOTA
    default:
      return answer satisfies never
  }
}

const NO_SERVER = no('Server annotations are not available.', 'CANNOT')

/** What a command's mailbox argument names: a mailbox that exists, or the server. */
function* annotated(
  session: Session,
  { account }: Identity,
  name: MailboxName | null,
): Flow<{ readonly kind: 'found'; readonly of: Annotated } | { readonly kind: 'refused'; readonly reply: Reply }> {
  if (name === null) return { kind: 'found', of: null }
  if (!session.offers('METADATA')) {
    return { kind: 'refused', reply: no('Mailboxes have no annotations here.', 'CANNOT') }
  }
  const entry = yield* findMailbox(account, name)
  if (entry === undefined) return { kind: 'refused', reply: noSuchMailbox(session, name) }
  return { kind: 'found', of: entry.id }
}

/** By name, but what was asked for in the order it was asked for. */
function inOrder(annotations: readonly Annotation[], asked: readonly string[]): readonly ToldAnnotation[] {
  if (asked.length > 0) {
    const known = new Map(annotations.map(({ entry, value }) => [entry, value]))
    return asked.map((entry) => ({ entry, value: known.get(entry) ?? null }))
  }
  return [...annotations].sort((one, other) => (one.entry < other.entry ? -1 : 1))
}
