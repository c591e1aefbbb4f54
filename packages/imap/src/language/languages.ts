import { GERMAN } from './german.js'
import { type Translator, translator } from './translation.js'

/** The language of RFC 2277 §4.5, which is English in US-ASCII. */
export const DEFAULT_LANGUAGE = 'i-default'

/** English once it was asked for: the same words. */
const ENGLISH: Translator = { tag: 'en', translate: (text) => text }

const TRANSLATORS: readonly Translator[] = [ENGLISH, translator(GERMAN)]

/** Tags of every language that can be spoken. RFC 5255 §3.1. */
export const LANGUAGES: readonly string[] = [...TRANSLATORS.map(({ tag }) => tag), DEFAULT_LANGUAGE]

/** A language to speak; `null` is {@link DEFAULT_LANGUAGE}, in which nothing is translated. */
export type Spoken = Translator | null

/** The language of a tag, whatever its case; `undefined` where there is none. */
export function languageOf(tag: string): Spoken | undefined {
  const name = tag.toLowerCase()
  return name === DEFAULT_LANGUAGE ? null : TRANSLATORS.find((known) => known.tag === name)
}

/**
 * The first of the ranges that a language fits: by the lookup of RFC 4647 §3.4, which shortens a range until it does. `default` is
 * what the host prefers (RFC 5255 §3.2), and so is `*`.
 */
export function lookUp(ranges: readonly string[], preferred: Spoken): Spoken | undefined {
  for (const range of ranges) {
    if (range === '*' || range.toLowerCase() === 'default') return preferred
    for (let tag = range; tag !== ''; tag = shorter(tag)) {
      const found = languageOf(tag)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** Without its last subtag, and without a single letter before it, which only announced that. */
function shorter(tag: string): string {
  const end = tag.lastIndexOf('-')
  if (end === -1) return ''
  const rest = tag.slice(0, end)
  return /(^|-)[A-Za-z0-9]$/.test(rest) ? shorter(rest) : rest
}
