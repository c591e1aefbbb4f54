/** What only a shell understands. */
const SHELL = /[$`;&|<>*?~()[\]{}!\n\r\0]/

/**
 * Cuts a command line of an alias into a program and its arguments: at white space; quotes of both kinds and backslashes keep together and mean
 * themselves no more. No shell ever sees it.
 *
 * @returns `undefined` for an empty one, for quotes left open, and for what only a shell would understand outside of single quotes.
 */
export function commandWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word)
      word = null
    } else if (character === "'" || character === '"') {
      const quoted = quotedWord(text, at)
      if (quoted === undefined) return undefined
      word = (word ?? '') + quoted.value
      at = quoted.end
    } else if (character === '\\') {
      if (++at >= text.length) return undefined
      word = (word ?? '') + text.charAt(at)
    } else if (SHELL.test(character)) return undefined
    else word = (word ?? '') + character
  }
  if (word !== null) words.push(word)
  return words.length > 0 && words[0] !== '' ? words : undefined
}

/** What stands in quotes from `open`, and where they close. In double quotes a backslash takes itself and quotes in; a shell's signs stay a shell's. */
function quotedWord(text: string, open: number): { readonly value: string; readonly end: number } | undefined {
  const quote = text.charAt(open)
  let value = ''
  for (let at = open + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === quote) return { value, end: at }
    if (quote === '"' && character === '\\' && /["\\$`]/.test(text.charAt(at + 1))) value += text.charAt(++at)
    else if (quote === '"' && /[$`]/.test(character)) return undefined
    else value += character
  }
  return undefined
}
