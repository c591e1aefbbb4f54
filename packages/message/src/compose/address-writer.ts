import { HostError } from '@mailwright/core'
import { encodeWords } from './encoded-word-writer.js'

/** An address to be written; text in Unicode. */
export interface WritableAddress {
  /** The display name; left out when absent or empty. */
  readonly name?: string | null
  readonly localPart: string
  /** A domain name, or an address literal with its brackets. */
  readonly domain: string
}

/** `atext`, and beyond ASCII `UTF8-non-ascii`. RFC 5322 §3.2.3, RFC 6532 §3.2. */
const DOT_ATOM =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\u{10ffff}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\u{10ffff}]+)*$/u
const PHRASE = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/

/**
 * Writes an address for a header field: `name-addr` with a name, `addr-spec` without.
 *
 * RFC 5322 §3.4. Names are quoted or encoded (RFC 2047 §5) as they need; a local part or domain beyond ASCII stands as it is and
 * makes the message internationalised (RFC 6532 §3.2).
 *
 * @throws {HostError} for control characters anywhere, an empty local part, or a domain that is neither name nor literal.
 */
export function writeAddress({ name, localPart, domain }: WritableAddress): string {
  const spec = writeAddrSpec(localPart, domain)
  return name == null || name === '' ? spec : `${writePhrase(name)} <${spec}>`
}

/** `addr-spec = local-part "@" domain`. RFC 5322 §3.4.1. @throws {HostError} as {@link writeAddress}. */
export function writeAddrSpec(localPart: string, domain: string): string {
  if (localPart === '') throw new HostError('empty local part')
  if (!DOT_ATOM.test(domain) && !/^\[[!-Z^-~]*\]$/.test(domain)) {
    throw new HostError(`not a domain: ${JSON.stringify(domain)}`)
  }
  return `${DOT_ATOM.test(localPart) ? localPart : quotedString(localPart)}@${domain}`
}

/** `phrase`: atoms, a quoted string, or encoded words. RFC 5322 §3.2.5. @throws {HostError} for control characters. */
export function writePhrase(text: string): string {
  refuseControls(text)
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return PHRASE.test(text) ? text : quotedString(text)
  return encodeWords(text)
}

/** `quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE`. RFC 5322 §3.2.4. */
function quotedString(text: string): string {
  refuseControls(text)
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function refuseControls(text: string): void {
  if (/[\0-\x1f\x7f]/.test(text)) throw new HostError(`control character in an address: ${JSON.stringify(text)}`)
}
