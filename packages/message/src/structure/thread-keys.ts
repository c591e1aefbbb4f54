import type { ThreadKeys } from '@mailwright/core'
import { parseDate } from '../fields/date.js'
import type { HeaderValues } from '../fields/header-values.js'
import { parseMessageIds } from '../fields/message-id.js'
import { decodeWords } from '../text/encoded-word.js'

/** What THREAD and SORT read of a header. RFC 5256 §2, §3. */
export function threadKeys(header: HeaderValues, references: number): ThreadKeys {
  const subject = header.first('subject')
  return {
    messageId: parseMessageIds(header.first('message-id') ?? '', 1)[0] ?? null,
    inReplyTo: parseMessageIds(header.first('in-reply-to') ?? '', references),
    references: parseMessageIds(header.first('references') ?? '', references),
    subject: subject === null ? null : decodeWords(subject),
    sentDate: parseDate(header.first('date') ?? '')?.time ?? null,
  }
}
