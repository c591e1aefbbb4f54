import { breathe, type Flow, type Identity, type MailboxEntry, type MailboxId } from '@mailwright/core'
import { store } from '../calls.js'
import type { ListCommand } from '../command.js'
import { type ListRow, selectNames } from '../list-selection.js'
import { statusOf } from '../mailbox-status.js'
import { ok, type Reply } from '../reply.js'
import { writeMyRights } from '../response/acl.js'
import { type StatusValue, writeListed, writeStatus } from '../response/mailbox-data.js'
import { type ToldAnnotation, writeMetadata } from '../response/metadata.js'
import { listable, rightsTo } from '../rights.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.3.8, extended by RFC 5258 §3, with the children of RFC 3348 §3, the special uses of RFC 6154 §2, STATUS (RFC 5819 §2) and
 * METADATA (RFC 9590 §3), and rights (RFC 8440 §3). What comes with the names is asked of the store at once for all of them, and told behind each.
 */
export function* list(session: Session, identity: Identity, command: ListCommand): Flow<Reply> {
  if (!command.isExtended && command.patterns[0] === '') {
    // Not a pattern: the client asks for the separator and the root.
    session.untagged(writeListed('LIST', ['\\Noselect'], '', session.nameForm))
    return LISTED
  }
  const isExact = command.isExtended || session.isRev2
  const rows = yield* selectNames(
    listable(yield* store.call('mailboxes', { account: identity.account })),
    command,
    isExact ? 'needed' : 'all',
  )
  const extras = yield* readExtras(session, identity, command, rows)
  for (const row of rows) {
    if (session.wire.isFull) yield* breathe()
    writeRow(session, command, row, extras, isExact ? '\\NonExistent' : '\\Noselect')
  }
  return LISTED
}

const LISTED = ok('List completed.')

/** What is told behind names, by mailbox; `null`: it was not asked for. */
interface Extras {
  readonly statuses: ReadonlyMap<MailboxId, readonly StatusValue[]> | null
  readonly annotations: ReadonlyMap<MailboxId, readonly ToldAnnotation[]> | null
}

/** Of names that are told for what is below them only, nothing more is told (RFC 5819 §3, RFC 9590 §4). */
function* readExtras(
  session: Session,
  { account }: Identity,
  { wants }: ListCommand,
  rows: readonly ListRow[],
): Flow<Extras> {
  const entries = rows.flatMap(({ entry, isSelected }) => (entry !== undefined && isSelected ? [entry] : []))
  const { status, metadata } = wants
  const selectable = entries.filter(({ isSelectable }) => isSelectable)
  const statuses = status.length === 0 ? null : yield* statusOf(session, account, selectable, status)
  if (metadata.length === 0) return { statuses, annotations: null }
  const of = entries.map(({ id }) => id)
  const { found } = yield* store.call('metadata', { account, of, entries: metadata, depth: 0 })
  const annotations = new Map<MailboxId, readonly ToldAnnotation[]>()
  for (const row of found) {
    const values = new Map(row.annotations.map(({ entry, value }) => [entry, value]))
    const told = metadata.map((entry) => ({ entry, value: values.get(entry) ?? null }))
    if (row.of !== null) annotations.set(row.of, told)
  }
  return { statuses, annotations }
}

function writeRow(
  session: Session,
  { select, wants }: ListCommand,
  row: ListRow,
  { statuses, annotations }: Extras,
  levelAttribute: '\\NonExistent' | '\\Noselect',
): void {
  const { name, entry, isSelected } = row
  const status = entry === undefined ? undefined : statuses?.get(entry.id)
  const attributes: string[] = []
  if (entry?.isSelectable !== true) attributes.push(levelAttribute)
  // It cannot be selected any more: RFC 5819 §2.
  else if (statuses !== null && isSelected && status === undefined) attributes.push('\\Noselect')
  if (row.isSubscribed && (wants.subscribed || select.includes('subscribed'))) attributes.push('\\Subscribed')
  const ofChildren = childrenAttribute(session, entry, row.hasChildren)
  if (ofChildren === '\\NoInferiors' || wants.children || session.offers('CHILDREN')) attributes.push(ofChildren)
  if (entry !== undefined) attributes.push(...marks(session, entry))
  session.untagged(writeListed('LIST', attributes, name, session.nameForm, { childInfo: row.childInfo }))
  if (entry === undefined || !isSelected) return
  if (wants.myRights) session.untagged(writeMyRights(name, rightsTo(entry), session.nameForm))
  if (status !== undefined) session.untagged(writeStatus(name, status, session.nameForm))
  const notes = annotations?.get(entry.id)
  if (notes !== undefined) session.untagged(writeMetadata(name, notes, session.nameForm))
}

/** All attributes of a name, as they are told unasked (RFC 5465 §5.4, §5.5). */
export function attributesOf(
  session: Session,
  entry: MailboxEntry | undefined,
  { isSubscribed, hasChildren }: Pick<ListRow, 'isSubscribed' | 'hasChildren'>,
): string[] {
  const attributes = entry?.isSelectable === true ? [] : ['\\NonExistent']
  if (isSubscribed) attributes.push('\\Subscribed')
  attributes.push(childrenAttribute(session, entry, hasChildren))
  return entry === undefined ? attributes : [...attributes, ...marks(session, entry)]
}

function childrenAttribute(session: Session, entry: MailboxEntry | undefined, hasChildren: boolean): string {
  if (!session.settings.supports.hierarchy || entry?.hasNoInferiors === true) return '\\NoInferiors'
  return hasChildren ? '\\HasChildren' : '\\HasNoChildren'
}

/** What the store tells of a mailbox: whether it is worth a look (RFC 3501 §7.2.2), and what it is for. */
function marks(session: Session, { isMarked, specialUse }: MailboxEntry): string[] {
  const told = session.offers('SPECIAL-USE') ? specialUse.map((use) => `\\${use}`) : []
  if (isMarked !== undefined) told.unshift(isMarked ? '\\Marked' : '\\UnMarked')
  return told
}
