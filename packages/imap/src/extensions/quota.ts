import type { Flow, Identity } from '@mailwright/core'
import { store } from '../calls.js'
import type { CommandOf } from '../command.js'
import { denied } from '../refusals.js'
import { no, ok, type Reply } from '../reply.js'
import { writeQuota, writeQuotaRoot } from '../response/quota.js'
import type { Session } from '../session.js'

const NO_SUCH_ROOT = no("Quota root doesn't exist.", 'NONEXISTENT')

/** RFC 9208 §4.1.1. */
export function* getQuota(session: Session, { account }: Identity, { root }: CommandOf<'GETQUOTA'>): Flow<Reply> {
  const answer = yield* store.call('quota', { account, root })
  if (answer.kind === 'noSuchRoot') return NO_SUCH_ROOT
  if (answer.kind === 'denied') return denied(answer)
  session.untagged(writeQuota(answer.quota))
  return ok('Getquota completed.')
}

/** RFC 9208 §4.1.2. Of a mailbox that does not exist, too: what would bound it. */
export function* getQuotaRoot(
  session: Session,
  { account }: Identity,
  { mailbox }: CommandOf<'GETQUOTAROOT'>,
): Flow<Reply> {
  const answer = yield* store.call('quotaRoots', { account, mailbox })
  if (answer.kind === 'denied') return denied(answer)
  session.untagged(writeQuotaRoot(mailbox, answer.roots, session.nameForm))
  for (const root of answer.roots) session.untagged(writeQuota(root))
  return ok('Getquotaroot completed.')
}

/** RFC 9208 §4.1.3. Tells the limits as they are afterwards: a store may have rounded them. */
export function* setQuota(session: Session, { account }: Identity, command: CommandOf<'SETQUOTA'>): Flow<Reply> {
  const { root, limits } = command
  const offered = session.settings.supports.quota?.resources ?? []
  const unknown = limits.some(({ resource }) => !offered.includes(resource))
  if (unknown) return no('The quota root does not bound this resource.', 'CANNOT')
  const answer = yield* store.call('setQuota', { account, root, limits })
  if (answer.kind === 'noSuchRoot') return NO_SUCH_ROOT
  if (answer.kind === 'denied') return denied(answer)
  session.untagged(writeQuota(answer.quota))
  return ok('Setquota completed.')
}
