import { fromUtf8, latin1 } from '@mailwright/core'
import { SMTP_LIMITS, type SmtpLimits } from '../limits.js'
import { type Mailbox, matchDomain, matchMailbox, type PathSyntax } from './mailbox.js'

/** A path and where the parameters begin, or why it is none. */
export type PathResult =
  /** `mailbox` is `null` for `<>`. */
  | { readonly kind: 'path'; readonly mailbox: Mailbox | null; readonly end: number }
  | { readonly kind: 'bad'; readonly why: 'syntax' | 'tooLong' | 'nonAscii' }

export interface PathRules {
  readonly syntax: PathSyntax
  readonly limits: Pick<SmtpLimits, 'localPartOctets' | 'domainOctets' | 'pathOctets'>
  /** `utf8`: the mailbox may hold UTF-8 (RFC 6531 §3.3). Default `ascii`. */
  readonly characters?: 'ascii' | 'utf8'
}

/**
 * Reads a path at the start of `text`, which is what stands behind the colon of MAIL FROM or RCPT TO. Characters are
 * octets (latin1).
 *
 *     Reverse-path = Path / "<>"
 *     Forward-path = Path
 *     Path         = "<" [ A-d-l ":" ] Mailbox ">"
 *     A-d-l        = At-domain *( "," At-domain )
 *     At-domain    = "@" Domain
 *
 * RFC 5321 §4.1.2. A source route is accepted and dropped, as Appendix C asks. `<postmaster>` needs no domain
 * (RFC 5321 §4.1.1.3); other names do when `strict`. Lengths are those of RFC 5321 §4.5.3.1, as sent.
 */
export function parsePath(text: string, { syntax, limits, characters = 'ascii' }: PathRules): PathResult {
  const start = syntax === 'lenient' ? skipBlanks(text, 0) : 0
  const isBracketed = text[start] === '<'
  const bad = badAt(text, start, characters)
  if (!isBracketed && syntax === 'strict') return bad
  if (isBracketed && text[start + 1] === '>') {
    return isEnd(text, start + 2) ? { kind: 'path', mailbox: null, end: start + 2 } : bad
  }
  const at = skipRoute(text, isBracketed ? start + 1 : start, syntax)
  const match = matchMailbox(text, at, syntax, characters)
  if (match === undefined || (isBracketed && text[match.end] !== '>')) return bad
  const end = isBracketed ? match.end + 1 : match.end
  const { mailbox, localOctets, domainOctets } = match
  if (!isEnd(text, end) || (syntax === 'strict' && lacksDomain(mailbox))) return bad
  const isTooLong =
    localOctets > limits.localPartOctets ||
    domainOctets > limits.domainOctets ||
    end - start + (isBracketed ? 0 : '<>'.length) > limits.pathOctets
  return isTooLong ? { kind: 'bad', why: 'tooLong' } : { kind: 'path', mailbox, end }
}

/**
 * Reads an address that {@link writeMailbox} wrote, or somebody did the same way: Unicode text, without brackets. `undefined` when it is none. Leniently,
 * and with the limits of RFC 5321 §4.5.3.1, as it once came in.
 */
export function parseMailbox(address: string): Mailbox | undefined {
  const text = `<${latin1(fromUtf8(address))}>`
  const path = parsePath(text, { syntax: 'lenient', limits: SMTP_LIMITS, characters: 'utf8' })
  return path.kind === 'path' && path.end === text.length && path.mailbox !== null ? path.mailbox : undefined
}

/** Where the mailbox begins: behind the route's colon, or where the reader stood when there is no route. */
function skipRoute(text: string, start: number, syntax: PathSyntax): number {
  let at = start
  while (text[at] === '@') {
    const domain = matchDomain(text, at + 1, syntax)
    if (domain === undefined) return start
    at += 1 + domain.length
    if (text[at] === ':') return at + 1
    if (text[at] !== ',') return start
    at += 1
  }
  return start
}

function lacksDomain({ localPart, domain }: Mailbox): boolean {
  return domain === null && localPart.toLowerCase() !== 'postmaster'
}

/** A path that is refused for octets past US-ASCII is refused for them in particular (RFC 6531 §3.5). */
function badAt(text: string, start: number, characters: 'ascii' | 'utf8'): PathResult {
  const isNonAscii = characters === 'ascii' && /[^\x00-\x7f]/.test(text.slice(start))
  return { kind: 'bad', why: isNonAscii ? 'nonAscii' : 'syntax' }
}

function isEnd(text: string, at: number): boolean {
  return at === text.length || text[at] === ' ' || text[at] === '\t'
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}
