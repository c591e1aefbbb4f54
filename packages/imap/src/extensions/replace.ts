import { uid as asUid, type Flow, type Uid } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { withIncoming } from '../commands/append.js'
import { Incoming } from '../incoming.js'
import { noSuchMailbox, openMailbox } from '../mailboxes.js'
import { BAD_SET, EXPUNGE_ISSUED, LOST, MAILBOX_GONE, notSaved, READ_ONLY } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import { appendUidCode } from '../response/code.js'
import type { Session } from '../session.js'
import type { Selected } from '../states.js'

type ReplaceCommand = CommandOf<'REPLACE'>

const NO_SUCH_MESSAGE = no('No such message.')

/**
 * RFC 8508 §3. The new message comes in as with APPEND, and takes the place of the old one in one step of the store. APPENDUID
 * comes untagged, before the EXPUNGE response (§4.3), which is told as after every command: the view learns of it from
 * the store.
 */
export function* replace(session: Session, mailbox: Selected, command: ReplaceCommand): Flow<Reply> {
  const { ref } = mailbox
  const old = oldMessage(mailbox, command)
  const incoming = new Incoming(session, ref.account, command, 'status' in old ? null : { ...ref, uid: old.uid })
  return yield* withIncoming(session, incoming, replaceMessage(session, mailbox, command, incoming, old))
}

/** The message to be replaced, or why there is none. */
function oldMessage(
  { view, isReadOnly }: Selected,
  { number, numbering }: ReplaceCommand,
): { readonly uid: Uid } | Reply {
  if (isReadOnly) return READ_ONLY
  const uids = view.resolve({ kind: 'ranges', ranges: [{ first: number, last: number }] }, numbering)
  if (uids === null) return BAD_SET
  const [uid] = uids
  if (uid === undefined) return NO_SUCH_MESSAGE
  return view.isGone(uid) ? EXPUNGE_ISSUED : { uid: asUid(uid) }
}

function* replaceMessage(
  session: Session,
  { ref }: Selected,
  command: ReplaceCommand,
  incoming: Incoming,
  old: { readonly uid: Uid } | Reply,
): Flow<Reply> {
  if ('status' in old) return old
  const target = yield* openMailbox(session, ref.account, command.mailbox, 'TRYCREATE')
  if (target.kind === 'refused') return target.reply
  const refusal = yield* incoming.receive(command.text)
  if (refusal !== null) return refusal
  const [message] = incoming.messages
  if (message === undefined) return LOST
  const answer = yield* store.call('replace', { ...ref, uid: old.uid, to: target.id, message })
  switch (answer.kind) {
    case 'replaced': {
      const uids = Uint32Array.of(answer.uid)
      session.changed(ref)
      session.changed({ account: ref.account, mailbox: target.id }, uids)
      if (session.offers('UIDPLUS')) {
        const code = appendUidCode({ uidValidity: answer.uidValidity, uids })
        session.untagged(`OK [${code}] Replacement message ready.`)
      }
      return ok('Replace completed.')
    }
    case 'noSuchMailbox':
      return MAILBOX_GONE
    case 'noSuchTarget':
      return noSuchMailbox(session, command.mailbox, 'TRYCREATE')
    case 'noSuchMessage':
      return EXPUNGE_ISSUED
    default:
      return notSaved(answer)
  }
}
