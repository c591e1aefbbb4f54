import { type Annotation, type FlagColumns, keywordsAt } from '@mailwright/core'

/** One message's flags as laws compare them: keywords sorted, since their order means nothing. */
export interface Row {
  readonly uid: number
  readonly system: number
  readonly keywords: readonly string[]
}

export function rowsOf(columns: FlagColumns): Row[] {
  return Array.from(columns.uids, (uid, at) => ({
    uid,
    system: columns.system[at] ?? 0,
    keywords: keywordsAt(columns, at).sort(),
  }))
}

/** Annotations as laws compare them: their order means nothing. */
export function sortedAnnotations(annotations: readonly Annotation[]): (readonly [string, Uint8Array])[] {
  return annotations
    .map(({ entry, value }): readonly [string, Uint8Array] => [entry, value])
    .sort(([one], [other]) => (one < other ? -1 : 1))
}
