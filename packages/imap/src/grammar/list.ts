import type { ListCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { listPattern, reference } from './mailbox.js'
import { atom } from './strings.js'

const RETURN = /RETURN /iy

/**
 *     list             = "LIST" [SP list-select-opts] SP mailbox SP list-mailbox [SP list-return-opts]
 *     list-select-opts = "(" [list-select-option *(SP list-select-option)] ")"
 *     list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
 *
 * RFC 5258 §6, with the one option that SPECIAL-USE brings to either list (RFC 6154 §6). The cursor stands after the SP that
 * follows "LIST".
 */
export function list(c: Cursor): ListCommand {
  let isSpecialUse = false
  if (c.peek === '(') {
    isSpecialUse = c.listOrEmpty(option).length > 0
    c.sp()
  }
  const command = names(c, 'LIST')
  if (c.skip(' ')) {
    if (c.match(RETURN) === undefined) c.bad('Unexpected text after the pattern')
    c.listOrEmpty(option)
  }
  return isSpecialUse ? { ...command, only: 'specialUse' } : command
}

/**
 *     lsub = "LSUB" SP mailbox SP list-mailbox
 *
 * RFC 3501 §9.
 */
export function lsub(c: Cursor): ListCommand {
  return names(c, 'LSUB')
}

function names(c: Cursor, name: 'LIST' | 'LSUB'): ListCommand {
  const root = reference(c)
  c.sp()
  return { name, reference: root, pattern: listPattern(c) }
}

function option(c: Cursor): string {
  const name = atom(c, 'option').toUpperCase()
  return name === 'SPECIAL-USE' && c.offers('SPECIAL-USE') ? name : c.bad(`Unknown LIST option ${name}`)
}
