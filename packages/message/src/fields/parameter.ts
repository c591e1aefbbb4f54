import { fromLatin1, fromUtf8, latin1 } from '@mailwright/core'
import { MESSAGE_LIMITS } from '../limits.js'
import { decodeCharset, decodeUnlabelled } from '../text/charset.js'
import { decodeWords } from '../text/encoded-word.js'
import type { Lexer, Token } from './lexer.js'

/** A parameter of Content-Type or Content-Disposition, continuations joined. */
export interface Parameter {
  /** In lower case, without `*`. */
  readonly name: string
  /** The name in the case it was written in. */
  readonly written: string
  /** One octet a character; quoting and percent encoding removed. */
  readonly value: string
  readonly extended: Extended | null
}

/** What the extended form of a parameter tells besides. RFC 2231 §4. */
export interface Extended {
  /** Of `value`; may be empty. */
  readonly charset: string
  /** May be empty. */
  readonly language: string
  /** `value` with its percent encoding as it was written, and what had none given it. */
  readonly encoded: string
}

/** One parameter as written. */
interface Section {
  readonly name: string
  readonly written: string
  /** `*n`; `null` without. */
  readonly number: number | null
  readonly isExtended: boolean
  readonly value: string
}

/**
 * Reads the parameters that follow a media or disposition type, and joins their continuations.
 *
 *     parameter              := regular-parameter / extended-parameter
 *     regular-parameter-name := attribute [section]
 *     extended-initial-name  := attribute [initial-section] "*"
 *
 * RFC 2045 §5.1, RFC 2231 §7. Values without their quotes are taken as they stand (`boundary=a:b`), those of file names up to the `;`
 * (`filename=my file.pdf`), a missing `;` is forgiven where `name=` follows white space, as in RFC 2231's own examples. Of two parameters alike the
 * first counts. Continuations end at a gap; without a first section each stands for itself.
 *
 * @param lexer stands behind the type.
 * @param limit parameters read at most (CVE-2026-27859: without one, joining is quadratic).
 */
export function parseParameters(lexer: Lexer, limit: number = MESSAGE_LIMITS.parameters): readonly Parameter[] {
  return joinSections(readSections(lexer, limit))
}

function readSections(lexer: Lexer, limit: number): readonly Section[] {
  const sections: Section[] = []
  let name: Token | null = null
  let value: Token[] | null = null
  const finish = (): void => {
    if (name !== null && value !== null) sections.push(section(name.text, joinValue(name.text, value)))
    name = null
    value = null
  }
  for (let token = lexer.next(); token !== undefined && sections.length < limit; token = lexer.next()) {
    if (isSpecial(token, ';')) {
      finish()
    } else if (!isSpecial(token, '=')) {
      if (value === null) name = token
      else value.push(token)
    } else if (value === null) {
      value = []
    } else {
      const last: Token | undefined = value.at(-1)
      if (value.length > 1 && last?.kind === 'atom' && last.isSpaced) {
        value.pop()
        finish()
        name = last
        value = []
      } else {
        value.push(token)
      }
    }
  }
  if (sections.length < limit) finish()
  return sections
}

function isSpecial(token: Token, text: string): boolean {
  return token.kind === 'special' && token.text === text
}

/** Names that people write with blanks and without quotes. */
const SPACED = /^(?:file)?name(?:\*|$)/i

function joinValue(name: string, tokens: readonly Token[]): string {
  let text = ''
  const mayBeSpaced = tokens[0]?.kind !== 'quoted' && SPACED.test(name)
  for (const token of tokens) {
    const isApart = text !== '' && token.isSpaced
    if (isApart && !mayBeSpaced) break
    text += isApart ? ` ${token.text}` : token.text
  }
  return text
}

function section(written: string, value: string): Section {
  const match = /^([^*]+)(?:\*(0|[1-9]\d{0,3}))?(\*)?$/.exec(written)
  if (match === null) return { name: written.toLowerCase(), written, number: null, isExtended: false, value }
  const [, name = '', number, star] = match
  return {
    name: name.toLowerCase(),
    written: name,
    number: number === undefined ? null : Number(number),
    isExtended: star !== undefined,
    value,
  }
}

