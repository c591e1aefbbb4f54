import { HostError, nearest } from '@mailwright/core'
import type { Stage } from '../receiving/policy.js'
import { parseTableName } from '../tables/table-kinds.js'
import { ABSENT, ALIASES, argumentProblem, RESTRICTIONS, type RestrictionName } from './restriction-table.js'
import type { Rule } from './rule.js'

/** One restriction of a list. */
export interface Restriction {
  readonly name: RestrictionName | 'class'
  /** Of a class: its name. Empty where there is none. */
  readonly argument: string
  /** `warn_if_reject` stands before it: what it refuses is only told. */
  readonly mood: 'act' | 'warn'
  /** Of a class: its restrictions. */
  readonly members?: RestrictionList
}

export type RestrictionList = readonly Restriction[]

/** smtpd_restriction_classes: lists by names of their own. */
export type RestrictionClasses = ReadonlyMap<string, RestrictionList>

/** The access check that a table without a word before it means. */
const DEFAULT_CHECK: { readonly [S in Stage]: RestrictionName | null } = {
  client: 'check_client_access',
  helo: 'check_helo_access',
  sender: 'check_sender_access',
  relay: 'check_recipient_access',
  recipient: 'check_recipient_access',
  data: null,
  endOfData: null,
  etrn: 'check_etrn_access',
  expn: 'check_recipient_access',
}

/**
 * Reads a list as main.cf has it: restrictions and their arguments, separated by commas or white space, in any case; braces keep what is between them together.
 *
 * @param stage decides what a table without a word before it means.
 * @throws {HostError} in a sentence, for a name that is none (with the nearest one that is), and for arguments that are missing or make no sense.
 */
export function parseRestrictions(
  text: string,
  stage: Stage,
  classes: RestrictionClasses = new Map(),
): RestrictionList {
  const words = wordsOf(text)
  const list: Restriction[] = []
  let mood: Restriction['mood'] = 'act'
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const lower = word.toLowerCase()
    if (lower === 'warn_if_reject') {
      mood = 'warn'
      continue
    }
    list.push(parseOne(word, stage, classes, mood, () => words[++at]))
    mood = 'act'
  }
  return list
}

function parseOne(
  word: string,
  stage: Stage,
  classes: RestrictionClasses,
  mood: Restriction['mood'],
  next: () => string | undefined,
): Restriction {
  const members = classes.get(word.toLowerCase())
  if (members !== undefined) return { name: 'class', argument: word, mood, members }
  if (parseTableName(word) !== undefined) {
    const check = DEFAULT_CHECK[stage]
    if (check === null) throw new HostError(`what is to be looked up in ${word}? A check_…_access must stand before it`)
    return { name: check, argument: word, mood }
  }
  const name = nameOf(word)
  const { argument }: Rule = RESTRICTIONS[name]
  if (argument === undefined) return { name, argument: '', mood }
  const given = next()
  const problem = argumentProblem(argument, given ?? '')
  if (problem !== undefined) throw new HostError(`restriction ${name}: ${problem}`)
  return { name, argument: given ?? '', mood }
}

function nameOf(word: string): RestrictionName {
  const lower = word.toLowerCase()
  const name = ALIASES[lower] ?? lower
  if (isRestriction(name)) return name
  const reason = ABSENT[lower]
  if (reason !== undefined) throw new HostError(`restriction ${word} is not there: ${reason}`)
  const near = nearest(word, [...Object.keys(RESTRICTIONS), ...Object.keys(ALIASES), 'warn_if_reject'])
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw new HostError(`unknown restriction ${JSON.stringify(word)}${hint}`)
}

function isRestriction(name: string): name is RestrictionName {
  return Object.hasOwn(RESTRICTIONS, name)
}

/** Words between commas and white space; `{ … }` is one, or part of one. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  let word = ''
  let depth = 0
  for (const character of text) {
    if (depth === 0 && /[\s,]/.test(character)) {
      if (word !== '') words.push(word)
      word = ''
      continue
    }
    if (character === '{') depth++
    if (character === '}') depth--
    if (depth < 0) throw new HostError(`a brace too many: ${JSON.stringify(text)}`)
    word += character
  }
  if (depth > 0) throw new HostError(`a brace is not closed: ${JSON.stringify(text)}`)
  if (word !== '') words.push(word)
  return words
}

/** How a restriction is written. */
export function writeRestriction({ name, argument, mood }: Restriction): string {
  const text = name === 'class' ? argument : argument === '' ? name : `${name} ${argument}`
  return mood === 'warn' ? `warn_if_reject ${text}` : text
}
