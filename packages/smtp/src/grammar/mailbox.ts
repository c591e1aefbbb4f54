import { isAddressLiteral } from './address-literal.js'

/**
 * An address of the envelope, as data. Two are the same only by the host's rules: a domain is not case-sensitive,
 * a local part may be (RFC 5321 §2.4).
 */
export interface Mailbox {
  /** As it was meant: without the quotes and backslashes of its written form. May hold any printable US-ASCII and blanks. */
  readonly localPart: string
  /** A domain name, or an address literal in its brackets, as sent. `null` where there is none: `<postmaster>`, `<user>`. */
  readonly domain: string | null
}

const DOT_STRING = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/

/**
 * A mailbox in its written form, with the least quoting (RFC 5321 §4.1.2): `Joe,Smith` becomes `"Joe,Smith"`.
 */
export function writeMailbox({ localPart, domain }: Mailbox): string {
  const local = DOT_STRING.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`
  return domain === null ? local : `${local}@${domain}`
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

const QUOTED_STRING = String.raw`"(?:[ !#-\[\]-~]|\\[ -~])*"`

const RULES: { readonly [S in PathSyntax]: MailboxRules } = {
  strict: {
    localPart: new RegExp(
      String.raw`${QUOTED_STRING}|[A-Za-z0-9!#$%&'*+/=?^_\`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_\`{|}~-]+)*`,
      'y',
    ),
    domain: /\[[!-Z^-~]*\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*/y,
  },
  lenient: {
    localPart: new RegExp(String.raw`${QUOTED_STRING}|[A-Za-z0-9!#$%&'*+/=?^_\`{|}~.-]+`, 'y'),
    domain:
      /\[[!-Z^-~]*\]|[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*/y,
  },
}

/** A mailbox and where it ends. `localOctets` counts the local part as it was sent. */
export interface MailboxMatch {
  readonly mailbox: Mailbox
  readonly localOctets: number
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
export function matchMailbox(text: string, at: number, syntax: PathSyntax): MailboxMatch | undefined {
  const local = matchAt(RULES[syntax].localPart, text, at)
  if (local === undefined) return undefined
  const localPart = local.startsWith('"') ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local
  const behind = at + local.length
  if (text[behind] !== '@') {
    return { mailbox: { localPart, domain: null }, localOctets: local.length, end: behind }
  }
  const domain = matchDomain(text, behind + 1, syntax)
  if (domain === undefined) return undefined
  return { mailbox: { localPart, domain }, localOctets: local.length, end: behind + 1 + domain.length }
}

/**
 * Reads a domain or address literal that begins at `at`; `undefined` when none does.
 *
 *     Domain     = sub-domain *("." sub-domain)
 *     sub-domain = Let-dig [Ldh-str]
 *
 * RFC 5321 §4.1.2.
 */
export function matchDomain(text: string, at: number, syntax: PathSyntax): string | undefined {
  const domain = matchAt(RULES[syntax].domain, text, at)
  return domain?.startsWith('[') === true && !isAddressLiteral(domain) ? undefined : domain
}

function matchAt(rule: RegExp, text: string, at: number): string | undefined {
  rule.lastIndex = at
  return rule.exec(text)?.[0]
}
