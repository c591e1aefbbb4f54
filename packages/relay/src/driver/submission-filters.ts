import type { UnixMillis } from '@mailwright/core'
import { HeaderEditor, submissionEdits } from '@mailwright/message'
import type { SmtpSession, SmtpTransaction } from '@mailwright/smtp'
import type { BodyFilter } from './body-filter.js'

/**
 * Gives a message that came by submission what its header lacks (RFC 6409 §8). No filter for any other.
 *
 * @param home the domain of addresses without one.
 */
export function submissionFilters(
  { session, transaction }: { readonly session: SmtpSession; readonly transaction: SmtpTransaction },
  { id, at, home }: { readonly id: string; readonly at: UnixMillis; readonly home: string },
): readonly BodyFilter[] {
  if (session.role !== 'submission') return []
  const { hostname } = session
  const { reversePath: path } = transaction
  const reversePath = path === null ? null : { localPart: path.localPart, domain: path.domain ?? home }
  const submission = { at, id, hostname, reversePath, origin: home }
  const editor = new HeaderEditor((fields) => submissionEdits(fields, submission))
  return [{ push: (chunk) => whole(editor.push(chunk)), end: () => whole(editor.end()) }]
}

function whole(octets: Uint8Array): readonly Uint8Array[] {
  return octets.length === 0 ? [] : [octets]
}
