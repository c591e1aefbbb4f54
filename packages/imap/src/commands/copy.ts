import type { Flow } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { tooManyToSave } from '../extensions/message-limit.js'
import { ok, type Reply } from '../reply.js'
import { copyUidCode } from '../response/code.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'
import { NOTHING, prepareTransfer, transferRefused } from '../transfer.js'

/** RFC 3501 §6.4.7, with COPYUID (RFC 4315 §3). All messages are copied or none. */
export function* copy(session: Session, mailbox: Selected, command: CommandOf<'COPY' | 'MOVE'>): Flow<Reply> {
  const transfer = yield* prepareTransfer(session, mailbox, command)
  if (transfer.kind === 'answered') return transfer.reply
  const { uids, to } = transfer
  const tooMany = tooManyToSave(session, uids.length)
  if (tooMany !== null) return tooMany
  const answer = yield* store.call('copy', { ...mailbox.ref, uids, to })
  if (answer.kind !== 'copied') return transferRefused(session, answer, command.to)
  session.changed({ account: mailbox.ref.account, mailbox: to }, answer.to)
  const code = copyUidCode(answer)
  return code === null ? NOTHING : ok('Copy completed.', session.offers('UIDPLUS') ? code : null)
}
