import type { LongWork } from '../paced.js'

/** Comparisons between two stops: of texts as long as the limits allow some 10 ms. */
const PACE = 8_192

/**
 * The places 0 to `count - 1` in the order of what stands there; who is alike keeps its order. A merge sort from below, since
 * it can stop anywhere: time is n log n whatever stands there, and linear where it is in order.
 *
 * @param compare negative, 0 or positive, of two places.
 */
export function* orderOf(count: number, compare: (one: number, other: number) => number): LongWork<Uint32Array> {
  let from = new Uint32Array(count)
  for (let at = 0; at < count; at++) from[at] = at
  let to = new Uint32Array(count)
  let left = PACE
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count)
      const end = Math.min(start + 2 * width, count)
      let one = start
      let other = middle
      if (other === end || compare(from[other - 1] ?? 0, from[other] ?? 0) <= 0) {
        to.set(from.subarray(start, end), start)
        left -= 1
        one = middle
        other = end
      }
      for (let at = start; one < middle || other < end; at++) {
        const isFirst = other === end || (one < middle && compare(from[one] ?? 0, from[other] ?? 0) <= 0)
        to[at] = from[isFirst ? one++ : other++] ?? 0
        if (--left > 0) continue
        left = PACE
        yield
      }
      if (left > 0) continue
      left = PACE
      yield
    }
    const filled = to
    to = from
    from = filled
  }
  return from
}
