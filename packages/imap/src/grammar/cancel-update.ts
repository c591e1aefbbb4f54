import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { string } from './strings.js'

/**
 *     command-select =/ "CANCELUPDATE" 1*(SP quoted)
 *
 * RFC 5267 §5. The cursor stands after the SP that follows "CANCELUPDATE".
 */
export function cancelUpdate(c: Cursor): ImapCommand {
  const tags: string[] = []
  do tags.push(string(c))
  while (c.skip(' '))
  return { name: 'CANCELUPDATE', tags }
}
