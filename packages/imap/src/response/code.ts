import type { UidList, UidMap } from '@mailwright/core'
import { writeUidSet } from './uid-set.js'

/**
 *     resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
 *
 * RFC 4315 §4; several uids after MULTIAPPEND.
 */
export function appendUidCode(appended: { readonly uidValidity: number; readonly uids: UidList }): string {
  return `APPENDUID ${appended.uidValidity} ${writeUidSet(appended.uids)}`
}

/**
 *     resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
 *
 * RFC 4315 §4. `null` when nothing was copied: an empty set cannot be written.
 */
export function copyUidCode(map: UidMap): string | null {
  if (map.from.length === 0) return null
  return `COPYUID ${map.uidValidity} ${writeUidSet(map.from)} ${writeUidSet(map.to)}`
}
