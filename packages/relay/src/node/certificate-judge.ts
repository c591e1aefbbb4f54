import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TlsFacts } from '@mailwright/core'
import type { ServerCertificate } from '@mailwright/core/node'
import type { TlsaRecord, TlsDemand } from '../delivery/tls-policy.js'

type Trust = NonNullable<TlsFacts['trust']>

/** Who says how far a certificate is believed, where authorities and the host's name alone do not. */
export function judgeOf(demand: TlsDemand): ((shown: ServerCertificate) => Trust) | undefined {
  switch (demand.level) {
    case 'none':
    case 'may':
    case 'encrypt':
      return undefined
    case 'names':
      return ({ chain: [leaf], isTrusted }) => {
        if (leaf === undefined) return 'Anonymous'
        if (!isTrusted) return 'Untrusted'
        return hasName(new X509Certificate(leaf), demand.names) ? 'Verified' : 'Trusted'
      }
    case 'fingerprint': {
      const wanted = new Set(demand.fingerprints.map((each) => each.replaceAll(':', '').toLowerCase()))
      return ({ chain: [leaf] }) => {
        if (leaf === undefined) return 'Anonymous'
        const shown = [leaf, publicKey(new X509Certificate(leaf))].map((octets) =>
          digest('sha256', octets).toString('hex'),
        )
        return shown.some((each) => wanted.has(each)) ? 'Verified' : 'Untrusted'
      }
    }
    case 'dane':
      return ({ chain }) => {
        if (chain.length === 0) return 'Anonymous'
        const isFit = fits(
          chain.map((each) => new X509Certificate(each)),
          demand.records,
          demand.names,
          Date.now(),
        )
        return isFit ? 'Verified' : 'Untrusted'
      }
    default:
      return demand satisfies never
  }
}

/** OpenSSL takes `.example.org` for any name below it, as Postfix has it. */
function hasName(leaf: X509Certificate, names: readonly string[]): boolean {
  return names.some((name) => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined)
}

/**
 * RFC 7672 §3.1: a record of usage 3 names the server's own certificate or key, whatever else stands in it; one of usage 2 an authority in the
 * chain, and then each certificate of the way to it must be in force and vouched for, and the first must bear the name.
 */
function fits(
  chain: readonly X509Certificate[],
  records: readonly TlsaRecord[],
  names: readonly string[],
  now: number,
): boolean {
  const [leaf] = chain
  if (leaf === undefined) return false
  if (records.some((record) => record.usage === 3 && matches(leaf, record))) return true
  for (const [at, authority] of chain.entries()) {
    const below = chain[at - 1]
    if (!isInForce(authority, now)) return false
    if (below === undefined) continue
    if (!authority.ca || !below.checkIssued(authority) || !below.verify(authority.publicKey)) return false
    if (records.some((record) => record.usage === 2 && matches(authority, record))) return hasName(leaf, names)
  }
  return false
}

function isInForce({ validFrom, validTo }: X509Certificate, now: number): boolean {
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}

/** RFC 6698 §2.1.2, §2.1.3. */
function matches(certificate: X509Certificate, { selector, matching, association }: TlsaRecord): boolean {
  const octets = selector === 0 ? certificate.raw : publicKey(certificate)
  const shown = matching === 0 ? octets : digest(matching === 1 ? 'sha256' : 'sha512', octets)
  return Buffer.compare(shown, association) === 0
}

function publicKey(certificate: X509Certificate): Buffer {
  return certificate.publicKey.export({ type: 'spki', format: 'der' })
}

function digest(algorithm: 'sha256' | 'sha512', octets: Uint8Array): Buffer {
  return createHash(algorithm).update(octets).digest()
}
