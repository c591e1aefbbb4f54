import { type Annotation, latin1, type MailboxName } from '@mailwright/core'
import { type NameForm, writeMailbox } from './mailbox.js'
import { writeAstring, writeString } from './strings.js'

/** An annotation as it is told; `null`: it was asked for and is not there. */
export interface ToldAnnotation {
  readonly entry: string
  readonly value: Uint8Array | null
}

/**
 *     metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)
 *     entry-values  = "(" entry-value *(SP entry-value) ")"
 *
 * RFC 5464 §5, with values.
 *
 * @param mailbox `null` for the server, told as the empty string.
 */
export function writeMetadata(
  mailbox: MailboxName | string | null,
  annotations: readonly (Annotation | ToldAnnotation)[],
  form: NameForm,
): string {
  const pairs = annotations.map(({ entry, value }) => `${writeAstring(entry)} ${writeValue(value)}`)
  return `METADATA ${mailbox === null ? '""' : writeMailbox(mailbox, form)} (${pairs.join(' ')})`
}

/**
 *     entry-list = entry *(SP entry)
 *
 * RFC 5464 §5: names of annotations that changed, without their values (§4.4.2).
 */
export function writeMetadataNames(mailbox: string | null, entries: readonly string[], form: NameForm): string {
  const name = mailbox === null ? '""' : writeMailbox(mailbox, form)
  return `METADATA ${name} ${entries.map((entry) => writeAstring(entry)).join(' ')}`
}

/**
 *     value = nstring / literal8
 *
 * RFC 5464 §5. A literal8 where there is a NUL, which no string may hold (RFC 4466 §6).
 */
function writeValue(value: Uint8Array | null): string {
  if (value === null) return 'NIL'
  const octets = latin1(value)
  return value.includes(0) ? `~{${octets.length}}\r\n${octets}` : writeString(octets)
}
