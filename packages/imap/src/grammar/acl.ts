import { type AclChange, rightsOf } from '@mailwright/core'
import type { ImapCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { astring, text } from './strings.js'

/** What the letters of the wire stand for; `c` and `d` for several (RFC 4314 §2.1.1: `c` is `kx` here, and `d` is `te`). */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ...Array.from('lrswipkxtea', (right): [string, string] => [right, right]),
  ['c', 'kx'],
  ['d', 'te'],
])

/**
 *     getacl   = "GETACL" SP mailbox
 *     myrights = "MYRIGHTS" SP mailbox
 *
 * RFC 4314 §7.
 */
export function ofMailbox(name: 'GETACL' | 'MYRIGHTS'): (c: Cursor) => ImapCommand {
  return (c) => ({ name, mailbox: mailbox(c) })
}

/**
 *     deleteacl  = "DELETEACL" SP mailbox SP identifier
 *     listrights = "LISTRIGHTS" SP mailbox SP identifier
 *
 * RFC 4314 §7.
 */
export function ofIdentifier(name: 'DELETEACL' | 'LISTRIGHTS'): (c: Cursor) => ImapCommand {
  return (c) => {
    const of = mailbox(c)
    c.sp()
    return { name, mailbox: of, identifier: identifier(c) }
  }
}

/**
 *     setacl     = "SETACL" SP mailbox SP identifier SP mod-rights
 *     mod-rights = astring ; +rights to add, -rights to remove, rights to replace
 *
 * RFC 4314 §7.
 */
export function setAcl(c: Cursor): ImapCommand {
  const of = mailbox(c)
  c.sp()
  const who = identifier(c)
  c.sp()
  return { name: 'SETACL', mailbox: of, change: { identifier: who, ...modRights(c) } }
}

/** `identifier = astring`, not empty and without control characters (RFC 4314 §3). */
function identifier(c: Cursor): string {
  const prepared = text(astring(c, 'identifier')).normalize('NFKC')
  if (prepared === '' || prepared === '-' || /[\u0000-\u001f\u007f-\u009f]/.test(prepared)) c.bad('Invalid identifier')
  return prepared
}

/** A right that nobody knows is refused, never ignored (RFC 4314 §3.1; the words are its example's). */
function modRights(c: Cursor): Pick<AclChange, 'mode' | 'rights'> {
  const letters = astring(c, 'rights')
  const mode = letters.startsWith('+') ? 'add' : letters.startsWith('-') ? 'remove' : 'replace'
  const named = Array.from(mode === 'replace' ? letters : letters.slice(1))
  const rights = named.flatMap((letter) => {
    if (/[A-Z]/.test(letter)) c.bad('Uppercase rights are not allowed')
    return Array.from(LETTERS.get(letter) ?? c.bad(`The ${letter} right is not supported`))
  })
  return { mode, rights: rightsOf(rights) }
}
