import { fromUtf8, latin1, type UnixMillis } from '@mailwright/core'
import { type WritableAddress, writeAddress } from '../compose/address-writer.js'
import { writeMessageId } from '../compose/message-header.js'
import { type Address, parseAddresses } from '../fields/address.js'
import { writeDate } from '../fields/date.js'
import { fieldBody, type HeaderField } from '../fields/field.js'
import type { HeaderEdit } from './header-editor.js'
import { qualifiedAddresses } from './qualified-addresses.js'

/** What is known of a message that a user submits. */
export interface Submission {
  readonly at: UnixMillis
  /** Minutes east of Universal Time. Default 0. */
  readonly zone?: number
  /** The queue's id of the message, for a Message-ID. */
  readonly id: string
  /** Our own name. */
  readonly hostname: string
  /** The reverse-path, for a missing From; `null` for `<>`. */
  readonly reversePath: WritableAddress | null
  /** The address of who submits it, where that is sure and should be seen: a From without it gets a Sender. Default `null`: nothing is said. */
  readonly submitter?: WritableAddress | null
  /** Completes addresses without a domain. Absent: they stay as they are. */
  readonly origin?: string
}

/** Fields that are for the sender alone: RFC 5322 §3.6.3 (Bcc), §3.6.6; RFC 5321 §4.4 (Return-Path is the last server's). */
const PRIVATE: readonly string[] = ['bcc', 'resent-bcc', 'return-path']

/** Fields whose addresses are completed: where people and programs are named to be written to. RFC 5322 §3.6.2, §3.6.3, §3.6.6. */
const ADDRESSES: ReadonlySet<string> = new Set(
  ['from', 'sender', 'reply-to', 'to', 'cc'].flatMap((name) => [name, `resent-${name}`]),
)

/**
 * What a submission server mends in a header (RFC 6409 §8): the Date, Message-ID and From that are missing, as Postfix's cleanup writes them;
 * addresses without a domain get one (RFC 6409 §4.2); a Sender where From does not name who submits it; and what is not for others goes. A mail exchanger does nothing of this: what came from elsewhere
 * stays as it was signed.
 */
export function submissionEdits(fields: readonly HeaderField[], submission: Submission): readonly HeaderEdit[] {
  const { at, zone = 0, id, hostname, reversePath } = submission
  const has = (name: string): boolean => fields.some((field) => field.name === name)
  const edits: HeaderEdit[] = submission.origin === undefined ? [] : qualifications(fields, submission.origin)
  for (const name of PRIVATE.filter(has)) edits.push({ kind: 'remove', name })
  // Who sends a message on says so in fields of his own; those of its author stay (RFC 5322 §3.6.6).
  const resent = fields.some(({ name }) => name.startsWith('resent-')) ? 'Resent-' : ''
  const add = (name: string, body: string): void => {
    if (!has(`${resent}${name}`.toLowerCase())) edits.push(added(`${resent}${name}`, body))
  }
  add('Message-Id', writeMessageId(`${compact(at)}.${id}@${hostname}`))
  add('Date', writeDate(at, zone))
  if (reversePath !== null) add('From', octets(writeAddress(reversePath)))
  return [...edits, ...senderEdits(fields, submission)]
}

function qualifications(fields: readonly HeaderField[], origin: string): HeaderEdit[] {
  const seen = new Map<string, number>()
  return fields.flatMap(({ name, raw }): HeaderEdit[] => {
    if (!ADDRESSES.has(name)) return []
    const index = (seen.get(name) ?? 0) + 1
    seen.set(name, index)
    const given = fieldBody(raw)
    const body = qualifiedAddresses(given, origin)
    // The name as it was spelled.
    return body === given ? [] : [{ kind: 'replace', name: raw.slice(0, name.length), body, index }]
  })
}

/** RFC 6409 §8.1; RFC 5322 §3.6.2: there is one Sender at most, and none that says what From says. */
function senderEdits(fields: readonly HeaderField[], { submitter, reversePath }: Submission): readonly HeaderEdit[] {
  if (submitter == null) return []
  const from = fields.filter(({ name }) => name === 'from').flatMap(({ raw }) => parseAddresses(fieldBody(raw)))
  const remove: readonly HeaderEdit[] = fields.some(({ name }) => name === 'sender')
    ? [{ kind: 'remove', name: 'sender' }]
    : []
  const authors = from.length > 0 || reversePath === null ? from : [asMailbox(reversePath)]
  const named = authors.filter(({ kind }) => kind === 'mailbox')
  // With several authors a Sender must stand there, whoever it is.
  if (named.length === 1 && named.every((author) => isSame(author, submitter))) return remove
  return [...remove, added('Sender', octets(writeAddress(submitter)))]
}

function isSame(author: Address, { localPart, domain }: WritableAddress): boolean {
  if (author.kind !== 'mailbox') return false
  const isSameDomain = author.domain.toLowerCase() === octets(domain).toLowerCase()
  return isSameDomain && author.localPart.toLowerCase() === octets(localPart).toLowerCase()
}

function asMailbox({ localPart, domain }: WritableAddress): Address {
  return { kind: 'mailbox', name: null, route: null, localPart: octets(localPart), domain: octets(domain) }
}

function added(name: string, body: string): HeaderEdit {
  return { kind: 'add', at: 'bottom', name, body }
}

/** One octet of UTF-8 a character, as header text is. */
function octets(text: string): string {
  return latin1(fromUtf8(text))
}

/** `20261125062700`: how Postfix begins a Message-ID. */
function compact(at: UnixMillis): string {
  return new Date(at).toISOString().slice(0, 19).replace(/\D/g, '')
}
