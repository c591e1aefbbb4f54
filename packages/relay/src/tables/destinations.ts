import { type AddressToken, addressTokens, isSpecial, meaningOf, writeTokens } from './address-tokens.js'

/** One member of an alias's list. */
export type AliasDestination =
  | { readonly kind: 'address'; readonly address: string }
  /** `\name`: this user, without a look at aliases again. */
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'include'; readonly path: string }

/**
 * Reads a list of destinations: separated by commas, or by white space where no comma stands; quotes keep what is special, comments in parentheses
 * are passed over.
 *
 *     destination = address / "\" name / "|" command / "/" file / ":include:" path
 *
 * aliases(5). An address in angle brackets loses them, with the phrase before it.
 */
export function parseDestinations(value: string): readonly AliasDestination[] {
  return groupsOf(addressTokens(value)).flatMap((group): readonly AliasDestination[] => {
    const meaning = meaningOf(group)
    if (meaning === '') return []
    if (meaning.startsWith('|')) return [{ kind: 'command', command: meaning.slice(1).trim() }]
    if (meaning.startsWith('/')) return [{ kind: 'file', path: meaning }]
    const path = /^:include:(.+)$/is.exec(meaning)?.[1]
    if (path !== undefined) return [{ kind: 'include', path: path.trim() }]
    const [first, ...more] = group
    if (first?.isEscaped === true && more.length === 0) return [{ kind: 'user', name: first.text }]
    return [{ kind: 'address', address: writeTokens(group) }]
  })
}

/** The tokens of each address. */
function groupsOf(tokens: readonly AddressToken[]): readonly (readonly AddressToken[])[] {
  const words = tokens.filter(({ kind }) => kind !== 'comment')
  const groups: (readonly AddressToken[])[] = []
  let start = 0
  for (let at = 0; at <= words.length; at++) {
    const token = words[at]
    // Commas within angle brackets belong to a source route.
    if (isSpecial(token, '<')) at = closing(words, at) ?? at
    else if (token === undefined || isSpecial(token, ',') || isSpecial(token, ';')) {
      groups.push(...addressesOf(words.slice(start, at)))
      start = at + 1
    }
  }
  return groups
}

/** What stands between two commas: what is in angle brackets, or words, each of which begins an address where one ends already. */
function addressesOf(words: readonly AddressToken[]): readonly (readonly AddressToken[])[] {
  const open = words.findIndex((token) => isSpecial(token, '<'))
  const close = open < 0 ? undefined : closing(words, open)
  if (close !== undefined) return [words.slice(open + 1, close), ...addressesOf(words.slice(close + 1))]
  const groups: AddressToken[][] = []
  let last: AddressToken | undefined
  for (const token of words) {
    if (last === undefined || (token.kind !== 'special' && last.kind !== 'special')) groups.push([token])
    else groups.at(-1)?.push(token)
    last = token
  }
  return groups
}

function closing(words: readonly AddressToken[], open: number): number | undefined {
  const at = words.findIndex((token, index) => index > open && isSpecial(token, '>'))
  return at < 0 ? undefined : at
}
