import type { LiteralAnnouncement } from '../command.js'

const AT_LINE_END = /(~?)\{(\d+)(\+?)\}$/

/** The greatest `number` of RFC 3501 §9. */
const MAX_OCTETS = 0xffff_ffff

/**
 *     literal  = "{" number ["+"] "}" CRLF *CHAR8
 *     literal8 = "~{" number ["+"] "}" CRLF *OCTET
 *
 * RFC 7888 §8, RFC 4466 §3.
 *
 * Finds the announcement at the end of `line`. `null` where the command ends with the line; `tooGreat` for a number past 32
 * bits, which nobody means: what follows cannot be told from commands.
 */
export function announcement(line: string): LiteralAnnouncement | null | 'tooGreat' {
  if (!line.endsWith('}')) return null
  const found = AT_LINE_END.exec(line)
  if (found === null) return null
  const [, binary = '', digits = '', plus = ''] = found
  const octets = Number(digits)
  if (octets > MAX_OCTETS) return 'tooGreat'
  return { octets, isNonSync: plus === '+', isBinary: binary === '~' }
}
