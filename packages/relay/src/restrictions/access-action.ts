import { actionNote } from '../receiving/actions.js'
import type { RestrictionCodes } from './options.js'
import { DUNNO, type Outcome, PERMIT, refusal, rejected, rejection, type Subject } from './outcome.js'

/** What a value of an access table means; `list` where it is a list of restrictions, to be read by who knows them. access(5). */
export type AccessAction =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'list'; readonly text: string }
  /** The entry makes no sense, and is passed over; said to whoever wrote it. */
  | { readonly kind: 'useless'; readonly why: string }

/** @param hasMessage there is a message, with which something can be done: not before MAIL, nor at ETRN. */
export function readAccessAction(
  value: string,
  subject: Subject,
  codes: RestrictionCodes,
  hasMessage: 'message' | 'none' | 'ended',
): AccessAction {
  const [, word = '', text = ''] = /^(\S*)\s*(.*?)\s*$/s.exec(value) ?? []
  const action = word.toUpperCase()
  const is = (outcome: Outcome): AccessAction => ({ kind: 'outcome', outcome })
  const useless = (why: string): AccessAction => ({ kind: 'useless', why })
  switch (action) {
    case 'DUNNO':
      return is(DUNNO)
    case 'OK':
    case 'RELAY':
      return is(PERMIT)
    case 'REJECT':
      return is(textual(subject, codes.accessReject, '5.7.1', text, 'Access denied'))
    case 'DEFER':
      return is(textual(subject, codes.accessDefer, '4.7.1', text, 'Access denied'))
    case 'DEFER_IF_PERMIT':
      return is({ kind: 'deferIfPermit', reply: maybe(subject, codes, text) })
    case 'DEFER_IF_REJECT':
      return is({ kind: 'deferIfReject', reply: maybe(subject, codes, text) })
    case 'INFO':
    case 'WARN':
      return is({ kind: 'note', note: { kind: action, text: `<${subject.name}>: ${subject.class}: ${text}` } })
    case 'HOLD':
      return hasMessage === 'none'
        ? useless('there is no message yet')
        : is({ kind: 'note', note: actionNote('HOLD', text) })
    case 'DISCARD':
      return hasMessage === 'none' ? useless('there is no message yet') : is({ kind: 'discard' })
    case 'FILTER':
      if (hasMessage === 'none') return useless('there is no message yet')
      return text.includes(':')
        ? is({ kind: 'note', note: actionNote('FILTER', text) })
        : useless('FILTER requires transport:destination')
    case 'REDIRECT':
    case 'BCC':
      if (hasMessage === 'none') return useless('there is no message yet')
      return text.includes('@')
        ? is({ kind: 'note', note: actionNote(action, text) })
        : useless(`${action} requires a user@domain target`)
    case 'PREPEND':
      if (hasMessage !== 'message') return useless('PREPEND must come before the end of the data')
      return /^[!-9;-~]+[ \t]*:/.test(text)
        ? is({ kind: 'note', note: actionNote('PREPEND', text) })
        : useless('PREPEND requires header: text')
    default:
      break
  }
  // A number is what some out-of-band logins leave as a time stamp.
  if (/^\d+$/.test(value)) return is(PERMIT)
  if (/^[45]\d\d$/.test(word) && text !== '') {
    return is(textual(subject, Number(word), `${word.charAt(0)}.7.1`, text, 'Access denied'))
  }
  return { kind: 'list', text: value }
}

function maybe(subject: Subject, codes: RestrictionCodes, text: string) {
  const [enhanced, words] = split(text, '4.7.1')
  return rejection(subject, codes.accessDefer, fitted(enhanced, subject), words === '' ? 'Service unavailable' : words)
}

function textual(subject: Subject, code: number, standard: string, text: string, otherwise: string): Outcome {
  const [enhanced, words] = split(text, standard)
  return rejected(subject, code, fitted(enhanced, subject), words === '' ? otherwise : words)
}

/** An enhanced status code may stand before the text; numbers have no zeros before them (RFC 3463 §2). */
export function split(text: string, standard: string): readonly [enhanced: string, words: string] {
  const [, enhanced, words] = /^([245](?:\.(?:0|[1-9]\d{0,2})){2})(?:\s+(.*))?$/s.exec(text) ?? []
  return enhanced === undefined ? [standard, text] : [enhanced, words ?? '']
}

/** Codes of RFC 3463 §3.2 speak of one address: of a recipient's for a recipient, of a sender's for a sender, of none for all else. */
const SENDER_CODES: { readonly [detail: string]: string } = {
  1: '7',
  2: '8',
  3: '7',
  4: '7',
  6: '7',
  5: '0',
  7: '7',
  8: '8',
}
const RECIPIENT_CODES: { readonly [detail: string]: string } = {
  1: '1',
  2: '2',
  3: '3',
  4: '4',
  5: '5',
  6: '6',
  7: '3',
  8: '2',
}
/** Where nothing fits better: of senders, `x.1.0` (other address status). */
const OTHER = '0'

export function fitted(enhanced: string, { class: of }: Subject): string {
  const [, head, detail] = /^(\d)\.1\.(\d+)$/.exec(enhanced) ?? []
  if (head === undefined || detail === undefined) return enhanced
  if (of === 'Sender address') return `${head}.1.${SENDER_CODES[detail] ?? OTHER}`
  if (of === 'Recipient address') return `${head}.1.${RECIPIENT_CODES[detail] ?? OTHER}`
  return `${head}.0.0`
}

/** What a table that cannot be read is: its entry for everything. */
export function unreadable(subject: Subject): Outcome {
  return {
    kind: 'reject',
    reply: refusal(451, '4.3.5', `<${subject.name}>: ${subject.class} rejected: Server configuration error`),
  }
}
