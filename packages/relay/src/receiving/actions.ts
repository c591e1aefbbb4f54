import type { HostNote } from '@mailwright/smtp'

/** What rules want done with a message that they let pass: Postfix's access(5) actions. */
export interface MessageActions {
  readonly isHeld: boolean
  /** It is taken and thrown away. */
  readonly isDiscarded: boolean
  /** `transport:nexthop`. */
  readonly filter: string | null
  /** Who gets it instead of its recipients. */
  readonly redirect: string | null
  /** Who gets it as well. */
  readonly bcc: readonly string[]
  /** Header fields to stand above it, without line ends. */
  readonly prepend: readonly string[]
}

/** The kinds of notes that are actions; of FILTER and REDIRECT the last one holds, as in Postfix. */
export type MessageAction = 'HOLD' | 'DISCARD' | 'FILTER' | 'REDIRECT' | 'BCC' | 'PREPEND'

/** A note that says what is to be done. `text`: what stands behind the action's word. */
export function actionNote(action: MessageAction, text = ''): HostNote {
  return { kind: action, text }
}

/** Reads the actions off the notes of a session and a transaction. */
export function actionsOf(notes: readonly HostNote[]): MessageActions {
  const texts = (action: MessageAction): readonly string[] =>
    notes.filter(({ kind }) => kind === action).map(({ text }) => (typeof text === 'string' ? text : ''))
  return {
    isHeld: texts('HOLD').length > 0,
    isDiscarded: texts('DISCARD').length > 0,
    filter: texts('FILTER').at(-1) ?? null,
    redirect: texts('REDIRECT').at(-1) ?? null,
    bcc: texts('BCC'),
    prepend: texts('PREPEND').filter(isField),
  }
}

/** One field on one line; anything else would end the header. RFC 5322 §2.2. */
function isField(text: string): boolean {
  return /^[!-9;-~]+:[\t\x20-\x7e\u0080-\u00ff]*$/.test(text)
}
