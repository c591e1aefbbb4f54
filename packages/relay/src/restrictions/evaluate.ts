import { type AnyCall, type Flow, HostError } from '@mailwright/core'
import type { HostNote, Reply } from '@mailwright/smtp'
import { actionNote } from '../receiving/actions.js'
import type { CheckAnswer, Stage, StageFacts } from '../receiving/policy.js'
import type { StageChecks } from '../receiving/routed-policy.js'
import { deferNote, deferred } from './deferral.js'
import type { RestrictionSite } from './options.js'
import { CONFIGURATION_ERROR, type Outcome, recipientOf, type Subject, senderOf } from './outcome.js'
import {
  parseRestrictions,
  type Restriction,
  type RestrictionClasses,
  type RestrictionList,
  writeRestriction,
} from './restriction-list.js'
import { RESTRICTIONS } from './restriction-table.js'
import { clientName, type Rule, type Scene } from './rule.js'
import { isRouted } from './rules/destination.js'

/** Sees every restriction, every look-up and its answer, and what came of it. */
export interface RestrictionWatch {
  begin(stage: Stage, restriction: string, depth: number): void
  call(call: AnyCall, answer: unknown): void
  end(outcome: Outcome): void
}

/** Lists by their stage: what main.cf has as `smtpd_…_restrictions`. */
export type RestrictionLists = { readonly [S in Stage]?: RestrictionList }

/** Lists within lists. Default 20: more is a circle. */
const DEPTH = 20

/** A site's restriction lists. SMTPD_ACCESS_README. */
export class Restrictions implements StageChecks {
  readonly lists: RestrictionLists
  /** smtpd_delay_reject. */
  readonly refusals: StageChecks['refusals']
  /** Stages that have a list. */
  readonly stages: ReadonlySet<Stage>
  readonly #site: RestrictionSite
  readonly #classes: RestrictionClasses

  constructor(
    lists: RestrictionLists,
    site: RestrictionSite,
    classes: RestrictionClasses = new Map(),
    refusals: StageChecks['refusals'] = 'atRecipient',
  ) {
    this.lists = lists
    this.refusals = refusals
    this.stages = new Set(STAGES.filter((stage) => lists[stage] !== undefined))
    this.#site = site
    this.#classes = classes
  }

