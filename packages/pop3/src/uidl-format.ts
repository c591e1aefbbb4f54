import { HostError } from '@mailwright/core'
import { UNIQUE_ID_CHARACTERS } from './limits.js'

/** Makes a message's unique-id from its UID and its mailbox's UIDVALIDITY. */
export type UniqueId = (uid: number, uidValidity: number) => string

/** Dovecot's default: both numbers as eight hexadecimal digits. Clients of either server see the same ids. */
export const UIDL_FORMAT = '%08Xu%08Xv'

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'number'
      readonly of: 'uid' | 'uidValidity'
      readonly radix: 10 | 16
      /** Shorter numbers get zeros in front. 0: as they are. */
      readonly width: number
    }

const PIECE = /%(?:(%)|(0?)([0-9]*)([A-Z]*)([a-z]|\{[a-z_]*\}))|([!-$&-~]+)/y

const KEYS: { readonly [key: string]: 'uid' | 'uidValidity' } = {
  u: 'uid',
  '{uid}': 'uid',
  v: 'uidValidity',
  '{uidvalidity}': 'uidValidity',
}

/** Digits of the greatest 32-bit number. */
const DIGITS = { 10: 10, 16: 8 } as const

/**
 * Reads a `pop3_uidl_format` in the language of Dovecot 2.3: `%u` (or `%{uid}`) is the UID, `%v` (or `%{uidvalidity}`)
 * the UIDVALIDITY, `%Xu` in lower-case hexadecimal, `%08Xu` with zeros in front, `%%` a percent sign.
 *
 * `%f` (file name), `%g` (GUID) and `%m` (MD5 of the header) name what no store contract promises; a format that uses
 * them is refused, as is one that could give two messages one id.
 *
 * @throws {HostError} for a format that is malformed, has no UID, cuts a number short, or may grow past 70 characters.
 * @see RFC 1939 §7 (UIDL): one to 70 characters from 0x21 to 0x7E, never reused in a maildrop.
 */
export function uidlFormat(format: string): UniqueId {
  const parts = readParts(format)
  if (!parts.some((part) => part.kind === 'number' && part.of === 'uid')) {
    throw new HostError(`UIDL format '${format}' has no UID (%u): two messages would share one id`)
  }
  const longest = parts.reduce((sum, part) => sum + longestOf(part), 0)
  if (longest > UNIQUE_ID_CHARACTERS) {
    throw new HostError(
      `UIDL format '${format}' may give ${longest} characters; at most ${UNIQUE_ID_CHARACTERS} may be`,
    )
  }
  return (uid, uidValidity) => {
    let id = ''
    for (const part of parts) {
      id +=
        part.kind === 'text'
          ? part.text
          : (part.of === 'uid' ? uid : uidValidity).toString(part.radix).padStart(part.width, '0')
    }
    return id
  }
}

function readParts(format: string): readonly Part[] {
  const parts: Part[] = []
  for (let at = 0; at < format.length; ) {
    PIECE.lastIndex = at
    const match = PIECE.exec(format)
    if (match === null) throw new HostError(`UIDL format '${format}' is malformed at character ${at + 1}`)
    at = PIECE.lastIndex
    const [piece, percent, zero, width = '', modifiers = '', key = '', text] = match
    if (percent !== undefined) parts.push({ kind: 'text', text: '%' })
    else if (text !== undefined) parts.push({ kind: 'text', text })
    else parts.push(numberPart(format, piece, { isPadded: zero === '0', width: Number(width), modifiers, key }))
  }
  return parts
}

function numberPart(
  format: string,
  piece: string,
  spec: { readonly isPadded: boolean; readonly width: number; readonly modifiers: string; readonly key: string },
): Part {
  const of = Object.hasOwn(KEYS, spec.key) ? KEYS[spec.key] : undefined
  if (of === undefined) {
    throw new HostError(`UIDL format '${format}': '${piece}' is not known here; %u (UID) and %v (UIDVALIDITY) are`)
  }
  if (spec.modifiers !== '' && spec.modifiers !== 'X') {
    throw new HostError(`UIDL format '${format}': '${piece}' may have the modifier X (hexadecimal) and no other`)
  }
  if (spec.width > 0 && !spec.isPadded) {
    throw new HostError(`UIDL format '${format}': '${piece}' would cut the number short; a 0 before the width pads it`)
  }
  return { kind: 'number', of, radix: spec.modifiers === 'X' ? 16 : 10, width: spec.width }
}

function longestOf(part: Part): number {
  return part.kind === 'text' ? part.text.length : Math.max(part.width, DIGITS[part.radix])
}
