import type { SpecialUse } from '@mailwright/core'
import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { createdMailbox } from './mailbox.js'
import { atom } from './strings.js'

const USE = /USE /iy

/** `use-attr` of RFC 6154 §6 and RFC 8457 §3 by its upper-case word. */
const USE_ATTRS: ReadonlyMap<string, SpecialUse> = new Map(
  (['All', 'Archive', 'Drafts', 'Flagged', 'Important', 'Junk', 'Sent', 'Trash'] as const).map((use) => [
    use.toUpperCase(),
    use,
  ]),
)

/**
 *     create        = "CREATE" SP mailbox [create-params]
 *     create-params = SP "(" create-param *( SP create-param) ")"
 *     create-param  = "USE" SP "(" [use-attr *(SP use-attr)] ")"
 *
 * RFC 4466 §3, RFC 6154 §6.
 */
export function create(c: Cursor): ImapCommand {
  const mailbox = createdMailbox(c)
  const params = c.skip(' ') ? c.list(useParam) : []
  if (params.length > 1) c.bad('USE given twice')
  return { name: 'CREATE', mailbox, specialUse: [...new Set(params.flat())] }
}

function useParam(c: Cursor): SpecialUse[] {
  if (!c.offers('CREATE-SPECIAL-USE') || c.match(USE) === undefined) c.bad('Unknown CREATE parameter')
  return c.listOrEmpty(useAttr)
}

/** An attribute we do not know cannot be given to a mailbox: `NO [USEATTR]` (RFC 6154 §3). */
function useAttr(c: Cursor): SpecialUse {
  c.expect('\\')
  const word = atom(c, 'special use')
  return USE_ATTRS.get(word.toUpperCase()) ?? c.no('USEATTR', `\\${word} not supported`)
}
