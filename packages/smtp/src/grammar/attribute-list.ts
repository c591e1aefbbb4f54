import { QUOTED_OCTETS } from '../limits.js'
import { type Reply, reply } from '../response/reply.js'
import { isAddressLiteral } from './address-literal.js'
import { decodePrintableXtext } from './xtext.js'

/** What may stand behind an attribute's `=`: its value as it is kept, or `undefined` for what is none. */
export type AttributeRule = (value: string) => string | undefined

export type AttributeList =
  /** By name; `null` for what the peer says it does not know. */
  | { readonly kind: 'given'; readonly values: ReadonlyMap<string, string | null> }
  | { readonly kind: 'bad'; readonly reply: Reply }

/**
 * Reads the attributes of XCLIENT or XFORWARD; one that is given twice is what it was last.
 *
 *     command = verb 1*( SP attribute "=" xtext ) CRLF
 *
 * Postfix XCLIENT_README, XFORWARD_README; the words of a refusal are Postfix's. `[UNAVAILABLE]` and `[TEMPUNAVAIL]` stand for no value.
 */
export function readAttributes(
  verb: string,
  argument: string,
  rules: { readonly [name: string]: AttributeRule },
): AttributeList {
  if (argument === '') return bad(`Syntax: ${verb} attribute=value...`)
  const values = new Map<string, string | null>()
  for (const word of argument.split(/[ \t]+/)) {
    const [, given = '', written = ''] = /^([^=]*)=(.*)$/.exec(word) ?? []
    if (written === '') return bad('Error: attribute=value expected')
    const name = given.toUpperCase()
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) return bad(`Bad ${verb} attribute name: ${given.slice(0, QUOTED_OCTETS)}`)
    const value = decodePrintableXtext(written)
    const isUnknown = value === '[UNAVAILABLE]' || value === '[TEMPUNAVAIL]'
    const kept = value === undefined || isUnknown ? undefined : rule(value)
    if (kept === undefined && !isUnknown) return bad(`Bad ${name} syntax: ${written.slice(0, QUOTED_OCTETS)}`)
    values.set(name, kept ?? null)
  }
  return { kind: 'given', values }
}

function bad(text: string): AttributeList {
  return { kind: 'bad', reply: reply(501, '5.5.4', text) }
}

/** The most of a value. Postfix's limit, which is that of host names. Passed: `501`. */
const VALUE_OCTETS = 255

/** A name or another word, fit for `Received` fields and logs: what could end a comment or a path there becomes `?`, as in Postfix. */
export const attributeWord: AttributeRule = (value) =>
  value.length > VALUE_OCTETS ? undefined : value.replace(/[^!-~]|[<>()\\";@]/g, '?')

/** A login name. */
export const attributeText: AttributeRule = (value) => (value.length > VALUE_OCTETS ? undefined : value)

/** `192.0.2.1`, or `IPV6:2001:db8::1`, which is kept without its tag. */
export const attributeAddress: AttributeRule = (value) =>
  isAddressLiteral(`[${value}]`) ? value.replace(/^IPv6:/i, '').toLowerCase() : undefined

export const attributePort: AttributeRule = (value) =>
  /^\d{1,5}$/.test(value) && Number(value) < 65_536 ? value : undefined

/** One of a few words, in either case. */
export function attributeChoice(...choices: readonly string[]): AttributeRule {
  return (value) => choices.find((choice) => choice === value.toUpperCase())
}
