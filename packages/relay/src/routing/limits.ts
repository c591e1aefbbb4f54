/** Bounds of what an address may come to. */
export interface RoutingLimits {
  /** Recipients that one recipient may come to. Default 1,000 (Postfix's virtual_alias_expansion_limit). Passed: `451 4.3.0`, and the log tells. */
  readonly expansion: number
  /** Aliases of aliases. Default 100; Postfix's virtual_alias_recursion_limit is 1,000. Passed: as above. */
  readonly depth: number
  /** Characters of an address that tables make. Default 1,000 (virtual_alias_address_length_limit): patterns that double what they match make more in a few steps. Passed: as above. */
  readonly address: number
}

export const ROUTING_LIMITS: RoutingLimits = { expansion: 1_000, depth: 100, address: 1_000 }

/** Values within values. Default 50: main.cf's own deepest has three. Passed: a host error; a value that names itself is the usual reason. */
export const PARAMETER_DEPTH = 50
