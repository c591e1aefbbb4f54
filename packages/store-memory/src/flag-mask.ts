import { ALL_RIGHTS, DELETED, type FlagChange, type Rights, SEEN, type SystemFlags } from '@mailwright/core'

/** Which flags a change may touch. */
export interface FlagMask {
  readonly system: SystemFlags
  readonly keywords: boolean
}

const EVERY_FLAG: FlagMask = { system: 0xff, keywords: true }

/** Flags that these rights change: RFC 4314 §4. */
export function maskOf(rights: Rights): FlagMask {
  if (rights === ALL_RIGHTS) return EVERY_FLAG
  const seen = rights.includes('s') ? SEEN : 0
  const deleted = rights.includes('t') ? DELETED : 0
  const others = rights.includes('w') ? EVERY_FLAG.system & ~(SEEN | DELETED) : 0
  return { system: seen | deleted | others, keywords: rights.includes('w') }
}

/** Whether a change is about any flag that may be changed; one about none at all is (RFC 4314 §4, STORE). */
export function touches({ mode, flags }: FlagChange, mask: FlagMask): boolean {
  if (mode === 'replace') return mask.system !== 0
  if (flags.system === 0 && flags.keywords.length === 0) return true
  return (flags.system & mask.system) !== 0 || (mask.keywords && flags.keywords.length > 0)
}
