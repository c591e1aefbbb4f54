import type { Flow } from '@mailwright/core'
import { parseAddress } from '@mailwright/core'
import { askResolver } from './rule.js'

/** A DNS list: its domain, and which of its answers count. */
export interface DnsList {
  readonly domain: string
  readonly counts: (answer: string) => boolean
}

/**
 *     list   = domain [ "=" filter ]
 *     filter = part 3( "." part )
 *     part   = number / "[" range *( ";" range ) "]"
 *     range  = number [ ".." number ]
 *
 * postconf(5), reject_rbl_client. @returns `undefined` for what is none.
 */
export function parseDnsList(text: string): DnsList | undefined {
  const [, domain = '', filter] = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.?(?:=(.*))?$/.exec(text) ?? []
  if (domain === '') return undefined
  if (filter === undefined) return { domain, counts: () => true }
  const parts = filter.match(/\[[^\][]*\]|[^.[\]]+/g) ?? []
  const ranges = parts.map(rangesOf)
  const isWhole = parts.join('.') === filter && parts.length === 4
  if (!isWhole || ranges.some((each) => each === undefined)) return undefined
  return {
    domain,
    counts(answer) {
      const octets = parseAddress(answer)
      return (
        octets?.length === 4 &&
        octets.every((octet, at) => ranges[at]?.some(([from, to]) => from <= octet && octet <= to) === true)
      )
    },
  }
}

function rangesOf(part: string): readonly (readonly [number, number])[] | undefined {
  const ranges: (readonly [number, number])[] = []
  for (const range of part.replace(/^\[(.*)\]$/, '$1').split(';')) {
    const [, from, to = from] = /^(\d{1,3})(?:\.\.(\d{1,3}))?$/.exec(range.trim()) ?? []
    if (from === undefined || Number(from) > Number(to) || Number(to) > 255) return undefined
    ranges.push([Number(from), Number(to)])
  }
  return ranges
}

/** What a list says. `reason`: its TXT records. */
export type Listing =
  | { readonly kind: 'listed'; readonly reason: string }
  | { readonly kind: 'unlisted' }
  | { readonly kind: 'unknown' }

/** An address in a list's form: octets, or nibbles, backwards (RFC 5782 §2.1, §2.4). */
export function listedName(address: string): string | undefined {
  const octets = parseAddress(address)
  if (octets === undefined) return undefined
  if (octets.length === 4) return octets.toReversed().join('.')
  const nibbles = octets.flatMap((octet) => [octet >> 4, octet & 15])
  return nibbles
    .toReversed()
    .map((nibble) => nibble.toString(16))
    .join('.')
}

/** A domain in a list's form (RFC 5782 §2.3); none for what ends in a number: some lists answer "no IP queries" to all of them. */
export function listedDomain(name: string): string | undefined {
  const domain = name.slice(name.lastIndexOf('@') + 1).toLowerCase()
  const isName = /^[a-z0-9_\u0080-\u{10ffff}-]+(?:\.[a-z0-9_\u0080-\u{10ffff}-]+)*$/u.test(domain)
  return !isName || /(?:^|\.)\d+$/.test(domain) ? undefined : domain
}

/** The most of a list's reason, in characters. Default 500, as Postfix has it: a reply is one line. */
const REASON = 500

/** Asks a list about a name in its form. */
export function* askDnsList(list: DnsList, name: string): Flow<Listing> {
  const query = `${name}.${list.domain}`
  const answer = yield* askResolver('resolveAddresses', { host: query, family: 'ipv4' })
  if (answer.kind === 'tryAgain') return { kind: 'unknown' }
  if (answer.kind === 'notFound' || !answer.records.some(list.counts)) return { kind: 'unlisted' }
  const text = yield* askResolver('resolveTxt', { name: query })
  return { kind: 'listed', reason: text.kind === 'found' ? text.records.join(' / ').slice(0, REASON) : '' }
}
