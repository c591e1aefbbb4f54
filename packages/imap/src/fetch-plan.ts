import type { FetchField } from '@mailwright/core'
import type { FetchItem, Partial, Section } from './command.js'

/** An item as it is answered; the older names of sections are sections. */
export type PlannedItem =
  | { readonly item: 'FLAGS' }
  | { readonly item: 'EMAILID' | 'MODSEQ' | 'SAVEDATE' | 'THREADID' }
  | { readonly item: 'UID' | 'INTERNALDATE' | 'RFC822.SIZE' | 'ENVELOPE' | 'BODY' | 'BODYSTRUCTURE' }
  | {
      readonly item: 'section'
      /** What stands before the text, as in `BODY[TEXT]<0>`. */
      readonly label: string
      readonly section: Section
      readonly partial: Partial | null
    }
  | {
      readonly item: 'binary'
      /** As in `BINARY[2]<0>`. */
      readonly label: string
      readonly part: readonly number[]
      readonly partial: Partial | null
    }
  | { readonly item: 'binarySize'; readonly label: string; readonly part: readonly number[] }
  | Extract<FetchItem, { readonly item: 'PREVIEW' }>

/** What one FETCH needs, whatever the message. */
export interface FetchPlan {
  readonly items: readonly PlannedItem[]
  /** Columns to ask the store for; none: the view knows all. */
  readonly fields: readonly FetchField[]
  /** Some item sets `\Seen`. */
  readonly setsSeen: boolean
  readonly hasFlags: boolean
  readonly hasModSeq: boolean
  /** Previews that may still be made for who asked with LAZY; counts down as the FETCH goes on. */
  readonly lazyPreviews: { left: number }
}

const WHOLE: Section = { part: [], text: { kind: 'all' } }
const HEADER: Section = { part: [], text: { kind: 'header' } }
const TEXT: Section = { part: [], text: { kind: 'text' } }

/** Columns of items that are columns. */
const COLUMNS: { readonly [Item in 'EMAILID' | 'INTERNALDATE' | 'RFC822.SIZE' | 'SAVEDATE' | 'THREADID']: FetchField } =
  {
    EMAILID: 'emailId',
    INTERNALDATE: 'internalDate',
    'RFC822.SIZE': 'octets',
    SAVEDATE: 'saveDate',
    THREADID: 'threadId',
  }

/**
 * Plans a FETCH. `RFC822` and its kin are sections under other names;
 * RFC822.HEADER does not set `\Seen` (§6.4.5).
 */
export function planFetch(asked: readonly FetchItem[], lazyPreviews: number): FetchPlan {
  const items: PlannedItem[] = []
  const fields = new Set<FetchField>()
  let setsSeen = false
  for (const item of asked) {
    switch (item.item) {
      case 'UID':
        items.push({ item: 'UID' })
        break
      case 'FLAGS':
        items.push({ item: 'FLAGS' })
        break
      case 'MODSEQ':
        // With the flags that belong to it: a mod-sequence beside older flags would hide the change from the client for good.
        fields.add('modSeq')
        fields.add('flags')
        items.push({ item: item.item })
        break
      case 'EMAILID':
      case 'INTERNALDATE':
      case 'RFC822.SIZE':
      case 'SAVEDATE':
      case 'THREADID':
        fields.add(COLUMNS[item.item])
        items.push({ item: item.item })
        break
      case 'ENVELOPE':
      case 'BODY':
      case 'BODYSTRUCTURE':
        fields.add('digest')
        items.push({ item: item.item })
        break
      case 'RFC822':
      case 'RFC822.TEXT':
      case 'RFC822.HEADER': {
        const section = item.item === 'RFC822' ? WHOLE : item.item === 'RFC822.TEXT' ? TEXT : HEADER
        setsSeen ||= item.item !== 'RFC822.HEADER'
        fields.add('digest')
        items.push({ item: 'section', label: item.item, section, partial: null })
        break
      }
      case 'BODY[]': {
        const { section, partial, label } = item
        setsSeen ||= !item.isPeek
        fields.add('digest')
        items.push({ item: 'section', label: `BODY${label}`, section, partial })
        break
      }
      case 'BINARY[]': {
        const { part, partial, label } = item
        setsSeen ||= !item.isPeek
        fields.add('digest')
        items.push({ item: 'binary', label: `BINARY${label}`, part, partial })
        break
      }
      case 'BINARY.SIZE[]':
        fields.add('digest')
        items.push({ item: 'binarySize', label: `BINARY.SIZE${item.label}`, part: item.part })
        break
      case 'PREVIEW':
        fields.add('digest')
        items.push(item)
        break
      default:
        item satisfies never
    }
  }
  const has = (name: FetchItem['item']): boolean => asked.some(({ item }) => item === name)
  return {
    items,
    fields: [...fields],
    setsSeen,
    hasFlags: has('FLAGS'),
    hasModSeq: has('MODSEQ'),
    lazyPreviews: { left: lazyPreviews },
  }
}
