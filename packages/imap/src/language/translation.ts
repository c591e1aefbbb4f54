/** What the server says, in one language. */
export interface Translation {
  /** Its tag (RFC 5646), as LANGUAGE tells it. */
  readonly tag: string
  /**
   * Texts by their English. `{}` stands for what changes, a name or a number, and comes in the same order in both; what stands in its
   * place is translated, too, where it is a text of its own. A text that is not here is said in English.
   */
  readonly texts: ReadonlyMap<string, string>
}

/** A translation made ready for use. */
export interface Translator {
  readonly tag: string
  translate(text: string): string
}

interface Template {
  /** What stands around the places, in English and translated. */
  readonly english: readonly string[]
  readonly translated: readonly string[]
}

export function translator({ tag, texts }: Translation): Translator {
  const templates: Template[] = []
  for (const [english, translated] of texts) {
    if (english.includes('{}')) templates.push({ english: english.split('{}'), translated: translated.split('{}') })
  }
  const fill = (text: string, depth: number): string => {
    const whole = texts.get(text)
    if (whole !== undefined) return whole
    for (const { english, translated } of depth === 0 ? [] : templates) {
      const found = places(text, english)
      if (found === undefined) continue
      return translated
        .map((piece, at) => (at === 0 ? piece : `${fill(found[at - 1] ?? '', depth - 1)}${piece}`))
        .join('')
    }
    return text
  }
  return { tag, translate: (text) => fill(text, 2) }
}

/**
 * What stands in the places between `pieces`, each as short as can be and never empty; `undefined` where the text is another. Linear: a
 * client may have had a hand in the text.
 */
function places(text: string, pieces: readonly string[]): readonly string[] | undefined {
  const [first = '', ...others] = pieces
  const last = others.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined
  const found: string[] = []
  let from = first.length
  for (const piece of others) {
    const at = text.indexOf(piece, from + 1)
    if (at === -1) return undefined
    found.push(text.slice(from, at))
    from = at + piece.length
  }
  const end = text.length - last.length
  if (end <= from) return undefined
  return [...found, text.slice(from, end)]
}
