import type { FlagChange, ModSeq } from '@mailwright/core'
import type { ImapCommand, Numbering } from '../command.js'
import type { Cursor } from './cursor.js'
import { storedFlags } from './flags.js'
import { modSequenceValzer } from './mod-sequence.js'
import { sequenceSet } from './sequence-set.js'
import { atom } from './strings.js'

const FLAGS = /([+-]?)FLAGS(\.SILENT)?(?= )/iy

const MODES: { readonly [Sign in string]: FlagChange['mode'] } = { '+': 'add', '-': 'remove', '': 'replace' }

/**
 *     store           = "STORE" SP sequence-set [store-modifiers] SP store-att-flags
 *     store-modifiers = SP "(" store-modifier *(SP store-modifier) ")"
 *     store-modifier  =/ "UNCHANGEDSINCE" SP mod-sequence-valzer
 *     store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
 *
 * RFC 3501 §9, RFC 4466 §3, RFC 7162 §7. The cursor stands after the SP that follows "STORE".
 */
export function store(c: Cursor, numbering: Numbering): ImapCommand {
  const set = sequenceSet(c)
  c.sp()
  let unchangedSince: ModSeq | null = null
  if (c.peek === '(') {
    const given = c.list(storeModifier)
    if (given.length > 1) c.bad('UNCHANGEDSINCE given twice')
    unchangedSince = given[0] ?? null
    c.sp()
  }
  const [sign = '', silent] = c.groups(FLAGS) ?? c.bad('Unknown store item')
  c.sp()
  const change: FlagChange = { mode: MODES[sign] ?? 'replace', flags: storedFlags(c) }
  return { name: 'STORE', numbering, set, change, isSilent: silent !== undefined, unchangedSince }
}

function storeModifier(c: Cursor): ModSeq {
  const word = atom(c, 'store modifier').toUpperCase()
  if (word !== 'UNCHANGEDSINCE' || !c.offers('CONDSTORE')) return c.bad(`Unknown store modifier ${word}`)
  c.sp()
  return modSequenceValzer(c)
}
