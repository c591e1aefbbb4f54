import type { AnyCall, Flow } from '@mailwright/core'
import type { HostNote, Reply } from '@mailwright/smtp'
import type { Stage, StageFacts } from '../receiving/policy.js'
import { deferred } from './deferral.js'
import type { Restrictions, RestrictionWatch } from './evaluate.js'
import type { Outcome } from './outcome.js'

/** One restriction that was looked at, the look-ups it made, and what it said. */
export interface TracedRestriction {
  readonly stage: Stage
  readonly restriction: string
  /** In how many lists it stands. */
  readonly depth: number
  readonly lookups: readonly { readonly call: AnyCall; readonly answer: unknown }[]
  readonly outcome: Outcome
}

/** How a verdict came about. */
export interface VerdictTrace {
  readonly steps: readonly TracedRestriction[]
  readonly verdict:
    | { readonly kind: 'permitted'; readonly notes: readonly HostNote[] }
    | { readonly kind: 'refused'; readonly reply: Reply }
}

/** The order in which a server that puts refusals off until RCPT looks at its lists. */
const AT_RECIPIENT: readonly Stage[] = ['client', 'helo', 'sender', 'relay', 'recipient']

/** Judges as at RCPT, and tells of every step. */
export function* explainVerdict(
  restrictions: Restrictions,
  facts: StageFacts,
  stages: readonly Stage[] = AT_RECIPIENT,
): Flow<VerdictTrace> {
  const steps: TracedRestriction[] = []
  const open: { stage: Stage; restriction: string; depth: number; lookups: { call: AnyCall; answer: unknown }[] }[] = []
  const watch: RestrictionWatch = {
    begin: (stage, restriction, depth) => void open.push({ stage, restriction, depth, lookups: [] }),
    call: (call, answer) => void open.at(-1)?.lookups.push({ call, answer }),
    end(outcome) {
      const step = open.pop()
      if (step !== undefined) steps.push({ ...step, outcome })
    },
  }
  const notes: HostNote[] = []
  for (const stage of stages) {
    const answer = yield* restrictions.check(stage, facts, notes, watch)
    if (answer.kind === 'refused') return { steps, verdict: { kind: 'refused', reply: answer.reply } }
    notes.push(...answer.notes)
  }
  const later = deferred(notes)
  return { steps, verdict: later === null ? { kind: 'permitted', notes } : { kind: 'refused', reply: later } }
}

/** A trace for people: a line for each restriction, below it its look-ups, at the end the verdict. */
export function writeTrace({ steps, verdict }: VerdictTrace): readonly string[] {
  const lines: string[] = []
  let stage: Stage | null = null
  for (const step of steps) {
    if (step.stage !== stage) lines.push(`${LISTS[(stage = step.stage)]}:`)
    const indent = '  '.repeat(step.depth + 1)
    lines.push(`${indent}${step.restriction}: ${outcomeText(step.outcome)}`)
    for (const { call, answer } of step.lookups) lines.push(`${indent}  ${callText(call)} -> ${answerText(answer)}`)
  }
  if (verdict.kind === 'refused') return [...lines, `refused: ${replyText(verdict.reply)}`]
  const actions = verdict.notes.map(noteText).filter((each) => each !== '')
  return [...lines, actions.length === 0 ? 'permitted' : `permitted: ${actions.join(', ')}`]
}

const LISTS: { readonly [S in Stage]: string } = {
  client: 'smtpd_client_restrictions',
  helo: 'smtpd_helo_restrictions',
  sender: 'smtpd_sender_restrictions',
  relay: 'smtpd_relay_restrictions',
  recipient: 'smtpd_recipient_restrictions',
  data: 'smtpd_data_restrictions',
  endOfData: 'smtpd_end_of_data_restrictions',
  etrn: 'smtpd_etrn_restrictions',
  // Postfix has no EXPN.
  expn: 'relay.restrictions.expn',
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'permit':
      return 'OK'
    case 'dunno':
      return 'DUNNO'
    case 'reject':
      return `${outcome.reply.code < 500 ? 'DEFER' : 'REJECT'} ${replyText(outcome.reply)}`
    case 'deferIfPermit':
      return `DEFER_IF_PERMIT ${replyText(outcome.reply)}`
    case 'deferIfReject':
      return `DEFER_IF_REJECT ${replyText(outcome.reply)}`
    case 'note':
      return noteText(outcome.note)
    case 'discard':
      return 'DISCARD'
    case 'nested':
      return `goes on with ${outcome.text}`
    default:
      return outcome satisfies never
  }
}

function noteText({ kind, text }: HostNote): string {
  return typeof text === 'string' && text !== '' ? `${kind} ${text}` : kind
}

function replyText({ code, enhanced, text }: Reply): string {
  return [code, ...(enhanced === null ? [] : [enhanced]), String(text)].join(' ')
}

/** Words for the calls; what a call of a later day is called is its own name. */
const CALLS: { readonly [call: string]: string } = {
  resolveMx: 'MX',
  resolveAddresses: 'A/AAAA',
  resolvePtr: 'PTR',
  resolveTxt: 'TXT',
  resolveNs: 'NS',
  lookup: 'table',
  lookupUser: 'user',
}

function callText({ call, args }: AnyCall): string {
  const values = Object.values(args).filter((each) => typeof each === 'string' || typeof each === 'number')
  return [CALLS[call] ?? call, ...values].join(' ')
}

function answerText(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer)
  if ('records' in answer) return JSON.stringify(answer.records)
  if ('value' in answer) return JSON.stringify(answer.value)
  const { kind, ...rest } = { kind: '', ...answer }
  const more = Object.values(rest).map(String)
  return [kind, ...more].join(' ')
}
