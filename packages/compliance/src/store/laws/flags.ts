import { ANSWERED, DELETED, DRAFT, FLAGGED, type FlagChange, type MailboxRef, modSeq, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { rowsOf } from '../rows.js'
import { law, list, NEVER, NO_MAILBOX, type World } from '../world.js'
import { viewOf } from './session.js'

/** System flags, and the conditional store. Keywords have laws of their own. */
export const flagLaws: readonly ComplianceCase[] = [
  law('flags/add', 'RFC 9051 §6.4.6 +FLAGS', async (w) => {
    const inbox = await three(w)
    await change(w, inbox, [1, 2], 'add', ANSWERED | DELETED)
    w.check.equal(await systems(w, inbox), [SEEN, ANSWERED | DELETED, DRAFT | ANSWERED | DELETED], 'flags')
  }),

  law('flags/remove', 'RFC 9051 §6.4.6 -FLAGS', async (w) => {
    const inbox = await three(w)
    await change(w, inbox, [0, 1, 2], 'remove', SEEN | FLAGGED)
    w.check.equal(await systems(w, inbox), [0, 0, DRAFT], 'flags')
  }),

  law('flags/replace', 'RFC 9051 §6.4.6 FLAGS', async (w) => {
    const inbox = await three(w)
    await change(w, inbox, [0, 2], 'replace', FLAGGED)
    w.check.equal(await systems(w, inbox), [FLAGGED, 0, FLAGGED], 'flags')
    await change(w, inbox, [0, 1, 2], 'replace', 0)
    w.check.equal(await systems(w, inbox), [0, 0, 0], 'flags replaced by none')
  }),

  law('flags/each-on-its-own', 'RFC 9051 §2.3.2', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {})
    for (const flag of [SEEN, ANSWERED, FLAGGED, DELETED, DRAFT]) {
      await change(w, inbox, [0], 'add', flag)
      w.check.equal(await systems(w, inbox), [flag], 'one flag alone')
      await change(w, inbox, [0], 'remove', flag)
      w.check.equal(await systems(w, inbox), [0], 'none again')
    }
  }),

  law('flags/answers-the-flags-afterwards', 'MailStore.storeFlags', async (w) => {
    const inbox = await three(w)
    const uids = await w.uids(inbox)
    const result = await w.store.storeFlags(
      { ...inbox, uids: list(uids), change: { mode: 'add', flags: { system: SEEN, keywords: [] } } },
      NEVER,
    )
    const stored = w.check.kind(result, 'stored', 'flags are stored')
    const rows = await w.rows(inbox)
    w.check.equal(rowsOf(stored.changed), rows, 'all messages are listed, also where nothing changed')
    for (const [at, uid] of uids.entries()) {
      w.check.equal(await w.number(inbox, uid, 'modSeq'), stored.modSeqs[at], `mod-sequence of message ${at}`)
    }
    w.check.equal(stored.modified, [], 'nothing stood in the way')
  }),

  law('flags/missing-uids-are-skipped', 'RFC 9051 §6.4.9', async (w) => {
    const inbox = await three(w)
    const [first = 0, second = 0, third = 0] = await w.uids(inbox)
    await w.expunge(inbox, [second])
    const result = await w.store.storeFlags(
      {
        ...inbox,
        uids: list([first, second, third, third + 1, 0xffffffff]),
        change: { mode: 'replace', flags: { system: FLAGGED, keywords: [] } },
      },
      NEVER,
    )
    const stored = w.check.kind(result, 'stored', 'flags are stored')
    w.check.equal(stored.changed.uids, [first, third], 'what is there is listed')
    w.check.equal(stored.modified, [], 'what is missing was not modified')
    w.check.equal(await systems(w, inbox), [FLAGGED, FLAGGED], 'flags')
  }),

  law('flags/of-no-messages', 'MailStore.storeFlags', async (w) => {
    const inbox = await three(w)
    const before = await w.snapshot(inbox)
    const result = await w.store.storeFlags(
      { ...inbox, uids: list([]), change: { mode: 'replace', flags: { system: FLAGGED, keywords: [] } } },
      NEVER,
    )
    w.check.equal(w.check.kind(result, 'stored', 'flags are stored').changed.uids, [], 'nothing is listed')
    w.check.equal(viewOf(await w.snapshot(inbox)), viewOf(before), 'nothing changed')
  }),

  law('flags/unchanged-since-leaves-newer-messages-alone', 'RFC 7162 §3.1.3', async (w) => {
    const inbox = await three(w)
    const uids = await w.uids(inbox)
    const { highestModSeq } = await w.snapshot(inbox)
    await change(w, inbox, [1], 'add', FLAGGED)
    const before = await w.rows(inbox)
    const result = await w.store.storeFlags(
      {
        ...inbox,
        uids: list(uids),
        change: { mode: 'add', flags: { system: ANSWERED, keywords: [] } },
        unchangedSince: highestModSeq,
      },
      NEVER,
    )
    const stored = w.check.kind(result, 'stored', 'flags are stored')
    w.check.equal(stored.modified, [uids[1]], 'the newer message is listed as modified')
    w.check.equal(stored.changed.uids, [uids[0], uids[2]], 'the others are changed')
    w.check.equal(await systems(w, inbox), [SEEN | ANSWERED, before[1]?.system, DRAFT | ANSWERED], 'flags')
  }),

  law('flags/unchanged-since-its-own-mod-sequence-passes', 'RFC 7162 §3.1.3', async (w) => {
    const inbox = await three(w)
    const uids = await w.uids(inbox)
    await change(w, inbox, [0], 'add', FLAGGED)
    const own = await w.number(inbox, uids[0] ?? 0, 'modSeq')
    const tryWith = async (since: number): Promise<{ changed: number[]; modified: number[] }> => {
      const result = await w.store.storeFlags(
        {
          ...inbox,
          uids: list(uids.slice(0, 1)),
          change: { mode: 'add', flags: { system: ANSWERED, keywords: [] } },
          unchangedSince: modSeq(since),
        },
        NEVER,
      )
      const stored = w.check.kind(result, 'stored', 'flags are stored')
      return { changed: Array.from(stored.changed.uids), modified: Array.from(stored.modified) }
    }
    w.check.equal(await tryWith(own - 1), { changed: [], modified: [uids[0]] }, 'one below its mod-sequence')
    w.check.equal(await tryWith(0), { changed: [], modified: [uids[0]] }, 'zero lets no message pass')
    w.check.equal(await tryWith(own), { changed: [uids[0]], modified: [] }, 'exactly its mod-sequence')
  }),

  law('flags/refused-where-no-mailbox-is', 'MailStore.storeFlags', async (w) => {
    const args = { account: w.alice, mailbox: NO_MAILBOX, uids: list([1]) }
    const result = await w.store.storeFlags(
      { ...args, change: { mode: 'add', flags: { system: SEEN, keywords: [] } } },
      NEVER,
    )
    w.check.kind(result, 'noSuchMailbox', 'flags in no mailbox')
  }),

  law('flags/aborted-beforehand-change-nothing', 'MailStore: a call whose signal aborts', async (w) => {
    const inbox = await three(w)
    const before = await w.snapshot(inbox)
    const args = { ...inbox, uids: before.messages.uids }
    await w.check.rejects(
      w.store.storeFlags(
        { ...args, change: { mode: 'replace', flags: { system: DELETED, keywords: [] } } },
        AbortSignal.abort(),
      ),
      'a store that was aborted',
    )
    w.check.equal(await w.rows(inbox), rowsOf(before.messages), 'flags')
  }),
]

/** INBOX with three messages: seen, none, draft. */
async function three(w: World): Promise<MailboxRef> {
  const inbox = await w.inbox()
  await w.append(inbox, { system: SEEN }, {}, { system: DRAFT })
  return inbox
}

async function change(
  w: World,
  at: MailboxRef,
  positions: readonly number[],
  mode: FlagChange['mode'],
  system: number,
): Promise<void> {
  const uids = await w.uids(at)
  await w.flag(
    at,
    uids.filter((_, position) => positions.includes(position)),
    { mode, flags: { system, keywords: [] } },
  )
}

async function systems(w: World, at: MailboxRef): Promise<number[]> {
  return (await w.rows(at)).map((row) => row.system)
}
