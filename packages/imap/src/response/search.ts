import type { ModSeq } from '@mailwright/core'
import type { Numbering, PartialRange } from '../command.js'
import type { SearchReport } from '../search/report.js'
import { writeString } from './strings.js'
import { writeUidSet } from './uid-set.js'

/**
 *     mailbox-data =/ "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq]
 *
 * RFC 3501 §9, RFC 7162 §7. `modSeq` where the client searched for one and found something.
 */
export function writeSearch(numbers: readonly number[], modSeq: ModSeq | null): string {
  const written = numbers.length === 0 ? 'SEARCH' : `SEARCH ${numbers.join(' ')}`
  return modSeq === null ? written : `${written} (MODSEQ ${modSeq})`
}

/** What an answer is about. */
export interface SearchCorrelator {
  readonly tag: string
  /** Its name as it is written; `undefined`: the client knows that it is the selected one. */
  readonly mailbox?: { readonly written: string; readonly uidValidity: number } | undefined
}

/**
 *     esearch-response   = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
 *     search-correlator  = SP "(" one-correlator *(SP one-correlator) ")"
 *     one-correlator     = ("TAG" SP tag-string) / ("MAILBOX" SP astring) / ("UIDVALIDITY" SP nz-number)
 *     search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set / "COUNT" SP number /
 *                          "PARTIAL" SP "(" partial-range SP partial-results ")" / "MODSEQ" SP mod-sequence-value /
 *                          "RELEVANCY" SP "(" [score *(SP score)] ")"
 *
 * RFC 9051 §9, RFC 7377 §4, RFC 4731 §4, RFC 9394 §4, RFC 6203 §7.
 */
export function writeEsearch(correlator: SearchCorrelator, numbering: Numbering, report: SearchReport): string {
  const { min, max, all, partial, count, modSeq, relevancy } = report
  const { tag, mailbox } = correlator
  const source = mailbox === undefined ? '' : ` MAILBOX ${mailbox.written} UIDVALIDITY ${mailbox.uidValidity}`
  let written = `ESEARCH (TAG ${writeString(tag)}${source})`
  if (numbering === 'uid') written += ' UID'
  if (min !== undefined) written += ` MIN ${min}`
  if (max !== undefined) written += ` MAX ${max}`
  if (all !== undefined) written += ` ALL ${writeUidSet(all)}`
  if (partial !== undefined) written += ` PARTIAL (${writeRange(partial.range)} ${writeResults(partial.results)})`
  if (count !== undefined) written += ` COUNT ${count}`
  if (modSeq !== undefined) written += ` MODSEQ ${modSeq}`
  if (relevancy !== undefined) written += ` RELEVANCY (${relevancy.join(' ')})`
  return written
}

/**
 *     ret-data-addto      = "ADDTO" SP "(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"
 *     ret-data-removefrom = "REMOVEFROM" SP "(" context-position SP sequence-set *(SP context-position SP sequence-set) ")"
 *
 * RFC 5267 §5, in an ESEARCH response.
 */
export function writeUpdate(
  correlator: SearchCorrelator,
  numbering: Numbering,
  item: 'ADDTO' | 'REMOVEFROM',
  runs: readonly { readonly position: number; readonly numbers: readonly number[] }[],
): string {
  const pairs = runs.map(({ position, numbers }) => `${position} ${writeUidSet(numbers)}`)
  return `${writeEsearch(correlator, numbering, {})} ${item} (${pairs.join(' ')})`
}

function writeRange({ first, last }: PartialRange): string {
  return `${first}:${last}`
}

/** `partial-results = sequence-set / "NIL"` of RFC 9394 §4. */
function writeResults(results: readonly number[]): string {
  return results.length === 0 ? 'NIL' : writeUidSet(results)
}

/**
 *     sort-data = "SORT" [1*(SP nz-number) SP search-sort-mod-seq]
 *
 * RFC 5256 §5, RFC 7162 §7.
 */
export function writeSort(numbers: readonly number[], modSeq: ModSeq | null): string {
  const written = numbers.length === 0 ? 'SORT' : `SORT ${numbers.join(' ')}`
  return modSeq === null ? written : `${written} (MODSEQ ${modSeq})`
}
