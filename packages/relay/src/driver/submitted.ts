import type { Body, UnixMillis } from '@mailwright/core'
import { HeaderEditor, type Submission, submissionEdits } from '@mailwright/message'
import type { SmtpSession, SmtpTransaction } from '@mailwright/smtp'

/**
 * A message that came by submission, with what its header lacks (RFC 6409 §8); any other as it is.
 *
 * @param home the domain of addresses without one.
 */
export function submitted(
  body: Body,
  { session, transaction }: { readonly session: SmtpSession; readonly transaction: SmtpTransaction },
  { id, at, home }: { readonly id: string; readonly at: UnixMillis; readonly home: string },
): Body {
  if (session.role !== 'submission') return body
  const { hostname } = session
  const { reversePath: path } = transaction
  const reversePath = path === null ? null : { localPart: path.localPart, domain: path.domain ?? home }
  return mended(body, { at, id, hostname, reversePath, origin: home })
}

async function* mended(body: Body, submission: Submission): Body {
  const editor = new HeaderEditor((fields) => submissionEdits(fields, submission))
  for await (const chunk of body) {
    const passed = editor.push(chunk)
    if (passed.length > 0) yield passed
  }
  const rest = editor.end()
  if (rest.length > 0) yield rest
}
