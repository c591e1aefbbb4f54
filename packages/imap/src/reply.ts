import type { Flow } from '@mailwright/core'
import type { Parsed } from './command.js'

/** How a command ends: its tagged reply, which only the command runner writes. */
export interface Reply {
  readonly status: 'OK' | 'NO' | 'BAD'
  /** `resp-text-code` of RFC 3501 §9, without brackets; `null` for none. */
  readonly code: string | null
  readonly text: string
  /** What happens once the reply is written: STARTTLS's handshake. */
  readonly afterwards?: () => Flow<void>
}

export function ok(text: string, code: string | null = null): Reply {
  return { status: 'OK', code, text }
}

/** Grammatical, but it cannot be done. Codes are those of RFC 5530 §3. */
export function no(text: string, code: string | null = null): Reply {
  return { status: 'NO', code, text }
}

/** Not a command, or not now. */
export function bad(text: string, code: string | null = null): Reply {
  return { status: 'BAD', code, text }
}

/** What a command that could not be read is answered. */
export function refusedReply(refused: Exclude<Parsed, { readonly kind: 'command' }>): Reply {
  return refused.kind === 'bad' ? bad(refused.reason, refused.code) : no(refused.reason, refused.code)
}

/**
 *     resp-text = ["[" resp-text-code "]" SP] text
 *
 * RFC 3501 §9, as a status response with its tag, without CRLF.
 *
 * @param text the reply's, fit to be sent.
 */
export function writeReply(tag: string, { status, code }: Reply, text: string): string {
  return `${tag} ${status} ${code === null ? '' : `[${code}] `}${text}`
}
