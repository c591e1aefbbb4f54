import {
  type BodyHandle,
  type BodyReader,
  caller,
  type Flow,
  type MailStore,
  type MessageDigest,
  READ_WINDOW,
  StoreFault,
} from '@mailwright/core'
import type { DropMessage, Maildrop } from './maildrop.js'
import { findMessage } from './message-argument.js'
import { failed, type Reply, refused } from './response/reply.js'
import type { Session } from './session.js'

const store = caller<MailStore>()
const reader = caller<BodyReader>()

export type OpenedMessage =
  | { readonly kind: 'opened'; readonly message: DropMessage; readonly body: BodyHandle }
  | { readonly kind: 'refused'; readonly reply: Reply }

/** Finds the octets of the message that RETR or TOP names; nothing is read yet, unless its header must be judged. */
export function* openMessage(session: Session, maildrop: Maildrop, argument: string): Flow<OpenedMessage> {
  const found = findMessage(maildrop, argument)
  if (found.kind === 'refused') return found
  const { message } = found
  const result = yield* store.call('body', { ...maildrop.mailbox, uid: message.uid })
  if (result.kind !== 'body') return { kind: 'refused', reply: messageGone(message) }
  if (session.settings.utf8Headers === 'refuse' && !session.isUtf8) {
    const digest = yield* messageDigest(maildrop, message)
    if (digest === undefined) return { kind: 'refused', reply: messageGone(message) }
    if (yield* hasEightBits(result.body, digest.headerOctets)) {
      return { kind: 'refused', reply: failed('[UTF8] Message requires UTF8 mode.') }
    }
  }
  return { kind: 'opened', message, body: result.body }
}

/**
 * The answer when another session (IMAP's, say) removed the message since login. No response code: SYS/TEMP would have
 * the client come back for it (RFC 3206 §4), and it will never be there again. Its number is kept, as RFC 1939 §4
 * promises.
 */
export function messageGone(message: DropMessage): Reply {
  return refused(`Message ${message.number} expunged.`)
}

/** What the store knows of a message beforehand; `undefined` when it is gone. */
export function* messageDigest(maildrop: Maildrop, message: DropMessage): Flow<MessageDigest | undefined> {
  const uids = Uint32Array.of(message.uid)
  const page = yield* store.call('fetch', { ...maildrop.mailbox, uids, fields: ['digest'], cursor: null })
  if (page.kind === 'noSuchMailbox' || page.uids.length === 0) return undefined
  const digest = page.digests?.[0]
  if (digest === undefined) throw new StoreFault('fetch answered without the digest that was asked for')
  return digest
}

function* hasEightBits(body: BodyHandle, end: number): Flow<boolean> {
  for (let start = 0; start < end; start += READ_WINDOW) {
    const window = { source: body, start, end: Math.min(start + READ_WINDOW, end) }
    const { octets } = yield* reader.call('readBody', window)
    if (octets.some((octet) => octet > 0x7f)) return true
  }
  return false
}
