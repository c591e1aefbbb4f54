import type { FetchField } from '@mailwright/core'

/** RFC 5256 §3; DISPLAYFROM and DISPLAYTO: RFC 5957 §4; RELEVANCY: RFC 6203 §6. */
export type SortKey =
  | 'ARRIVAL'
  | 'CC'
  | 'DATE'
  | 'DISPLAYFROM'
  | 'DISPLAYTO'
  | 'FROM'
  | 'RELEVANCY'
  | 'SIZE'
  | 'SUBJECT'
  | 'TO'

export interface SortCriterion {
  readonly key: SortKey
  readonly isReverse: boolean
}

/** What has to be known of a message to sort it by a key. */
export function fieldsOf(key: SortKey): readonly FetchField[] {
  switch (key) {
    case 'RELEVANCY':
      return []
    case 'ARRIVAL':
      return ['internalDate']
    case 'SIZE':
      return ['octets']
    case 'DATE':
      // RFC 5256 §2.2: without a readable Date field INTERNALDATE is the sent date.
      return ['internalDate', 'digest']
    case 'CC':
    case 'DISPLAYFROM':
    case 'DISPLAYTO':
    case 'FROM':
    case 'SUBJECT':
    case 'TO':
      return ['digest']
    default:
      return key satisfies never
  }
}
