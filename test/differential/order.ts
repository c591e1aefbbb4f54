/**
 * Which members stand in another order: those outside of a longest sequence that both have in the same order. Members that
 * one list alone has are among them.
 */
export function displaced(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  const place = new Map(theirs.map((member, at) => [member, at]))
  const common = ours.filter((member) => place.has(member))
  const kept = new Set(longestAscending(common.map((member) => place.get(member) ?? 0)).map((at) => theirs[at] ?? 0))
  return [...new Set([...ours, ...theirs])].filter((member) => !kept.has(member))
}

/** A longest ascending subsequence; patience sorting. */
function longestAscending(values: readonly number[]): readonly number[] {
  /** Of each length, where the subsequence ends that ends lowest. */
  const ends: number[] = []
  const before: (number | undefined)[] = []
  for (const [at, value] of values.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1
      else high = middle
    }
    before.push(low === 0 ? undefined : ends[low - 1])
    ends[low] = at
  }
  const found: number[] = []
  for (let at = ends.at(-1); at !== undefined; at = before[at]) found.push(values[at] ?? 0)
  return found.reverse()
}

/** Where each message stands in a THREAD response: behind which other, or beside which others under none. */
export function threadPlaces(response: string): ReadonlyMap<number, string> {
  const places = new Map<number, string>()
  /** What the next number stands behind: a message, or nothing; and the list that is open. */
  const open: (number | null)[] = []
  let last: number | null = null
  const roots: number[] = []
  let group = 0
  for (const [token] of response.matchAll(/\(|\)|\d+/g)) {
    if (token === '(') {
      if (open.length === 0) {
        group += 1
        last = null
      }
      open.push(last)
    } else if (token === ')') {
      last = open.pop() ?? null
    } else {
      const number = Number(token)
      if (last === null) roots[number] = group
      else places.set(number, `behind ${last}`)
      last = number
    }
  }
  // Messages whose parent is not there stand in one thread: the others of it are named.
  const siblings = new Map<number, number[]>()
  for (const [number, of] of roots.entries()) {
    if (of !== undefined) siblings.set(of, [...(siblings.get(of) ?? []), number])
  }
  for (const members of siblings.values())
    for (const member of members) places.set(member, members.length === 1 ? 'first' : `first of ${members.join(' ')}`)
  return places
}

/** The first message of each thread of a THREAD response. */
export function threadOrder(response: string): readonly number[] {
  const first: number[] = []
  let depth = 0
  let isBegun = false
  for (const [token] of response.matchAll(/\(|\)|\d+/g)) {
    if (token === '(') {
      if (depth === 0) isBegun = true
      depth += 1
    } else if (token === ')') {
      depth -= 1
    } else if (isBegun) {
      first.push(Number(token))
      isBegun = false
    }
  }
  return first
}
