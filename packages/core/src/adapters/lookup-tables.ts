/** What a table says about a key. An empty value counts as found. */
export type LookupAnswer =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'notFound' }
  /** The table cannot be read now; mail that depends on it waits. */
  | { readonly kind: 'tryAgain'; readonly reason: string }

/**
 * Tables of the host: aliases, access, transport and so on, each by the name under which the host's rules know it (`hash:/etc/aliases`,
 * `sql:users`, or any word). One key, one answer: which keys are tried, and in which order, is the asker's.
 */
export interface LookupTables {
  /** @throws only for faults; a table that does not exist is one. */
  lookup(args: { readonly table: string; readonly key: string }, signal: AbortSignal): Promise<LookupAnswer>
}
