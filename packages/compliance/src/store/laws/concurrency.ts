import { SEEN } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, nameOf } from '../world.js'
import { agreesWithSnapshot } from './agreement.js'
import { followed, viewOf } from './session.js'

/** Calls that run at once take effect one after the other. */
export const concurrencyLaws: readonly ComplianceCase[] = [
  law('concurrency/twenty-appends-get-twenty-uids', 'RFC 9051 §2.3.1.1', async (w) => {
    const inbox = await w.inbox()
    const before = await w.snapshot(inbox)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => w.append(inbox, { wire: `A: ${'x'.repeat(at)}\r\n\r\n` })),
    )
    const uids = answers.map(([uid = 0]) => uid)
    w.check.equal(new Set(uids).size, 20, 'different UIDs')
    w.check.equal(
      await w.uids(inbox),
      [...uids].sort((a, b) => a - b),
      'all are there',
    )
    for (const [at, uid] of uids.entries()) {
      w.check.equal(await w.number(inbox, uid, 'octets'), 7 + at, `UID ${uid} is the message it was told for`)
    }
    const changes = await w.changes(inbox, before.highestModSeq)
    w.check.equal(
      viewOf(followed(w.check, before, changes)),
      viewOf(await w.snapshot(inbox)),
      'all are told as changes',
    )
  }),

  law('concurrency/each-append-stays-together', 'RFC 3502 §6.3.11', async (w) => {
    const inbox = await w.inbox()
    const answers = await Promise.all(Array.from({ length: 8 }, () => w.fill(inbox, 5)))
    const whole = await w.uids(inbox)
    for (const uids of answers) {
      const start = whole.indexOf(uids[0] ?? 0)
      w.check.equal(whole.slice(start, start + 5), uids, 'messages of one append stand side by side')
    }
  }),

  law('concurrency/no-flag-change-is-lost', 'MailStore: one after the other', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {})
    const keywords = w.store.supports.keywords ? Array.from({ length: 20 }, (_, at) => `k${at}`) : []
    await Promise.all([
      ...keywords.map((keyword) => w.flag(inbox, uids, { mode: 'add', flags: { system: 0, keywords: [keyword] } })),
      ...[1, 2, 4, 8, 16].map((bit) => w.flag(inbox, uids, { mode: 'add', flags: { system: bit, keywords: [] } })),
    ])
    for (const row of await w.rows(inbox)) {
      w.check.equal([row.system, row.keywords], [31, [...keywords].sort()], 'flags of both messages')
    }
  }),

  law('concurrency/a-message-moves-once', 'RFC 6851 §3.3', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const trash = await w.create('Trash')
    const uids = list(await w.append(inbox, {}, {}, {}))
    const results = await Promise.all(
      [archive, trash, archive, trash].map((to) => w.store.move({ ...inbox, uids, to: to.mailbox }, NEVER)),
    )
    const moved = results.map((result) => w.check.kind(result, 'moved', 'a move').to.length)
    w.check.equal(
      moved.reduce((sum, count) => sum + count, 0),
      3,
      'messages moved by all of them',
    )
    w.check.equal((await w.uids(archive)).length + (await w.uids(trash)).length, 3, 'messages in the targets')
    w.check.equal(await w.uids(inbox), [], 'messages left')
  }),

  law('concurrency/one-of-many-creates-the-mailbox', 'RFC 9051 §6.3.4', async (w) => {
    await w.inbox()
    const name = nameOf('Work')
    const results = await Promise.all(
      Array.from({ length: 5 }, () => w.store.createMailbox({ account: w.alice, name }, NEVER)),
    )
    w.check.equal(
      results.map((result) => result.kind).sort(),
      ['created', 'exists', 'exists', 'exists', 'exists'],
      'answers',
    )
    w.check.equal(await w.names(), ['INBOX', 'Work'], 'names')
  }),

  law('concurrency/a-new-account-gets-one-inbox', 'MailStore.mailboxes', async (w) => {
    const lists = await Promise.all(Array.from({ length: 5 }, () => w.store.mailboxes({ account: w.bob }, NEVER)))
    const ids = lists.flatMap((found) =>
      found.mailboxes.filter((entry) => entry.name === 'INBOX').map((entry) => entry.id),
    )
    w.check.equal([ids.length, new Set(ids).size], [5, 1], 'every answer names the same INBOX')
  }),

  law('concurrency/recent-goes-to-one-session', 'RFC 3501 §2.3.2', async (w) => {
    const inbox = await w.inbox()
    const [uid = 0] = await w.append(inbox, {})
    const claims = await Promise.all(Array.from({ length: 5 }, () => w.store.claimRecent(inbox, NEVER)))
    const winners = claims.filter((claim) => w.check.kind(claim, 'recent', 'a claim').from <= uid)
    w.check.equal(winners.length, 1, 'claims that cover the message')
  }),

  law('concurrency/readers-among-writers', 'MailStore: one after the other', async (w) => {
    const inbox = await w.inbox()
    const uids = await w.append(inbox, {}, {}, {}, {}, {}, {})
    const start = await w.snapshot(inbox)
    const readings = await Promise.all([
      w.append(inbox, {}, {}).then(() => w.changes(inbox, start.highestModSeq)),
      w
        .flag(inbox, uids, { mode: 'add', flags: { system: SEEN, keywords: [] } })
        .then(() => w.changes(inbox, start.highestModSeq)),
      w.expunge(inbox, uids.slice(0, 3)).then(() => w.changes(inbox, start.highestModSeq)),
      w.changes(inbox, start.highestModSeq),
    ])
    const now = viewOf(await w.snapshot(inbox))
    for (const reading of readings) {
      const then = followed(w.check, start, reading)
      const later = followed(w.check, then, await w.changes(inbox, then.highestModSeq))
      w.check.equal(viewOf(later), now, 'whatever was seen halfway, the rest makes it whole')
    }
    await agreesWithSnapshot(w, inbox)
  }),
]
