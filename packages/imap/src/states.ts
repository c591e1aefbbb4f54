import type { Identity, MailboxName, MailboxRef, Rights } from '@mailwright/core'
import type { MailboxView } from './view.js'

/** A selected mailbox. */
export interface Selected {
  readonly ref: MailboxRef
  /** As hints name it: the owner's, where it is somebody else's mailbox. */
  readonly home: MailboxRef
  /** Follows a rename by this session; for messages to people only. */
  readonly name: MailboxName
  /** What the account might do with it when it was selected; the store judges each call anew. */
  readonly rights: Rights
  /** Opened by EXAMINE, or without any right to change it. */
  readonly isReadOnly: boolean
  readonly view: MailboxView
}

/** RFC 3501 §3. */
export type ImapState =
  | { readonly name: 'notAuthenticated' }
  | { readonly name: 'authenticated'; readonly identity: Identity }
  | { readonly name: 'selected'; readonly identity: Identity; readonly mailbox: Selected }
  | { readonly name: 'logout' }

/** Which states admit a command: a row of RFC 3501 §6's division. */
export type Admission =
  /** §6.1: any state. */
  | 'any'
  /** §6.2. */
  | 'notAuthenticated'
  /** §6.3: authenticated or selected. */
  | 'authenticated'
  /** Authenticated, and no mailbox selected (ENABLE, RFC 5161 §3.1). */
  | 'unselected'
  /** §6.4. */
  | 'selected'

/** States that admit each kind of command. In logout nothing is read any more. */
export const ADMITS: { readonly [A in Admission]: ReadonlySet<ImapState['name']> } = {
  any: new Set(['notAuthenticated', 'authenticated', 'selected']),
  notAuthenticated: new Set(['notAuthenticated']),
  authenticated: new Set(['authenticated', 'selected']),
  unselected: new Set(['authenticated']),
  selected: new Set(['selected']),
}

/** Why a command is not admitted, in words for its BAD. */
export function refusal(state: ImapState, admission: Admission): string {
  if (state.name === 'notAuthenticated') return 'Please log in first.'
  switch (admission) {
    case 'notAuthenticated':
      return 'Already logged in.'
    case 'selected':
      return 'No mailbox selected.'
    case 'unselected':
      return 'Not while a mailbox is selected.'
    case 'any':
    case 'authenticated':
      return 'Not in this state.'
    default:
      return admission satisfies never
  }
}
