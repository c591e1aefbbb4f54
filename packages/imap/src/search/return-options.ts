import type { FetchItem, PartialRange } from '../command.js'

/** RFC 4731 §3.1; SAVE: RFC 5182 §2.1; UPDATE: RFC 5267 §4.3; RELEVANCY: RFC 6203 §4. CONTEXT (RFC 5267 §4.2) is a hint that changes nothing. */
export type ReturnItem = 'MIN' | 'MAX' | 'ALL' | 'COUNT' | 'SAVE' | 'UPDATE' | 'RELEVANCY'

/** What RETURN asks for. */
export interface ReturnOptions {
  readonly items: ReadonlySet<ReturnItem>
  readonly partial: PartialRange | null
  /** What UPDATE tells of new messages among the results (RFC 5465 §7); absent: no more than that they are. */
  readonly news?: readonly FetchItem[]
}

/** `RETURN ()`, and SEARCH of a client that speaks IMAP4rev2, without RETURN (RFC 9051 §6.4.4). */
export const RETURN_ALL: ReturnOptions = { items: new Set<ReturnItem>(['ALL']), partial: null }
