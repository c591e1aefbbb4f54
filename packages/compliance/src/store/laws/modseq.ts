import { FLAGGED, SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { ALL_ITEMS, law, list, NEVER } from '../world.js'

/** Mod-sequences: what CONDSTORE, QRESYNC and IDLE rest on. */
export const modSeqLaws: readonly ComplianceCase[] = [
  law('modseq/starts-above-zero', 'RFC 7162 §3.1.2.1', async (w) => {
    const { highestModSeq } = await w.snapshot(await w.inbox())
    w.check.ok(Number.isSafeInteger(highestModSeq) && highestModSeq > 0, `${highestModSeq} is a mod-sequence`)
  }),

  law('modseq/grows-with-every-change', 'RFC 7162 §3.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    let uids: number[] = []
    const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
      [
        'append',
        async () => {
          uids = await w.append(inbox, {}, {}, {})
        },
      ],
      ['flags', () => w.flag(inbox, uids, { mode: 'add', flags: { system: SEEN, keywords: [] } })],
      ['copy', () => w.store.copy({ ...inbox, uids: list(uids), to: inbox.mailbox }, NEVER)],
      ['expunge', () => w.expunge(inbox, uids.slice(0, 1))],
      ['move', () => w.store.move({ ...inbox, uids: list(uids.slice(1)), to: archive.mailbox }, NEVER)],
    ]
    for (const [name, step] of steps) {
      const before = (await w.snapshot(inbox)).highestModSeq
      await step()
      const after = (await w.snapshot(inbox)).highestModSeq
      w.check.ok(after > before, `HIGHESTMODSEQ ${after} after ${name} exceeds ${before} before`)
    }
    w.check.ok((await w.status(archive)).highestModSeq !== 0, 'the target has one, too')
  }),

  law('modseq/of-a-changed-message-exceeds-the-highest-before', 'RFC 7162 §3.1', async (w) => {
    const inbox = await w.inbox()
    const [one = 0, two = 0] = await w.append(inbox, {}, {})
    const before = (await w.snapshot(inbox)).highestModSeq
    const untouched = await w.number(inbox, two, 'modSeq')
    await w.flag(inbox, [one], { mode: 'add', flags: { system: FLAGGED, keywords: [] } })
    w.check.ok((await w.number(inbox, one, 'modSeq')) > before, 'the changed message lies above the mark')
    w.check.equal(await w.number(inbox, two, 'modSeq'), untouched, 'the other stays where it was')
  }),

  law('modseq/no-message-exceeds-the-highest', 'RFC 7162 §3.1.2.1', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, {}, {})
    await w.flag(inbox, uids.slice(1, 3), { mode: 'add', flags: { system: FLAGGED, keywords: [] } })
    const { highestModSeq } = await w.snapshot(inbox)
    const { pages } = await w.fetch(inbox, uids, ['modSeq'])
    const modSeqs = pages.flatMap((page) => Array.from(page.modSeqs ?? []))
    w.check.equal(Math.max(...modSeqs), highestModSeq, 'the greatest of all messages is the highest')
    w.check.ok(
      modSeqs.every((value) => value > 0),
      'every message has one',
    )
  }),

  law('modseq/unmoved-by-looking', 'RFC 7162 §3.1', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const before = await w.snapshot(inbox)
    await w.fetch(inbox, uids, ['flags', 'octets', 'internalDate', 'modSeq', 'digest'])
    await w.read(inbox, uids[0] ?? 0)
    await w.status(inbox, ALL_ITEMS)
    await w.changes(inbox, before.highestModSeq)
    w.check.equal((await w.snapshot(inbox)).highestModSeq, before.highestModSeq, 'HIGHESTMODSEQ after looking')
  }),

  law('modseq/mailboxes-count-apart', 'RFC 7162 §3.1', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const before = await w.snapshot(archive)
    await w.append(inbox, {}, {})
    w.check.equal(
      (await w.changes(archive, before.highestModSeq)).messages.uids,
      [],
      'nothing came to the other mailbox',
    )
  }),
]
