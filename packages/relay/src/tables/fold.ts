/**
 * Makes keys alike that differ by case only: Unicode's full case folding, character by character (`Straße` and `STRASSE` are one key), as
 * Postfix's casefold has it.
 */
export function foldKey(key: string): string {
  if (/^[\x00-\x7f]*$/.test(key)) return key.toLowerCase()
  return Array.from(key, (character) => character.toUpperCase().toLowerCase()).join('')
}
