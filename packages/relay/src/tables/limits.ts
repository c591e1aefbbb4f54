import type { Millis, Octets } from '@mailwright/core'

/** Bounds of tables. */
export interface TableLimits {
  /** A text file of a table. Default 64 MiB: some 1,000,000 lines; larger ones belong into a database. Passed: the table answers that it cannot be read, and mail waits. */
  readonly fileOctets: Octets
  /** How often a file is looked at. Default 1 s: one look at its date a second costs nothing, and a change counts two seconds later. */
  readonly check: Millis
  /** Characters of a key that patterns are tried on. Default 2,048: an address has 320, a line of SMTP 2,048. Passed: the table has nothing for it. */
  readonly patternKey: number
  /** Tables within tables (`unionmap:`, `pipemap:`). Default 10: a person nests two. Passed: a host error. */
  readonly depth: number
}

export const TABLE_LIMITS: TableLimits = { fileOctets: 67_108_864, check: 1_000, patternKey: 2_048, depth: 10 }
