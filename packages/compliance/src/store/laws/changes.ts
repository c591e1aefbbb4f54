import { type Changes, FLAGGED, type MailboxRef, modSeq, SEEN, type Snapshot } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { rowsOf } from '../rows.js'
import { law, list, NEVER, NO_MAILBOX, type World } from '../world.js'
import { followed, viewOf } from './session.js'

/** `changesSince`: the only road by which a session learns anything. */
export const changesLaws: readonly ComplianceCase[] = [
  law('changes/nothing-since-now', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {}, {})
    const now = await w.snapshot(inbox)
    const changes = await w.changes(inbox, now.highestModSeq)
    w.check.equal([changes.messages.uids, changes.modSeqs, changes.vanished], [[], [], []], 'changes since now')
    w.check.equal([changes.highestModSeq, changes.uidNext], [now.highestModSeq, now.uidNext], 'the mark stays')
  }),

  law('changes/everything-since-zero', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    const [, second = 0] = await w.append(inbox, { system: SEEN }, {}, { system: FLAGGED })
    await w.expunge(inbox, [second])
    const changes = await w.changes(inbox, modSeq(0))
    w.check.equal(rowsOf(changes.messages), await w.rows(inbox), 'all messages')
    w.check.ok(changes.vanished.includes(second), 'and what was expunged')
  }),

  law('changes/arrivals', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {})
    await since(w, inbox, async () => {
      const uids = await w.append(inbox, { system: SEEN }, {})
      return (changes) => w.check.equal(changes.messages.uids, uids, 'the new messages, and no other')
    })
  }),

  law('changes/flags', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, {})
    await since(w, inbox, async () => {
      await w.flag(inbox, uids.slice(1, 2), { mode: 'add', flags: { system: FLAGGED, keywords: [] } })
      return (changes) => w.check.equal(changes.messages.uids, uids.slice(1, 2), 'the changed message, and no other')
    })
  }),

  law('changes/vanished', 'RFC 7162 §3.2.10', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, {}, {})
    await since(w, inbox, async () => {
      await w.expunge(inbox, [uids[3] ?? 0])
      await w.expunge(inbox, [uids[0] ?? 0, uids[2] ?? 0])
      return (changes) => {
        for (const gone of [uids[0], uids[2], uids[3]]) {
          w.check.ok(changes.vanished.includes(gone ?? 0), `${gone} is told to have vanished`)
        }
        w.check.equal(changes.messages.uids, [], 'what vanished is not told as a change')
      }
    })
  }),

  law('changes/arrived-and-vanished-between', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {})
    await since(w, inbox, async () => {
      const [brief = 0] = await w.append(inbox, {})
      await w.expunge(inbox, [brief])
      return (changes) => {
        w.check.equal(changes.messages.uids, [], 'a message that is gone is not told as new')
        w.check.ok(changes.uidNext > brief, 'UIDNEXT has passed it')
      }
    })
  }),

  law('changes/a-message-changed-often-is-told-once', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    await since(w, inbox, async () => {
      for (const mode of ['add', 'remove', 'add'] as const) {
        await w.flag(inbox, uids, { mode, flags: { system: FLAGGED, keywords: [] } })
      }
      return (changes) =>
        w.check.equal(
          rowsOf(changes.messages).map((row) => [row.uid, row.system]),
          uids.map((uid) => [uid, FLAGGED]),
          'each message once, with its flags of now',
        )
    })
  }),

  law('changes/copies-and-moves-show-on-both-sides', 'RFC 6851 §3.3', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const uids = await w.append(inbox, {}, {}, {})
    await since(w, inbox, () =>
      since(w, archive, async () => {
        const moved = await w.store.move({ ...inbox, uids: list(uids.slice(0, 2)), to: archive.mailbox }, NEVER)
        const copied = await w.store.copy({ ...inbox, uids: list(uids.slice(2)), to: archive.mailbox }, NEVER)
        const to = [
          ...w.check.kind(moved, 'moved', 'messages are moved').to,
          ...w.check.kind(copied, 'copied', 'a message is copied').to,
        ]
        return (changes) => w.check.equal(changes.messages.uids, to, 'the target tells the arrivals')
      }).then(() => (changes) => {
        w.check.equal(changes.messages.uids, [], 'the source tells no arrivals')
        for (const gone of uids.slice(0, 2))
          w.check.ok(changes.vanished.includes(gone), `the source tells that ${gone} left`)
      }),
    )
  }),

  law('changes/in-steps-or-at-once', 'MailStore.changesSince', async (w) => {
    const inbox = await w.inbox()
    await w.append(inbox, {}, { system: SEEN }, {})
    const start = await w.snapshot(inbox)
    let stepwise = start
    for (let step = 0; step < 12; step++) {
      const uids = await w.uids(inbox)
      if (step % 3 === 0) await w.append(inbox, {}, {})
      if (step % 3 === 1) await w.expunge(inbox, uids.slice(step % 4, (step % 4) + 1))
      if (step % 3 === 2)
        await w.flag(inbox, uids.slice(-2), { mode: 'add', flags: { system: 1 << (step % 5), keywords: [] } })
      stepwise = followed(w.check, stepwise, await w.changes(inbox, stepwise.highestModSeq))
    }
    const now = await w.snapshot(inbox)
    w.check.equal(viewOf(stepwise), viewOf(now), 'a session that follows every change')
    const once = followed(w.check, start, await w.changes(inbox, start.highestModSeq))
    w.check.equal(viewOf(once), viewOf(now), 'a session that looks once')
  }),

  law('changes/a-snapshot-never-changes', 'Snapshot', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const snapshot = await w.snapshot(inbox)
    const before = rowsOf(snapshot.messages)
    await w.flag(inbox, uids, { mode: 'add', flags: { system: FLAGGED, keywords: ['new'] } })
    await w.append(inbox, {})
    await w.expunge(inbox, uids.slice(0, 1))
    w.check.equal(rowsOf(snapshot.messages), before, 'the old snapshot')
  }),

  law('changes/of-no-mailbox', 'MailStore.changesSince', async (w) => {
    const nowhere = { account: w.alice, mailbox: NO_MAILBOX }
    w.check.kind(await w.store.changesSince({ ...nowhere, modSeq: modSeq(1) }, NEVER), 'noSuchMailbox', 'changes')
    w.check.kind(await w.store.snapshot(nowhere, NEVER), 'noSuchMailbox', 'snapshot')
  }),
]

/** Does something, then checks what is told of it: by what the deed answers, and by the laws that hold for all changes. */
async function since(w: World, at: MailboxRef, deed: () => Promise<(changes: Changes) => void>): Promise<void> {
  const before: Snapshot = await w.snapshot(at)
  const verify = await deed()
  const changes = await w.changes(at, before.highestModSeq)
  verify(changes)
  w.check.ok(
    changes.modSeqs.every((value) => value > before.highestModSeq && value <= changes.highestModSeq),
    'mod-sequences lie above the mark and below the new one',
  )
  w.check.equal(
    viewOf(followed(w.check, before, changes)),
    viewOf(await w.snapshot(at)),
    'snapshot and changes make the later snapshot',
  )
}
