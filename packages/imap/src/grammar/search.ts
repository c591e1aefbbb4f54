import type { ImapCommand, Numbering } from '../command.js'
import { charsetDecoder, SEARCH_CHARSETS } from '../search/charset.js'
import type { ReturnOptions } from '../search/return-options.js'
import type { SearchKey } from '../search/search-key.js'
import type { Cursor } from './cursor.js'
import { checkFuzzy, returnOptions } from './return-options.js'
import type { Decode } from './search-key.js'
import { searchKeys } from './search-keys.js'
import { astring } from './strings.js'

const CHARSET = /CHARSET /iy

/**
 *     search         = "SEARCH" [search-return-opts] SP search-program
 *     search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
 *
 * RFC 9051 §9. The cursor stands after the SP that follows "SEARCH". Without a charset strings are UTF-8, of which
 * US-ASCII is a part (§6.4.4).
 */
export function search(c: Cursor, numbering: Numbering): ImapCommand {
  const returns = returnOptions(c, { returns: 'ESEARCH', context: 'CONTEXT=SEARCH' })
  if (returns !== null) c.sp()
  return { name: 'SEARCH', numbering, ...searchProgram(c, returns), returns }
}

/** `search-program`, see {@link search}. */
export function searchProgram(
  c: Cursor,
  returns: ReturnOptions | null,
): { readonly charset: string | null; readonly keys: SearchKey } {
  let charset: string | null = null
  if (c.match(CHARSET) !== undefined) {
    charset = astring(c, 'charset').toUpperCase()
    c.sp()
  }
  const keys = searchKeys(c, decoder(c, charset ?? 'UTF-8'))
  checkFuzzy(c, keys, returns?.items.has('RELEVANCY') === true)
  return { charset, keys }
}

/** The decoder of strings in that charset; an unknown one is refused (RFC 9051 §6.4.4). */
export function decoder(c: Cursor, charset: string): Decode {
  return charsetDecoder(charset) ?? c.no(`BADCHARSET (${SEARCH_CHARSETS.join(' ')})`, 'Unknown charset')
}