  /**
   * What a stage's list says: the first verdict counts, no verdict is yes.
   *
   * @param before notes of lists that were looked at for the same question.
   */
  *check(
    stage: Stage,
    facts: StageFacts,
    before: readonly HostNote[] = [],
    watch?: RestrictionWatch,
  ): Flow<CheckAnswer> {
    const list = this.lists[stage]
    const known = [...(facts.session.notes ?? []), ...(facts.transaction?.notes ?? []), ...before]
    // What is thrown away anyhow needs no more judgement; and RFC 5321 §4.5.1 wants mail for the postmaster of no domain.
    const isPostmaster = stage !== 'data' && stage !== 'endOfData' && recipientOf(facts)?.toLowerCase() === 'postmaster'
    // EXPN is no mail: there is nothing to throw away, and nobody's right to be answered.
    const isOver = stage !== 'expn' && (isPostmaster || known.some(({ kind }) => kind === 'DISCARD'))
    if (list === undefined || isOver) return { kind: 'passed', notes: [] }
    const scene = { stage, facts, site: this.#site, subject: yield* subjectOf(stage, facts) }
    const walk: Walk = {
      scene,
      classes: this.#classes,
      watch,
      notes: [],
      deferIfPermit: deferred(known),
      deferIfReject: null,
      isDiscarded: false,
    }
    const verdict = yield* walked(list, walk, 'act', 0)
    if (typeof verdict === 'object') return { kind: 'refused', reply: verdict.reply }
    const isNew = walk.deferIfPermit !== null && deferred(known) === null
    return {
      kind: 'passed',
      notes: isNew && walk.deferIfPermit !== null ? [...walk.notes, deferNote(walk.deferIfPermit)] : walk.notes,
    }
  }
}

const STAGES: readonly Stage[] = ['client', 'helo', 'sender', 'relay', 'recipient', 'data', 'endOfData', 'etrn', 'expn']

/** What is found out in the course of a list. */
interface Walk {
  readonly scene: Scene
  readonly classes: RestrictionClasses
  readonly watch: RestrictionWatch | undefined
  readonly notes: HostNote[]
  deferIfPermit: Reply | null
  deferIfReject: Reply | null
  isDiscarded: boolean
}

type Walked = 'permit' | 'dunno' | { readonly reply: Reply }

function* walked(list: RestrictionList, walk: Walk, outer: Restriction['mood'], depth: number): Flow<Walked> {
  if (depth > DEPTH) return { reply: CONFIGURATION_ERROR }
  for (const restriction of list) {
    const mood = outer === 'warn' ? 'warn' : restriction.mood
    const verdict = yield* one(restriction, walk, mood, depth)
    if (verdict !== 'dunno') return verdict
    // Whatever the rest says, the peer must try again.
    if (walk.deferIfPermit !== null && walk.deferIfReject !== null) return 'dunno'
  }
  return 'dunno'
}

function* one(restriction: Restriction, walk: Walk, mood: Restriction['mood'], depth: number): Flow<Walked> {
  const { scene, watch } = walk
  watch?.begin(scene.stage, writeRestriction(restriction), depth)
  if (restriction.name === 'class') {
    watch?.end({ kind: 'nested', text: restriction.argument })
    return yield* walked(restriction.members ?? [], walk, mood, depth + 1)
  }
  const rule: Rule = RESTRICTIONS[restriction.name]
  const flow = rule.run(scene, restriction.argument)
  const outcome = yield* watch === undefined ? flow : recorded(flow, watch)
  watch?.end(outcome)
  const verdict = yield* weighed(outcome, walk, mood, depth)
  if (verdict !== 'permit' || rule.permits === undefined || walk.isDiscarded) return verdict
  if (rule.permits === 'never') return { reply: CONFIGURATION_ERROR }
  return isRouted(recipientOf(scene.facts) ?? '') ? 'dunno' : verdict
}

function* weighed(outcome: Outcome, walk: Walk, mood: Restriction['mood'], depth: number): Flow<Walked> {
  switch (outcome.kind) {
    case 'permit':
    case 'dunno':
      return outcome.kind
    case 'note':
      walk.notes.push(outcome.note)
      return 'dunno'
    case 'discard':
      walk.notes.push(actionNote('DISCARD'))
      walk.isDiscarded = true
      return 'permit'
    case 'deferIfPermit':
      if (mood === 'warn') return warned(outcome.reply, walk)
      walk.deferIfPermit ??= outcome.reply
      return 'dunno'
    case 'deferIfReject':
      walk.deferIfReject ??= outcome.reply
      return 'dunno'
    case 'reject':
      if (mood === 'warn' && outcome.isFault !== true) return warned(outcome.reply, walk)
      // Something that could have permitted it could not be found out.
      if (walk.deferIfReject !== null && outcome.reply.code >= 500) return { reply: walk.deferIfReject }
      return { reply: outcome.reply }
    case 'nested': {
      const list = nestedList(outcome.text, walk)
      return list === undefined ? { reply: CONFIGURATION_ERROR } : yield* walked(list, walk, mood, depth + 1)
    }
    default:
      return outcome satisfies never
  }
}

/**
 * What stands in a table may be wrong, and is found out late: the peer is told to come again, and the log why. It names no tables and services: who may write a table
 * may not have us read any other file.
 */
function nestedList(text: string, walk: Walk): RestrictionList | undefined {
  try {
    if (text.includes(':'))
      throw new HostError(`an action names a table: ${JSON.stringify(text)}; a restriction class may`)
    return parseRestrictions(text, walk.scene.stage, walk.classes)
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    walk.notes.push({ kind: 'WARN', text: error.message })
    return undefined
  }
}

function warned({ code, enhanced, text }: Reply, walk: Walk): 'dunno' {
  walk.notes.push({ kind: 'REJECT_WARNING', text: `${code} ${enhanced ?? ''} ${String(text)}` })
  return 'dunno'
}

/** What `reject` and its kin speak of in a list. */
function* subjectOf(stage: Stage, facts: StageFacts): Flow<Subject> {
  switch (stage) {
    case 'client':
      return { name: yield* clientName(facts), class: 'Client host' }
    case 'helo':
      return { name: facts.session.heloName ?? '', class: 'Helo command' }
    case 'sender':
      return { name: senderOf(facts) ?? '', class: 'Sender address' }
    case 'relay':
    case 'recipient':
      return { name: recipientOf(facts) ?? '', class: 'Recipient address' }
    case 'data':
      return { name: 'DATA', class: 'Data command' }
    case 'endOfData':
      return { name: 'END-OF-MESSAGE', class: 'End-of-data' }
    case 'etrn':
      return { name: facts.etrnDomain ?? '', class: 'Etrn command' }
    case 'expn':
      return { name: recipientOf(facts) ?? '', class: 'Expn command' }
    default:
      return stage satisfies never
  }
}

/** A flow whose calls somebody sees. */
function* recorded<T>(flow: Flow<T>, watch: RestrictionWatch): Flow<T> {
  let result = flow.next()
  while (result.done !== true) {
    const step = result.value
    let answer: unknown
    try {
      answer = yield step
    } catch (fault) {
      result = flow.throw(fault)
      continue
    }
    if (step.step === 'call') watch.call(step.call, answer)
    result = flow.next(answer)
  }
  return result.value
}
