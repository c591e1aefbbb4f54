import type { Body } from '@mailwright/core'

/** What a message passes on its way in; for one message. */
export interface BodyFilter {
  /** The octets that can go on: views of chunks or octets of its own, in order. */
  push(chunk: Uint8Array): readonly Uint8Array[]
  /** The message is over: what goes on behind it. */
  end(): readonly Uint8Array[]
}

/**
 * A message as its filters let it pass, in their order, behind octets of ours. One reader for all of them: each more would cost every chunk some turns of its
 * own.
 */
export async function* filtered(body: Body, filters: readonly BodyFilter[], stamp?: Uint8Array): Body {
  if (stamp !== undefined) yield stamp
  for await (const chunk of body) {
    for (const passed of through(filters, 0, chunk)) yield passed
  }
  for (const [at, filter] of filters.entries()) {
    for (const rest of filter.end()) for (const passed of through(filters, at + 1, rest)) yield passed
  }
}

function through(filters: readonly BodyFilter[], from: number, chunk: Uint8Array): readonly Uint8Array[] {
  let pieces: readonly Uint8Array[] = [chunk]
  for (let at = from; at < filters.length; at++) {
    const [only] = pieces
    const push = (piece: Uint8Array): readonly Uint8Array[] => filters[at]?.push(piece) ?? [piece]
    pieces = pieces.length === 1 && only !== undefined ? push(only) : pieces.flatMap(push)
  }
  return pieces
}
