import { parseMailbox, writeMailbox } from '@mailwright/smtp'
import { unquoted } from './quoting.js'

/** An address of an envelope, cut at its last `@`. `domain`: in lower case; empty for none. Both in their written form. */
export interface SplitAddress {
  readonly local: string
  readonly domain: string
}

export function splitAddress(address: string): SplitAddress {
  // Within quotes an at sign cuts nothing.
  const [quoted = ''] = /^"(?:[^"\\]|\\.)*"/s.exec(address) ?? []
  const at = address.lastIndexOf('@')
  if (at < quoted.length) return { local: address, domain: '' }
  return { local: address.slice(0, at), domain: address.slice(at + 1).toLowerCase() }
}

/** What nearly all addresses are: nothing of them needs a second look. */
const PLAIN = /^([\w+=-]+(?:\.[\w+=-]+)*)@([A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*)$/
/** RFC 5321 §4.5.3.1.1; a label is no longer either (RFC 1035 §2.3.4). */
const PLAIN_OCTETS = 64

/**
 * Cuts what a peer or a table calls an address; of a source route only the last address counts (RFC 5321 §4.1.1.3). Its local part is written with the quotes
 * that it needs. What is no address is somebody of that name without a domain: so nobody, most of the time, and it bounces by itself.
 */
export function readAddress(text: string): SplitAddress {
  const [, plain, host] = PLAIN.exec(text) ?? []
  if (plain !== undefined && host !== undefined && plain.length < PLAIN_OCTETS && host.length < PLAIN_OCTETS) {
    return { local: plain, domain: host.toLowerCase() }
  }
  const printable = text.replace(/^@[^:"]*:/, '').replace(/[\0-\x1f\x7f-\x9f\ud800-\udfff]/gu, '?')
  const { local, domain } = splitAddress(printable)
  const mailbox = { localPart: unquoted(local), domain: domain === '' ? null : domain }
  const isAddress = domain === '' || parseMailbox(writeMailbox(mailbox)) !== undefined
  if (isAddress) return { local: writeMailbox({ ...mailbox, domain: null }), domain }
  // Quotes and backslashes would double with each look.
  return { local: writeMailbox({ localPart: printable.replace(/["\\]/g, '?'), domain: null }), domain: '' }
}

export function joinAddress({ local, domain }: SplitAddress): string {
  return domain === '' ? local : `${local}@${domain}`
}

/** A user's name without its suffix, in its written form as it was given, and the suffix with its delimiter. */
export interface Extended {
  readonly base: string
  readonly extension: string
}

/**
 * Cuts off a suffix: `joe+lists` is `joe` and `+lists`. Not of what bounces and postmasters are called: `double-bounce`, `mailer-daemon`, `owner-list`, `list-request` keep a `-`
 * (Postfix's split_addr).
 */
export function splitExtension(local: string, delimiters: string): Extended | null {
  const bare = unquoted(local)
  if (/^(?:double-bounce|mailer-daemon|postmaster)$/i.test(bare)) return null
  if (delimiters.includes('-') && /^owner-|-request$/i.test(bare)) return null
  for (let at = 1; at < bare.length; at++) {
    if (!delimiters.includes(bare.charAt(at))) continue
    const base = bare.slice(0, at)
    return { base: bare === local ? base : writeMailbox({ localPart: base, domain: null }), extension: bare.slice(at) }
  }
  return null
}

/** A key to look up, and the suffix that it leaves out. */
export interface AddressKey {
  readonly key: string
  readonly extension: string
}

/**
 * The keys of an address in the order of virtual(5) and canonical(5): whole, without its suffix, the same without the domain where that is ours, then the domain.
 *
 * @param isOurs the domain is the site's own: a table may name users without it.
 */
export function addressKeys(address: SplitAddress, isOurs: boolean, delimiters: string): readonly AddressKey[] {
  const extended = splitExtension(address.local, delimiters)
  const locals: AddressKey[] = [{ key: address.local, extension: '' }]
  if (extended !== null) locals.push({ key: extended.base, extension: extended.extension })
  const whole = locals.map(({ key, extension }) => ({
    key: joinAddress({ local: key, domain: address.domain }),
    extension,
  }))
  return [...whole, ...(isOurs ? locals : []), { key: `@${address.domain}`, extension: '' }]
}

/** Domain, then its parents with a dot before them: `a.b.c`, `.b.c`, `.c` (transport(5), access(5) with `.domain` patterns). */
export function domainKeys(domain: string): readonly string[] {
  const keys = [domain]
  for (let at = domain.indexOf('.'); at >= 0; at = domain.indexOf('.', at + 1)) keys.push(domain.slice(at))
  return keys
}
