import { QUOTED_OCTETS } from '../limits.js'
import { type Reply, reply } from '../response/reply.js'
import { isAddressLiteral } from './address-literal.js'
import { decodePrintableXtext } from './xtext.js'

/** What may stand behind an attribute's `=`. */
export interface AttributeRule {
  /** The value as it is kept, or `undefined` for what is none. */
  readonly read: (value: string) => string | undefined
  /** Whether the peer may say that it does not know: not at all; `[UNAVAILABLE]`; or that and, for not now, `[TEMPUNAVAIL]`. Default `ever`. */
  readonly unknown?: 'never' | 'ever' | 'now'
}

export type AttributeValues = ReadonlyMap<string, string | null>

export type AttributeList =
  /** By name; `null` for what the peer says it does not know, `temporary` for what it does not know now. */
  | { readonly kind: 'given'; readonly values: AttributeValues; readonly temporary: ReadonlySet<string> }
  | { readonly kind: 'bad'; readonly reply: Reply }

/**
 * Reads the attributes of XCLIENT or XFORWARD; one that is given twice is what it was last.
 *
 *     command = verb 1*( SP attribute "=" xtext ) CRLF
 *
 * Postfix XCLIENT_README, XFORWARD_README; the words of a refusal are Postfix's.
 */
export function readAttributes(
  verb: string,
  argument: string,
  rules: { readonly [name: string]: AttributeRule },
): AttributeList {
  if (argument === '') return bad(`Syntax: ${verb} attribute=value...`)
  const values = new Map<string, string | null>()
  const temporary = new Set<string>()
  for (const word of argument.split(/[ \t]+/)) {
    const [, given = '', written = ''] = /^([^=]*)=(.*)$/.exec(word) ?? []
    if (written === '') return bad('Error: attribute=value expected')
    const name = given.toUpperCase()
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) return bad(`Bad ${verb} attribute name: ${given.slice(0, QUOTED_OCTETS)}`)
    const value = decodePrintableXtext(written)
    const absence = ABSENCES[value?.toUpperCase() ?? '']?.[rule.unknown ?? 'ever']
    const kept = value === undefined || absence !== undefined ? undefined : rule.read(value)
    if (kept === undefined && absence === undefined) {
      return bad(`Bad ${name} syntax: ${written.slice(0, QUOTED_OCTETS)}`)
    }
    values.set(name, kept ?? null)
    if (absence === 'temporary') temporary.add(name)
    else temporary.delete(name)
  }
  return { kind: 'given', values, temporary }
}

/** Words that stand for no value, and by which rules. */
const ABSENCES: {
  readonly [word: string]: { readonly [U in NonNullable<AttributeRule['unknown']>]?: 'permanent' | 'temporary' }
} = {
  '[UNAVAILABLE]': { ever: 'permanent', now: 'permanent' },
  '[TEMPUNAVAIL]': { now: 'temporary' },
}

function bad(text: string): AttributeList {
  return { kind: 'bad', reply: reply(501, '5.5.4', text) }
}

/** The most of a value. Postfix's limit, which is that of host names. Passed: `501`. */
const VALUE_OCTETS = 255

/** A word, fit for `Received` fields and logs: what could end a comment or a path there becomes `?`, as in Postfix. */
export const attributeWord: AttributeRule = {
  read: (value) => (value.length > VALUE_OCTETS ? undefined : value.replace(/[^!-~]|[<>()\\";@]/g, '?')),
}

/** A login name. */
export const attributeText: AttributeRule = {
  read: (value) => (value.length > VALUE_OCTETS ? undefined : value),
}

/** A host's name: labels of letters, digits, hyphens and underscores, and not digits alone, as Postfix has it. */
export const attributeHost: AttributeRule = {
  read: (value) => (value.length <= VALUE_OCTETS && LABELS.test(value) && /[^\d.]/.test(value) ? value : undefined),
}
const LABELS = /^(?!-)[\w-]{1,63}(?<!-)(?:\.(?!-)[\w-]{1,63}(?<!-))*$/

/** The same, of which DNS may not know now. */
export const attributeHostNow: AttributeRule = { ...attributeHost, unknown: 'now' }

/** `192.0.2.1`, or `IPV6:2001:db8::1`, which is kept without its tag. */
export const attributeAddress: AttributeRule = {
  read: (value) => (isAddressLiteral(`[${value}]`) ? value.replace(/^IPv6:/i, '').toLowerCase() : undefined),
}

export const attributePort: AttributeRule = {
  read: (value) => (/^\d{1,5}$/.test(value) && Number(value) < 65_536 ? value : undefined),
}

/** One of a few words, in either case. */
export function attributeChoice(...choices: readonly string[]): AttributeRule {
  return { read: (value) => choices.find((choice) => choice === value.toUpperCase()) }
}
