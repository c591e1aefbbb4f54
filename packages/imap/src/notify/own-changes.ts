import type { ImapCommand } from '../command.js'

/** What a command changes that its own client need not be notified of (RFC 5465 §5). */
export interface OwnChanges {
  /** Names of mailboxes. */
  readonly names: readonly string[]
  /** Annotations, see {@link annotationKey}. */
  readonly annotations: readonly string[]
}

export function ownChanges(command: ImapCommand): OwnChanges | null {
  switch (command.name) {
    case 'CREATE':
    case 'DELETE':
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      return { names: [command.mailbox], annotations: [] }
    case 'RENAME':
      return { names: [command.from, command.to], annotations: [] }
    case 'SETMETADATA':
      return { names: [], annotations: command.changes.map(({ entry }) => annotationKey(command.mailbox, entry)) }
    default:
      return null
  }
}

/** An annotation of a mailbox, or of the server (`null`). */
export function annotationKey(mailbox: string | null, entry: string): string {
  return `${mailbox ?? ''}\u0000${entry}`
}
