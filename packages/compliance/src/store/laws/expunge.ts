import { DELETED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, NO_MAILBOX } from '../world.js'
import { viewOf } from './session.js'

/** Messages on their way out. */
export const expungeLaws: readonly ComplianceCase[] = [
  law('expunge/only-what-is-marked-deleted', 'RFC 9051 §6.4.3', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { system: DELETED }, { system: SEEN }, { system: DELETED | SEEN }, {})
    const result = await w.store.expunge({ ...inbox, uids: list(uids), regardless: false }, NEVER)
    const expunged = w.check.kind(result, 'expunged', 'messages are expunged')
    w.check.equal(expunged.vanished, [uids[0], uids[2]], 'vanished')
    w.check.equal(await w.uids(inbox), [uids[1], uids[3]], 'what stays')
    w.check.equal(expunged.highestModSeq, (await w.snapshot(inbox)).highestModSeq, 'HIGHESTMODSEQ told')
  }),

  law('expunge/only-what-is-named', 'RFC 9051 §6.4.9 UID EXPUNGE', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { system: DELETED }, { system: DELETED }, { system: DELETED })
    const result = await w.store.expunge({ ...inbox, uids: list(uids.slice(1, 2)), regardless: false }, NEVER)
    w.check.equal(w.check.kind(result, 'expunged', 'a message is expunged').vanished, uids.slice(1, 2), 'vanished')
    w.check.equal(await w.uids(inbox), [uids[0], uids[2]], 'what stays, marked as it is')
  }),

  law('expunge/regardless-of-the-mark', 'RFC 1939 §6', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, { system: DELETED }, { system: SEEN })
    const result = await w.store.expunge({ ...inbox, uids: list(uids.slice(0, 2)), regardless: true }, NEVER)
    w.check.equal(w.check.kind(result, 'expunged', 'messages are expunged').vanished, uids.slice(0, 2), 'vanished')
    w.check.equal(await w.uids(inbox), uids.slice(2), 'what stays')
  }),

  law('expunge/missing-uids-are-skipped', 'RFC 9051 §6.4.9', async (w) => {
    const inbox = await w.inbox()
    const [one = 0, two = 0] = await w.append(inbox, {}, {})
    await w.expunge(inbox, [one])
    const args = { ...inbox, uids: list([one, two, two + 1]), regardless: true }
    const result = await w.store.expunge(args, NEVER)
    w.check.equal(w.check.kind(result, 'expunged', 'a message is expunged').vanished, [two], 'vanished')
  }),

  law('expunge/nothing-to-do-changes-nothing', 'RFC 9051 §6.4.3', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const before = await w.snapshot(inbox)
    const result = await w.store.expunge({ ...inbox, uids: list(uids), regardless: false }, NEVER)
    const expunged = w.check.kind(result, 'expunged', 'nothing is expunged')
    w.check.equal([expunged.vanished, expunged.highestModSeq], [[], before.highestModSeq], 'the answer')
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'the mailbox')
  }),

  law('expunge/refused-where-no-mailbox-is', 'MailStore.expunge', async (w) => {
    const args = { account: w.alice, mailbox: NO_MAILBOX, uids: list([1]), regardless: true }
    w.check.kind(await w.store.expunge(args, NEVER), 'noSuchMailbox', 'expunge in no mailbox')
  }),

  law('expunge/aborted-beforehand-removes-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const args = { ...inbox, uids: list(uids), regardless: true }
    await w.check.rejects(w.store.expunge(args, AbortSignal.abort()), 'an expunge that was aborted')
    w.check.equal(await w.uids(inbox), uids, 'messages')
  }),
]
