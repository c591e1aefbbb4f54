import type { MessageDigest, Octets } from '@mailwright/core'
import { RecentMap } from './recent-map.js'

/** Digests that were computed since the store was opened, up to a weight; any may be gone at any time. */
export type DigestCache = RecentMap<MessageDigest>

export function digestCache(octets: Octets): DigestCache {
  return new RecentMap(octets, weightOf)
}

/** Of an object's fixed part, roughly. */
const OBJECT_OCTETS = 500

function weightOf(digest: MessageDigest): Octets {
  // A message of n parts has a body structure of some hundred octets for each; the sections weigh about as much.
  return OBJECT_OCTETS + digest.envelope.length + 2 * digest.bodyStructure.length + digest.fields.length
}
