import type { Octets } from '@mailwright/core'

/** As in the examples of RFC 1939 §5: `2 messages (320 octets)`. */
export function summary(drop: { readonly count: number; readonly octets: Octets }): string {
  return `${messages(drop.count)} (${drop.octets} octets)`
}

export function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`
}
