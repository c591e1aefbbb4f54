import type { Flow } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { READ_ONLY } from '../refusals.js'
import { ok, type Reply } from '../reply.js'
import { copyUidCode } from '../response/code.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { expungedCode } from '../sync.js'
import { NOTHING, prepareTransfer, transferRefused } from '../transfer.js'
import { limitMessages, withLimit } from './message-limit.js'

/**
 * RFC 6851 §3. COPYUID comes untagged, before the messages' EXPUNGE responses (§4.3), which are told as after every command:
 * the view learns of them from the store.
 */
export function* move(session: Session, mailbox: Selected, command: CommandOf<'COPY' | 'MOVE'>): Flow<Reply> {
  if (mailbox.isReadOnly) return READ_ONLY
  const transfer = yield* prepareTransfer(session, mailbox, command)
  if (transfer.kind === 'answered') return transfer.reply
  const { uids, code: limit } = limitMessages(session, transfer.uids)
  const { to } = transfer
  const answer = yield* store.call('move', { ...mailbox.ref, uids, to })
  if (answer.kind !== 'moved') return transferRefused(session, answer, command.to)
  const code = copyUidCode(answer)
  if (code === null) return NOTHING
  if (session.offers('UIDPLUS')) session.untagged(`OK [${code}] Moved UIDs.`)
  const expunged = yield* expungedCode(session, mailbox, command.numbering)
  return withLimit(session, ok('Move completed.', expunged), limit)
}
