/** What a transport table says of a domain: transport(5)'s right-hand side. */
export interface TransportChoice {
  /** Empty: as without the table. */
  readonly transport: string
  /** Empty: the recipient's domain. */
  readonly nexthop: string
}

/** Transports whose nexthop is text. */
const TEXTUAL: ReadonlySet<string> = new Set(['error', 'retry', 'discard'])

/**
 *     result = transport ":" nexthop
 *
 * transport(5): `smtp:[mx.example.org]:587`, `lmtp:unix:/run/lmtp`, `error:5.7.1 no such place`, `:[host]`. @returns `undefined` for what is
 * none.
 */
export function parseTransport(text: string): TransportChoice | undefined {
  const [, transport, nexthop = ''] = /^([\w-]*):(.*)$/.exec(text.trim()) ?? []
  if (transport === undefined) return undefined
  return TEXTUAL.has(transport) || !/\s/.test(nexthop) ? { transport, nexthop: nexthop.trim() } : undefined
}

/** Finds a domain in a table: itself, the domains above it as `.example.org`, and `*`; the first holds (transport(5)). */
export function findTransport(
  table: ReadonlyMap<string, TransportChoice>,
  domain: string,
): TransportChoice | undefined {
  const name = domain.toLowerCase()
  const own = table.get(name)
  if (own !== undefined) return own
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const above = table.get(name.slice(dot))
    if (above !== undefined) return above
  }
  return table.get('*')
}
