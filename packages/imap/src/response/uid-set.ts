/**
 *     uid-set   = (uniqueid / uid-range) *("," uid-set)
 *     uid-range = (uniqueid ":" uniqueid)
 *
 * RFC 4315 §4. Neighbours become ranges; the order stays, since the two sets of COPYUID are read side by side (§3).
 *
 * @param uids not empty. Also takes sequence numbers.
 */
export function writeUidSet(uids: Iterable<number>): string {
  let written = ''
  let first = 0
  let last = 0
  for (const uid of uids) {
    if (last !== 0 && uid === last + 1) {
      last = uid
      continue
    }
    written += range(first, last)
    first = last = uid
  }
  return (written + range(first, last)).slice(1)
}

function range(first: number, last: number): string {
  if (last === 0) return ''
  return first === last ? `,${first}` : `,${first}:${last}`
}
