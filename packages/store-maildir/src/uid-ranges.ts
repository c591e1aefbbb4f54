/** Ascending, disjoint, not touching: `[first, last]` pairs one after the other. */
export type UidRanges = readonly number[]

/** Ranges of ascending UIDs. */
export function rangesOf(uids: Iterable<number>): UidRanges {
  const ranges: number[] = []
  for (const uid of uids) {
    if (ranges.length > 0 && ranges[ranges.length - 1] === uid - 1) ranges[ranges.length - 1] = uid
    else ranges.push(uid, uid)
  }
  return ranges
}

export function* uidsOf(ranges: UidRanges): Iterable<number> {
  for (let at = 0; at < ranges.length; at += 2) {
    const last = ranges[at + 1] ?? 0
    for (let uid = ranges[at] ?? 1; uid <= last; uid++) yield uid
  }
}

/** All that stands in any of them. */
export function joinRanges(all: Iterable<UidRanges>): UidRanges {
  const pairs: (readonly [number, number])[] = []
  for (const ranges of all) {
    for (let at = 0; at < ranges.length; at += 2) pairs.push([ranges[at] ?? 0, ranges[at + 1] ?? 0])
  }
  pairs.sort((a, b) => a[0] - b[0])
  const joined: number[] = []
  for (const [first, last] of pairs) {
    const end = joined[joined.length - 1]
    if (end !== undefined && first <= end + 1) joined[joined.length - 1] = Math.max(end, last)
    else joined.push(first, last)
  }
  return joined
}

/** As in an IMAP sequence set: `1:3,7`. */
export function writeRanges(ranges: UidRanges): string {
  const parts: string[] = []
  for (let at = 0; at < ranges.length; at += 2) {
    parts.push(ranges[at] === ranges[at + 1] ? `${ranges[at]}` : `${ranges[at]}:${ranges[at + 1]}`)
  }
  return parts.join(',')
}

/** `undefined` unless `text` is what {@link writeRanges} writes. */
export function parseRanges(text: string): UidRanges | undefined {
  const ranges: number[] = []
  for (const part of text.split(',')) {
    const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part)
    if (found === null) return undefined
    const first = Number(found[1])
    const last = Number(found[2] ?? found[1])
    const before = ranges[ranges.length - 1] ?? 0
    if (first <= before || last < first || last > 0xffff_ffff) return undefined
    ranges.push(first, last)
  }
  return ranges
}
