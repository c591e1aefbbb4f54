import type { Flow, Identity } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { findMailbox, noSuchMailbox } from '../mailboxes.js'
import { ok, type Reply } from '../reply.js'
import { may } from '../rights.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.3.6 SUBSCRIBE, §6.3.7 UNSUBSCRIBE. Only what exists can be subscribed, as the RFC allows: a client cannot fill
 * the store with names of nothing. A subscription outlives its mailbox, so any name can be unsubscribed.
 */
export function* subscribe(
  session: Session,
  identity: Identity,
  command: CommandOf<'SUBSCRIBE' | 'UNSUBSCRIBE'>,
): Flow<Reply> {
  const { account } = identity
  const name = command.mailbox
  const subscribed = command.name === 'SUBSCRIBE'
  if (subscribed) {
    const entry = yield* findMailbox(account, name)
    if (entry === undefined || !may(entry, 'l')) return noSuchMailbox(session, name)
  }
  yield* store.call('subscribe', { account, name, subscribed })
  return ok(subscribed ? 'Subscribe completed.' : 'Unsubscribe completed.')
}