function joinSections(sections: readonly Section[]): readonly Parameter[] {
  const continued = new Map<string, Map<number, Section>>()
  for (const part of sections) {
    if (part.number === null) continue
    const parts = continued.get(part.name) ?? new Map<number, Section>()
    if (!parts.has(part.number)) parts.set(part.number, part)
    continued.set(part.name, parts)
  }
  const parameters = new Map<string, Parameter>()
  for (const part of sections) {
    const parts = part.number === null ? undefined : continued.get(part.name)
    const first = parts?.get(0) ?? part
    const isOrphan = first.number !== null && first.number > 0
    const name = isOrphan ? `${part.name}*${part.number}` : part.name
    const key = first.isExtended ? `${name}*` : name
    if (!parameters.has(key)) parameters.set(key, isOrphan ? plain(name, part) : joined(first, parts))
  }
  return [...parameters.values()]
}

function plain(name: string, { written, number, value }: Section): Parameter {
  return { name, written: `${written}*${number}`, value, extended: null }
}

function joined(first: Section, parts: ReadonlyMap<number, Section> | undefined): Parameter {
  // extended-initial-value := [charset] "'" [language] "'" extended-other-values
  const [whole = '', charset = '', language = ''] = (first.isExtended && /^([^']*)'([^']*)'/.exec(first.value)) || []
  const initial = first.value.slice(whole.length)
  let encoded = withoutBare(initial)
  let value = first.isExtended ? percentDecoded(initial) : first.value
  for (let number = 1; parts !== undefined; number++) {
    const next = parts.get(number)
    if (next === undefined) break
    value += next.isExtended ? percentDecoded(next.value) : next.value
    encoded += next.isExtended ? withoutBare(next.value) : percentEncoded(next.value)
  }
  const { name, written } = first
  return { name, written, value, extended: first.isExtended ? { charset, language, encoded } : null }
}

/** `ext-octet := "%" 2(DIGIT / "A" / … / "F")`. RFC 2231 §7. A stray percent sign stands for itself. */
function percentDecoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/**
 * The value of parameter `name` (lower case) in Unicode, the extended form before the plain one; `null` when absent.
 *
 * Encoded words are decoded in plain values too: Outlook and Gmail write file names so, though RFC 2047 §5 forbids it.
 */
export function parameterText(parameters: readonly Parameter[], name: string): string | null {
  const found = parameters.filter((parameter) => parameter.name === name)
  const extended = found.find((parameter) => parameter.extended !== null)
  if (extended !== undefined) {
    const octets = fromLatin1(extended.value)
    return decodeCharset(extended.extended?.charset ?? '', octets) ?? decodeUnlabelled(octets)
  }
  const [first] = found
  return first === undefined ? null : decodeWords(first.value)
}

/** attribute-char of RFC 2231 §7 stands for itself. */
function percentEncoded(octets: string): string {
  return octets.replace(/[^A-Za-z0-9!#$&+\-.^_`{|}~]/g, percent)
}

/** An extended value in which what may not stand for itself is encoded, and percent signs are let be. */
function withoutBare(value: string): string {
  return value.replace(/[^A-Za-z0-9!#$%&+\-.^_`{|}~]/g, percent)
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** Charsets whose octets are UTF-8 as they stand, and none. */
const UTF8_NAMES = /^(?:utf-?8|us-ascii|ascii|)$/i

/**
 * Name and value of a parameter as BODYSTRUCTURE shows them. Continuations are joined and charsets converted to UTF-8, as
 * RFC 9051 §7.5.2 asks; an extended value keeps RFC 2231's notation under the name `foo*`, because clients of
 * IMAP4rev1 decode that and take bare 8-bit octets for latin1 (RFC 3501 §7.4.2 knows no conversion). What needs no conversion stands
 * as it was written.
 */
export function parameterPair(parameter: Parameter): readonly [name: string, value: string] {
  const { written, value, extended } = parameter
  if (extended === null) return [written, value]
  const { charset, language, encoded } = extended
  const text = UTF8_NAMES.test(charset) ? undefined : decodeCharset(charset, fromLatin1(value))
  const shown = text === undefined ? [charset, encoded] : ['utf-8', percentEncoded(latin1(fromUtf8(text)))]
  return [`${written}*`, `${shown[0]}'${language}'${shown[1]}`]
}
