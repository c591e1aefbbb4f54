import type { Body } from '@mailwright/core'

/** A message with octets before it. */
export async function* withStamp(stamp: Uint8Array, body: Body): Body {
  yield stamp
  yield* body
}
