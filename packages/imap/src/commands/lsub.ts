import { breathe, type Flow, type Identity } from '@mailwright/core'
import { store } from '../calls.js'
import type { LsubCommand } from '../command.js'
import { inOrder, levelsAbove, namesPerTurn } from '../mailbox-names.js'
import { joinReference, mailboxPattern } from '../mailbox-pattern.js'
import { ok, type Reply } from '../reply.js'
import { writeListed } from '../response/mailbox-data.js'
import { listable } from '../rights.js'
import type { Session } from '../session.js'

/**
 * RFC 3501 §6.3.9. Names that are subscribed, whether they exist or not. Where `%` stops at a level that is not subscribed
 * itself, but has subscribed names below it, that level is told as `\Noselect`.
 */
export function* lsub(session: Session, identity: Identity, command: LsubCommand): Flow<Reply> {
  if (command.pattern === '') {
    session.untagged(writeListed('LSUB', ['\\Noselect'], '', session.nameForm))
    return SUBSCRIBED
  }
  const { mailboxes, subscribedOnly } = listable(yield* store.call('mailboxes', { account: identity.account }))
  const pattern = joinReference(command.reference, command.pattern)
  const matches = mailboxPattern(pattern)
  const perTurn = namesPerTurn(pattern.length)
  const told = new Map<string, readonly string[]>()
  for (const entry of mailboxes) if (entry.isSubscribed) told.set(entry.name, entry.isSelectable ? [] : ['\\Noselect'])
  for (const name of subscribedOnly) told.set(name, [])
  const unmatched: string[] = []
  for (const [at, name] of [...told.keys()].entries()) {
    if (at % perTurn === 0) yield* breathe()
    if (!matches(name)) unmatched.push(name)
  }
  for (const level of levelsAbove(unmatched)) if (!told.has(level)) told.set(level, ['\\Noselect'])
  for (const [at, name] of inOrder([...told.keys()]).entries()) {
    if (session.wire.isFull || at % perTurn === 0) yield* breathe()
    if (!matches(name)) continue
    session.untagged(writeListed('LSUB', told.get(name) ?? [], name, session.nameForm))
  }
  return SUBSCRIBED
}

const SUBSCRIBED = ok('Lsub completed.')
