/** Where a nexthop leads, before DNS is asked. */
export type Destination =
  | { readonly kind: 'unix'; readonly path: string }
  /** One host, without a look at its MX records: `[mx.example.org]`, `[192.0.2.1]:587`. */
  | { readonly kind: 'host'; readonly host: string; readonly port: number }
  /** A mail domain, with MX records or without. */
  | { readonly kind: 'domain'; readonly domain: string; readonly port: number }

/** Ports by the names that transport tables use (IANA). */
const SERVICES: { readonly [name: string]: number } = {
  smtp: 25,
  submission: 587,
  submissions: 465,
  smtps: 465,
  lmtp: 24,
}

/**
 * Reads a nexthop as transport(5) has it: `example.org`, `example.org:587`, `[mx.example.org]:submission`, `[2001:db8::1]`,
 * `[ipv6:2001:db8::1]`, `unix:/run/lmtp`, `inet:host:port`.
 *
 * @param port where none is named.
 * @returns `undefined` for what is none of these.
 */
export function parseDestination(nexthop: string, port: number): Destination | undefined {
  if (nexthop.startsWith('unix:')) {
    const path = nexthop.slice('unix:'.length)
    return path === '' ? undefined : { kind: 'unix', path }
  }
  const isOne = nexthop.startsWith('inet:')
  const [, bracketed, plain, service] =
    /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::([\w-]+))?$/.exec(isOne ? nexthop.slice('inet:'.length) : nexthop) ?? []
  const named = service === undefined ? port : portOf(service)
  if (named === undefined) return undefined
  if (bracketed !== undefined) return { kind: 'host', host: bracketed.replace(/^ipv6:/i, ''), port: named }
  if (plain === undefined) return undefined
  return isOne ? { kind: 'host', host: plain, port: named } : { kind: 'domain', domain: plain, port: named }
}

function portOf(service: string): number | undefined {
  const number = /^\d{1,5}$/.test(service) ? Number(service) : SERVICES[service.toLowerCase()]
  return number !== undefined && number > 0 && number < 65_536 ? number : undefined
}

/** An IPv4 or IPv6 address in its text form; names have no colon, and no number for a last label. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)
}
