import { FLAGGED, type MailboxHint, type MailboxRef } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { law, list, NEVER, type World } from '../world.js'

/** Every change is hinted at on the bus, once it can be read. */
export const hintLaws: readonly ComplianceCase[] = [
  law('hints/after-every-change-with-the-mod-sequence-reached', 'ChangeBus', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    let uids: number[] = []
    await hinted(w, 'append', [inbox], async () => {
      uids = await w.append(inbox, {}, {}, {})
    })
    await hinted(w, 'flags', [inbox], () =>
      w.flag(inbox, uids, { mode: 'add', flags: { system: FLAGGED, keywords: [] } }),
    )
    await hinted(w, 'copy', [archive], () => w.store.copy({ ...inbox, uids: list(uids), to: archive.mailbox }, NEVER))
    await hinted(w, 'move', [inbox, archive], () =>
      w.store.move({ ...inbox, uids: list(uids.slice(0, 1)), to: archive.mailbox }, NEVER),
    )
    await hinted(w, 'expunge', [inbox], () => w.expunge(inbox, uids.slice(1, 2)))
  }),

  law('hints/only-about-the-mailbox-that-changed', 'ChangeBus', async (w) => {
    const inbox = await w.inbox()
    const archive = await w.create('Archive')
    const his = await w.inbox(w.bob)
    const heard: MailboxHint[] = []
    const releases = [archive, his].map((at) => w.fixture.bus.subscribe(at, (hint) => heard.push(hint)))
    await w.append(inbox, {}, {})
    await w.expunge(inbox, await w.uids(inbox))
    for (const release of releases) release()
    w.check.equal(heard, [], 'hints about other mailboxes')
  }),

  law('hints/are-true-when-they-are-heard', 'ChangeBus', async (w) => {
    const inbox = await w.inbox()
    const lookups: Promise<void>[] = []
    const release = w.fixture.bus.subscribe(inbox, (hint) => {
      const lookup = async (): Promise<void> => {
        const { highestModSeq } = await w.snapshot(inbox)
        w.check.ok(
          highestModSeq >= hint.modSeq,
          `the store has reached the hinted ${hint.modSeq}, found ${highestModSeq}`,
        )
      }
      lookups.push(lookup())
    })
    const uids = await w.append(inbox, {}, {})
    await w.flag(inbox, uids, { mode: 'add', flags: { system: FLAGGED, keywords: [] } })
    await w.expunge(inbox, uids)
    release()
    w.check.ok(lookups.length >= 3, 'three changes are hinted at')
    await Promise.all(lookups)
  }),

  law('hints/when-the-mailbox-is-deleted', 'ChangeBus', async (w) => {
    const work = await w.create('Work')
    const heard: MailboxHint[] = []
    const release = w.fixture.bus.subscribe(work, (hint) => heard.push(hint))
    await w.delete('Work')
    release()
    w.check.ok(heard.length > 0, 'sessions that look at it are told to look again')
  }),

  law('hints/after-every-change-of-the-list', 'ChangeBus', async (w) => {
    await w.inbox()
    await listHinted(w, 'create', () => w.create('Work'))
    await listHinted(w, 'rename', () => w.rename('Work', 'Play'))
    await listHinted(w, 'subscribe', () => w.subscribe('Play', true))
    await listHinted(w, 'unsubscribe', () => w.subscribe('Play', false))
    await listHinted(w, 'delete', () => w.delete('Play'))
    const { setMetadata } = w.store
    if (setMetadata === undefined) return
    const changes = [{ entry: '/private/comment', value: Uint8Array.of(97) }]
    await listHinted(w, 'annotation', () => setMetadata.call(w.store, { account: w.alice, of: null, changes }, NEVER))
  }),
]

/** Does something, and proves that whoever looks at alice's list of mailboxes was told to look again, and nobody else. */
async function listHinted(w: World, what: string, deed: () => Promise<unknown>): Promise<void> {
  const heard: string[] = []
  const releases = [w.alice, w.bob].map((account) => w.fixture.bus.subscribeList(account, () => heard.push(account)))
  await deed()
  for (const release of releases) release()
  w.check.ok(heard.includes(w.alice), `${what} is hinted at`)
  w.check.ok(what === 'annotation' || !heard.includes(w.bob), `${what} is hinted at in its own account only`)
}

/** Does something, and proves that each of `mailboxes` was hinted at with the mod-sequence it then has. */
async function hinted(
  w: World,
  what: string,
  mailboxes: readonly MailboxRef[],
  deed: () => Promise<unknown>,
): Promise<void> {
  const listening = mailboxes.map((at) => {
    const heard: number[] = []
    return { at, heard, release: w.fixture.bus.subscribe(at, (hint) => heard.push(hint.modSeq)) }
  })
  await deed()
  for (const { release } of listening) release()
  for (const { at, heard } of listening) {
    const { highestModSeq } = await w.snapshot(at)
    w.check.ok(heard.includes(highestModSeq), `${what} is hinted at with ${highestModSeq}, heard ${heard.join(', ')}`)
  }
}
