/** Transports whose nexthop is text. */
const TEXTUAL: ReadonlySet<string> = new Set(['error', 'retry', 'discard'])

/**
 *     result = [ transport ] ":" [ nexthop ]
 *
 * Whether a text is what transport(5) has on its right side: `smtp:[mx.example.org]:587`, `lmtp:unix:/run/lmtp`, `error:5.7.1 no such place`, `:[host]`.
 *
 * @returns its transport, empty for "as without the table"; `undefined` for what is none.
 */
export function transportName(text: string): string | undefined {
  const [, transport, nexthop = ''] = /^([\w-]*):(.*)$/.exec(text.trim()) ?? []
  if (transport === undefined) return undefined
  return TEXTUAL.has(transport) || !/\s/.test(nexthop) ? transport : undefined
}
