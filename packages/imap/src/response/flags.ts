import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, type SystemFlags } from '@mailwright/core'

/** In the order other servers tell them. */
const NAMES: readonly (readonly [bit: number, name: string])[] = [
  [ANSWERED, '\\Answered'],
  [FLAGGED, '\\Flagged'],
  [DELETED, '\\Deleted'],
  [SEEN, '\\Seen'],
  [DRAFT, '\\Draft'],
]

const ALL_SYSTEM = ANSWERED | FLAGGED | DELETED | SEEN | DRAFT

/** Every combination of system flags as it is written: a long FETCH of flags builds no lists. */
const COMBINATIONS: readonly string[] = Array.from({ length: ALL_SYSTEM + 1 }, (_, bits) =>
  NAMES.filter(([bit]) => (bits & bit) !== 0)
    .map(([, name]) => name)
    .join(' '),
)

/**
 *     "(" [flag-fetch *(SP flag-fetch)] ")"
 *     "(" [flag-perm *(SP flag-perm)] ")"
 *
 * RFC 3501 §9.
 *
 * @param system bits of core's system flags; other bits are ignored.
 * @param extra `\Recent` of FETCH, `\*` of PERMANENTFLAGS.
 */
export function writeFlags(system: SystemFlags, keywords: readonly string[], extra?: '\\Recent' | '\\*'): string {
  let flags = COMBINATIONS[system & ALL_SYSTEM] ?? ''
  for (const keyword of keywords) flags += flags === '' ? keyword : ` ${keyword}`
  if (extra !== undefined) flags += flags === '' ? extra : ` ${extra}`
  return `(${flags})`
}
