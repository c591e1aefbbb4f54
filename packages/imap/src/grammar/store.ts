import type { FlagChange } from '@mailwright/core'
import type { ImapCommand, Numbering } from '../command.js'
import type { Cursor } from './cursor.js'
import { storedFlags } from './flags.js'
import { sequenceSet } from './sequence-set.js'

const FLAGS = /([+-]?)FLAGS(\.SILENT)?(?= )/iy

const MODES: { readonly [Sign in string]: FlagChange['mode'] } = { '+': 'add', '-': 'remove', '': 'replace' }

/**
 *     store           = "STORE" SP sequence-set SP store-att-flags
 *     store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
 *
 * RFC 3501 §9. The cursor stands after the SP that follows "STORE".
 */
export function store(c: Cursor, numbering: Numbering): ImapCommand {
  const set = sequenceSet(c)
  c.sp()
  const [sign = '', silent] = c.groups(FLAGS) ?? c.bad('Unknown store item')
  c.sp()
  const change: FlagChange = { mode: MODES[sign] ?? 'replace', flags: storedFlags(c) }
  return { name: 'STORE', numbering, set, change, isSilent: silent !== undefined }
}
