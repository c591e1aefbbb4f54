import {
  type AccountId,
  type BodyPiece,
  type Flow,
  fromLatin1,
  type MailboxRef,
  type MessageDigest,
  mailboxName,
  type Uid,
  uid,
} from '@mailwright/core'
import { store } from './calls.js'
import type { CapabilityName } from './capability-table.js'
import type { Partial, Section } from './command.js'
import type { GrammarOptions } from './grammar/cursor.js'
import type { ImapUrl } from './grammar/imap-url.js'
import { parseSection } from './grammar/parse-command.js'
import { findMailbox } from './mailboxes.js'
import type { ImapSettings } from './options.js'
import { readFields } from './read-fields.js'
import { swapSeparator } from './response/mailbox.js'
import { may } from './rights.js'
import { cutOctets, cutSpan, locateSection } from './section.js'

/** What reading a URL goes by: a session's, or a server's for who has none. */
export interface UrlRules {
  readonly settings: Pick<ImapSettings, 'separator' | 'urlAuth'>
  readonly grammar: GrammarOptions
  offers(capability: CapabilityName): boolean
}

/** Why a URL stands for nothing; `reason` is for people. */
export interface UrlFault {
  readonly kind: 'bad'
  readonly reason: string
}

/** What a URL stands for. */
export type UrlContent = { readonly kind: 'found'; readonly piece: BodyPiece } | UrlFault

export function urlFault(reason: string): UrlFault {
  return { kind: 'bad', reason }
}

/** The mailbox of an account that a URL names (RFC 5092 §4). */
export function* refOfUrl(rules: UrlRules, account: AccountId, name: string): Flow<MailboxRef | UrlFault> {
  const result = mailboxName(swapSeparator(name, rules.settings.separator))
  if (!('name' in result)) return urlFault('Invalid mailbox name.')
  const entry = yield* findMailbox(account, result.name)
  return entry?.isSelectable === true && may(entry, 'r') ? { account, mailbox: entry.id } : urlFault('No such mailbox.')
}

/** What a URL names: a message, and what of it. */
export interface UrlMessage {
  readonly ref: MailboxRef & { readonly uid: Uid }
  readonly digest: MessageDigest
  readonly section: Section
  readonly partial: Partial | null
}

/** The octets of a message, or of a part of it, in the mailbox that its URL was found to name. `\\Seen` is not set (RFC 4469 §3). */
export function* urlContent(rules: UrlRules, ref: MailboxRef, url: ImapUrl): Flow<UrlContent> {
  const message = yield* urlMessage(rules, ref, url)
  return 'kind' in message ? message : yield* messageContent(message)
}

/** The octets that a URL names, as they stand. */
export function* messageContent({ ref, digest, section, partial }: UrlMessage): Flow<UrlContent> {
  const where = locateSection(section, digest)
  if (where.kind === 'none') return urlFault('The message has no such part.')
  if (where.kind === 'known') return octetsPiece(cutOctets(where.octets, partial))
  const answer = yield* store.call('body', ref)
  if (answer.kind !== 'body') return NO_MESSAGE
  const source = answer.body
  if (where.kind === 'fields') return octetsPiece(cutOctets(yield* readFields(source, where), partial))
  return { kind: 'found', piece: { kind: 'range', source, ...cutSpan(where, partial), form: 'asIs' } }
}

const NO_MESSAGE = urlFault('No such message.')

/** Finds the message that a URL names in the mailbox that it was found to name. */
export function* urlMessage(rules: UrlRules, ref: MailboxRef, url: ImapUrl): Flow<UrlMessage | UrlFault> {
  if (url.uid === null) return urlFault('The URL names no message.')
  const section = url.section === null ? WHOLE : parseSection(url.section, rules.grammar)
  if (section === null) return urlFault('Invalid section.')
  if (url.uidValidity !== null) {
    const { statuses } = yield* store.call('status', {
      account: ref.account,
      mailboxes: [ref.mailbox],
      items: ['uidValidity'],
    })
    if (statuses[0]?.uidValidity !== url.uidValidity) return urlFault('UIDVALIDITY is another one.')
  }
  const uids = Uint32Array.of(url.uid)
  const page = yield* store.call('fetch', { ...ref, uids, fields: ['digest'], cursor: null })
  const digest = page.kind === 'page' ? page.digests?.[0] : undefined
  if (digest === undefined) return NO_MESSAGE
  const partial = url.partial && { ...url.partial, count: url.partial.count ?? Number.POSITIVE_INFINITY }
  return { ref: { ...ref, uid: uid(url.uid) }, digest, section, partial }
}

const WHOLE: Section = { part: [], text: { kind: 'all' } }

function octetsPiece(octets: string): UrlContent {
  return { kind: 'found', piece: { kind: 'octets', octets: fromLatin1(octets) } }
}
