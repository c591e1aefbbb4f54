import { ANSWERED, FLAGGED, type MailboxRef, SEEN, type StagedId, stagedId } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, NO_MAILBOX, SOME_DATE, type World } from '../world.js'

const NO_FLAGS = { system: 0, keywords: [] }

/** Messages on their way into a mailbox. */
export const appendLaws: readonly ComplianceCase[] = [
  law('append/several-in-their-order', 'RFC 3502 §6.3.11', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, { wire: 'A: 1\r\n\r\n' }, { wire: 'A: 22\r\n\r\n' }, { wire: 'A: 333\r\n\r\n' })
    w.check.equal(uids.length, 3, 'UIDs for three messages')
    for (const [at, uid] of uids.entries()) {
      w.check.equal(await w.number(inbox, uid, 'octets'), 8 + at, `octets of message ${at}`)
    }
  }),

  law('append/a-hundred-in-one-step', 'MailStore.append', async (w) => {
    const inbox = await w.inbox()
    const before = await w.snapshot(inbox)
    const uids = await w.fill(inbox, 100)
    w.check.equal(await w.uids(inbox), uids, 'all are there')
    w.check.equal(
      Array.from((await w.changes(inbox, before.highestModSeq)).messages.uids),
      uids,
      'all are told as changes',
    )
  }),

  law('append/one-staged-message-twice-in-one-step', 'MailStore.stage', async (w) => {
    const inbox = await w.inbox()
    const [one = 0, two = 0] = await w.fill(inbox, 2, { wire: 'A: b\r\n\r\nsame' })
    w.check.ok(one < two, 'each has a UID of its own')
    await w.flag(inbox, [one], { mode: 'add', flags: { system: SEEN, keywords: [] } })
    const rows = await w.rows(inbox)
    w.check.equal(
      rows.map((row) => row.system),
      [SEEN, 0],
      'the two share no flags',
    )
    await w.expunge(inbox, [one])
    w.check.equal((await w.read(inbox, two)).length, 12, 'the second lives on without the first')
  }),

  law('append/keeps-flags', 'RFC 9051 §6.3.12', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, { system: SEEN | FLAGGED }, { system: 0 }, { system: ANSWERED })
    w.check.equal(
      (await w.rows(inbox)).map((row) => row.system),
      [SEEN | FLAGGED, 0, ANSWERED],
      'system flags',
    )
  }),

  law('append/keeps-keywords', 'RFC 9051 §6.3.12', async (w) => {
    if (!(await w.hasKeywords())) return
    const inbox = await w.inbox()
    await w.append(inbox, { keywords: ['$Forwarded', 'a'] }, {}, { keywords: ['b', 'A'] })
    w.check.equal(
      (await w.rows(inbox)).map((row) => row.keywords),
      [['$Forwarded', 'a'], [], ['a', 'b']],
      'keywords, in the spelling of their first use',
    )
  }),

  law('append/keeps-the-internal-date', 'RFC 9051 §6.3.12', async (w) => {
    const inbox = await w.inbox()
    const dates = [SOME_DATE, 0, 4_102_444_800_000]
    const uids = await w.append(inbox, ...dates.map((date) => ({ date })))
    for (const [at, uid] of uids.entries()) {
      w.check.equal(await w.number(inbox, uid, 'internalDate'), dates[at], 'internal date')
    }
  }),

  law('append/a-bad-staged-id-adds-nothing', 'MailStore.append', async (w) => {
    const inbox = await w.inbox()
    const good = await w.stage(w.someWire())
    for (const ids of [
      [stagedId('never-staged'), good],
      [good, stagedId('never-staged')],
      [good, good, stagedId('never-staged'), good],
    ]) {
      const result = await append(w, inbox, ids)
      w.check.kind(result, 'noSuchStaged', 'an append with an unknown staged message is refused')
      w.check.equal(await w.uids(inbox), [], 'none of its messages is there')
    }
    await w.discard([good])
  }),

  law('append/refused-where-no-mailbox-is', 'RFC 9051 §6.3.12', async (w) => {
    const staged = await w.stage(w.someWire())
    w.check.kind(
      await append(w, { account: w.alice, mailbox: NO_MAILBOX }, [staged]),
      'noSuchMailbox',
      'append to nowhere',
    )
    const gone = await w.create('Gone')
    await w.delete('Gone')
    w.check.kind(await append(w, gone, [staged]), 'noSuchMailbox', 'append to a deleted mailbox')
    await w.discard([staged])
  }),

  law('append/aborted-beforehand-adds-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    const inbox = await w.inbox()
    const staged = await w.stage(w.someWire())
    const arrival = { staged, flags: NO_FLAGS, internalDate: SOME_DATE }
    await w.check.rejects(
      w.store.append({ ...inbox, messages: [arrival, arrival] }, AbortSignal.abort()),
      'an append that was aborted rejects',
    )
    w.check.equal(await w.uids(inbox), [], 'nothing was added')
    w.check.kind(await append(w, inbox, [staged]), 'appended', 'the staged message can still be appended')
    await w.discard([staged])
  }),

  law('append/staged-messages-stay-staged', 'MailStore.append', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const staged = await w.stage('A: b\r\n\r\nagain\r\n')
    for (const at of [inbox, archive, inbox]) {
      w.check.kind(await append(w, at, [staged]), 'appended', 'the same staged message is appended again')
    }
    await w.discard([staged])
    const [first = 0, second = 0] = await w.uids(inbox)
    const [third = 0] = await w.uids(archive)
    w.check.equal(await w.read(inbox, first), await w.read(archive, third), 'the same octets in another mailbox')
    w.check.equal(await w.read(inbox, second), await w.read(archive, third), 'the same octets in the same mailbox')
  }),

  law('append/staged-for-one-account-and-appended-to-another', 'MailStore.stage', async (w) => {
    const staged = await w.stage('A: b\r\n\r\nfor both\r\n', w.alice)
    const hers = await w.inbox(w.alice)
    const his = await w.inbox(w.bob)
    for (const at of [hers, his]) w.check.kind(await append(w, at, [staged]), 'appended', 'appended to either account')
    await w.discard([staged])
    const [hersUid = 0] = await w.uids(hers)
    const [hisUid = 0] = await w.uids(his)
    await w.expunge(hers, [hersUid])
    w.check.equal((await w.read(his, hisUid)).length, 18, 'his copy does not hang on hers')
  }),

  law('append/lives-on-when-the-staged-message-is-discarded', 'MailStore.discard', async (w) => {
    const inbox = await w.inbox()
    const [uid = 0] = await w.append(inbox, { wire: 'A: b\r\n\r\nkept\r\n' })
    w.check.equal((await w.read(inbox, uid)).length, 14, 'octets of the appended message')
    w.check.equal((await w.fetch(inbox, list([uid]), ['digest'])).pages[0]?.digests?.[0]?.octets, 14, 'its digest')
  }),
]

function append(w: World, at: MailboxRef, ids: readonly StagedId[]): ReturnType<World['store']['append']> {
  const messages = ids.map((staged) => ({ staged, flags: NO_FLAGS, internalDate: SOME_DATE }))
  return w.store.append({ ...at, messages }, NEVER)
}
