import { latin1ToUtf8 } from '@mailwright/core'
import { isAddressLiteral } from './address-literal.js'

/**
 * An address of the envelope, as data. Two are the same only by the host's rules: a domain is not case-sensitive,
 * a local part may be (RFC 5321 §2.4).
 */
export interface Mailbox {
  /** As it was meant: without the quotes and backslashes of its written form. May hold any printable US-ASCII and blanks; with SMTPUTF8, Unicode. */
  readonly localPart: string
  /** A domain name, or an address literal in its brackets, as sent; with SMTPUTF8, perhaps with U-labels. `null` where there is none: `<postmaster>`, `<user>`. */
  readonly domain: string | null
}

const DOT_STRING =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{a0}-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u{a0}-\u{10ffff}-]+)*$/u

/**
 * A mailbox in its written form, with the least quoting (RFC 5321 §4.1.2): `Joe,Smith` becomes `"Joe,Smith"`.
 */
export function writeMailbox({ localPart, domain }: Mailbox): string {
  const local = DOT_STRING.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`
  return domain === null ? local : `${local}@${domain}`
}

/** Whether it can only be written in UTF-8, and so needs SMTPUTF8. */
export function isNonAscii({ localPart, domain }: Mailbox): boolean {
  return /[^\x00-\x7f]/.test(localPart) || /[^\x00-\x7f]/.test(domain ?? '')
}

/**
 * How an address may be written. `lenient` takes what Postfix takes without `strict_rfc821_envelopes`, from the
 * following peers: people at a telnet prompt leave out the brackets and put a blank behind the colon
 * (`seeds/001-telnet.transcript`); docomo.ne.jp long gave out addresses with dots side by side or at the end; hosts have
 * underscores in their names; local programs send names without a domain. `strict` is RFC 5321 §4.1.2 to the letter.
 */
export type PathSyntax = 'lenient' | 'strict'

interface MailboxRules {
  /** The whole rest after it is looked at separately: both match from where the reader stands. */
  readonly localPart: RegExp
  readonly domain: RegExp
}

/** Octets of UTF-8 past US-ASCII; whether they are well-formed is looked at with the whole. */
const CHARACTERS = { ascii: '', utf8: String.raw`\x80-\xff` } as const

/**
 *     atext      =/ UTF8-non-ascii
 *     qtextSMTP  =/ UTF8-non-ascii
 *     sub-domain =/ U-label
 *
 * RFC 6531 §3.3 for `utf8`.
 */
function rules(syntax: PathSyntax, characters: 'ascii' | 'utf8'): MailboxRules {
  const utf8 = CHARACTERS[characters]
  const quoted = String.raw`"(?:[ !#-\[\]-~${utf8}]|\\[ -~])*"`
  const atext = String.raw`A-Za-z0-9!#$%&'*+/=?^_\`{|}~${utf8}`
  const letDig = `A-Za-z0-9${syntax === 'lenient' ? '_' : ''}${utf8}`
  // A label has 63 octets at most (RFC 1035 §2.3.4); one in UTF-8 has more than the A-label that counts.
  const subDomain = `(?![A-Za-z0-9_-]{64})[${letDig}](?:[${letDig}-]*[${letDig}])?`
  const local = syntax === 'lenient' ? `[${atext}.-]+` : String.raw`[${atext}-]+(?:\.[${atext}-]+)*`
  return {
    localPart: new RegExp(`${quoted}|${local}`, 'y'),
    domain: new RegExp(String.raw`\[[!-Z^-~]*\]|${subDomain}(?:\.${subDomain})*`, 'y'),
  }
}

const RULES: { readonly [S in PathSyntax]: { readonly [C in 'ascii' | 'utf8']: MailboxRules } } = {
  strict: { ascii: rules('strict', 'ascii'), utf8: rules('strict', 'utf8') },
  lenient: { ascii: rules('lenient', 'ascii'), utf8: rules('lenient', 'utf8') },
}

/** A mailbox and where it ends. Octets are counted as they were sent. */
export interface MailboxMatch {
  readonly mailbox: Mailbox
  readonly localOctets: number
  readonly domainOctets: number
  readonly end: number
}

/**
 * Reads a mailbox that begins at `at`; `undefined` when none does.
 *
 *     Mailbox       = Local-part "@" ( Domain / address-literal )
 *     Local-part    = Dot-string / Quoted-string
 *     Quoted-string = DQUOTE *QcontentSMTP DQUOTE
 *
 * RFC 5321 §4.1.2. Without `@` the domain is `null`; whether that is allowed is the path's business.
 */
export function matchMailbox(
  text: string,
  at: number,
  syntax: PathSyntax,
  characters: 'ascii' | 'utf8' = 'ascii',
): MailboxMatch | undefined {
  const local = matchAt(RULES[syntax][characters].localPart, text, at)
  if (local === undefined) return undefined
  const localPart = decoded(local.startsWith('"') ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local)
  if (localPart === undefined) return undefined
  const behind = at + local.length
  if (text[behind] !== '@') {
    return { mailbox: { localPart, domain: null }, localOctets: local.length, domainOctets: 0, end: behind }
  }
  const sent = matchDomain(text, behind + 1, syntax, characters)
  const domain = sent === undefined ? undefined : decoded(sent)
  if (sent === undefined || domain === undefined) return undefined
  const end = behind + 1 + sent.length
  return { mailbox: { localPart, domain }, localOctets: local.length, domainOctets: sent.length, end }
}

/** Octets as text; `undefined` for malformed UTF-8, and for control characters past US-ASCII, which no name holds (RFC 5198 §2). */
function decoded(octets: string): string | undefined {
  const text = latin1ToUtf8(octets)
  return text === undefined || /[\x80-\x9f]/.test(text) ? undefined : text
}

/**
 * Reads a domain or address literal that begins at `at`; `undefined` when none does.
 *
 *     Domain     = sub-domain *("." sub-domain)
 *     sub-domain = Let-dig [Ldh-str]
 *
 * RFC 5321 §4.1.2.
 */
export function matchDomain(
  text: string,
  at: number,
  syntax: PathSyntax,
  characters: 'ascii' | 'utf8' = 'ascii',
): string | undefined {
  const domain = matchAt(RULES[syntax][characters].domain, text, at)
  return domain?.startsWith('[') === true && !isAddressLiteral(domain) ? undefined : domain
}

function matchAt(rule: RegExp, text: string, at: number): string | undefined {
  rule.lastIndex = at
  return rule.exec(text)?.[0]
}
