/** A table that was read. One key, one answer; which keys are tried, and in which order, is the asker's. */
export interface Table {
  lookup(key: string): string | undefined
  /** Keys and values as they stand, where the table has such; for a look at the whole. */
  entries?(): Iterable<readonly [key: string, value: string]>
}

/** What is wrong with a line. It counts as not there. */
export interface TableProblem {
  readonly line: number
  readonly message: string
}

export interface ReadTable {
  readonly table: Table
  readonly problems: readonly TableProblem[]
}
