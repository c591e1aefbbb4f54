import { type AccountId, type Annotated, type AnnotationChange, fromUtf8, type MetadataCalls } from '@mailwright/core'
import type { ComplianceCase } from '../../kit/case.js'
import { ComplianceFailure } from '../../kit/check.js'
import { sortedAnnotations } from '../rows.js'
import { law, NEVER, NO_MAILBOX, type World } from '../world.js'

/** Annotations of mailboxes and of the server. A store without them has not even the calls. */
export const metadataLaws: readonly ComplianceCase[] = [
  annotationLaw('metadata/set-replaced-and-removed', 'RFC 5464 §4.3', async (w, of) => {
    await w.set(of, { '/private/comment': 'first', '/private/vendor/x/y': 'other' })
    w.equal(await w.get(of), { '/private/comment': 'first', '/private/vendor/x/y': 'other' }, 'what was set')
    await w.set(of, { '/private/comment': 'second', '/private/vendor/x/y': null, '/private/vendor/x/none': null })
    w.equal(await w.get(of), { '/private/comment': 'second' }, 'one replaced, one removed, one that never was')
    await w.set(of, { '/private/comment': '' })
    w.equal(await w.get(of), { '/private/comment': '' }, 'no octets are a value, too')
  }),

  annotationLaw('metadata/any-octets', 'RFC 5464 §3.2', async (w, of) => {
    const value = Uint8Array.from({ length: 1_024 }, (_, at) => at % 256)
    await w.change(of, [{ entry: '/private/comment', value }])
    const [found] = (await w.calls.metadata({ ...w.who, of: [of], entries: ['/private/comment'], depth: 0 }, NEVER))
      .found
    w.world.check.equal(found?.annotations[0]?.value, value, 'a value of every octet')
  }),

  annotationLaw('metadata/depth', 'RFC 5464 §4.2.2', async (w, of) => {
    const all = { '/private/a/b': '1', '/private/a/b/c': '2', '/private/a/b/c/d': '3', '/private/a/bc': '4' }
    await w.set(of, all)
    w.equal(await w.get(of, ['/private/a/b'], 0), { '/private/a/b': '1' }, 'depth 0')
    w.equal(await w.get(of, ['/private/a/b'], 1), { '/private/a/b': '1', '/private/a/b/c': '2' }, 'depth 1')
    w.equal(
      await w.get(of, ['/private/a'], 1),
      { '/private/a/b': '1', '/private/a/bc': '4' },
      'below what has no value',
    )
    w.equal(
      await w.get(of, ['/private/a/b', '/private/a/b/c'], 'infinity'),
      { '/private/a/b': '1', '/private/a/b/c': '2', '/private/a/b/c/d': '3' },
      'each once, however often it is found',
    )
  }),

  annotationLaw('metadata/ten-of-a-kilobyte', 'RFC 5464 §4.1', async (w, of) => {
    const wanted: { [entry: string]: string } = {}
    for (let n = 0; n < 10; n++) wanted[`/private/vendor/law/${n}`] = `${n}`.repeat(1_024)
    await w.set(of, wanted)
    w.equal(await w.get(of), wanted, 'the least that a store takes')
  }),

  annotationLaw('metadata/all-or-none', 'RFC 5464 §4.3', async (w, of) => {
    await w.set(of, { '/private/comment': 'before' })
    for (let size = 2_048; size <= 4_194_304; size *= 2) {
      const answer = await w.calls.setMetadata(
        {
          ...w.who,
          of,
          changes: [
            { entry: '/private/comment', value: fromUtf8('after') },
            { entry: '/private/vendor/law/long', value: new Uint8Array(size) },
          ],
        },
        NEVER,
      )
      if (answer.kind === 'done') {
        await w.set(of, { '/private/comment': 'before', '/private/vendor/law/long': null })
        continue
      }
      if (answer.kind !== 'overQuota') {
        const { limit } = w.world.check.kind(answer, 'valueTooLong', 'a value over the limit')
        w.world.check.ok(limit < size && limit >= 1_024, 'the limit that is told is the one it was over')
      }
      w.equal(await w.get(of), { '/private/comment': 'before' }, 'nothing of a refused change is there')
      return
    }
  }),

  annotationLaw('metadata/private-ones-are-the-accounts-own', 'RFC 5464 §3.2', async (w, of) => {
    if (of !== null) return
    await w.set(of, { '/private/comment': 'mine' })
    const bobs = new Notes(w.world, w.calls, w.world.bob)
    w.equal(await bobs.get(of), {}, 'another account sees none')
    await bobs.set(of, { '/private/comment': 'his' })
    w.equal(
      [await w.get(of), await bobs.get(of)],
      [{ '/private/comment': 'mine' }, { '/private/comment': 'his' }],
      'each its own',
    )
  }),

  law('metadata/follow-a-rename-and-go-with-the-mailbox', 'RFC 5464 §4.1', async (world) => {
    if (world.store.supports.metadata !== 'mailboxes') return
    const w = new Notes(world, callsOf(world), world.alice)
    const { mailbox } = await world.create('Work')
    await w.set(mailbox, { '/private/comment': 'mine', '/shared/comment': 'ours' })
    await world.rename('Work', 'Play')
    const both = await w.get(mailbox, ['/private', '/shared'])
    w.equal(both, { '/private/comment': 'mine', '/shared/comment': 'ours' }, 'under the new name')
    await world.delete('Play')
    const gone = await w.calls.metadata({ ...w.who, of: [mailbox], entries: ['/private'], depth: 'infinity' }, NEVER)
    world.check.equal(gone.found, [], 'once the mailbox is gone')
    const again = await world.create('Play')
    w.equal(await w.get(again.mailbox, ['/private', '/shared']), {}, 'a new mailbox of its name has none')
  }),

  law('metadata/several-at-once-without-those-that-are-gone', 'MetadataCalls.metadata', async (world) => {
    if (world.store.supports.metadata !== 'mailboxes') return
    const w = new Notes(world, callsOf(world), world.alice)
    const { mailbox: inbox } = await world.inbox()
    const { mailbox: work } = await world.create('Work')
    await w.set(inbox, { '/private/comment': 'in' })
    await w.set(null, { '/private/comment': 'server' })
    const of = [work, NO_MAILBOX, null, inbox]
    const { found } = await w.calls.metadata({ ...w.who, of, entries: ['/private/comment'], depth: 0 }, NEVER)
    const rows = new Map(found.map((row) => [row.of, sortedAnnotations(row.annotations).length]))
    world.check.equal(found.length, 3, 'rows')
    world.check.equal([rows.get(work), rows.get(null), rows.get(inbox)], [0, 1, 1], 'annotations of each')
    const set = await w.calls.setMetadata(
      { ...w.who, of: NO_MAILBOX, changes: [{ entry: '/private/comment', value: fromUtf8('x') }] },
      NEVER,
    )
    world.check.kind(set, 'noSuchMailbox', 'annotating what is not there')
  }),

  law('metadata/survive-a-reopen', 'MetadataCalls.setMetadata', async (world) => {
    const { metadata } = world.store.supports
    if (metadata === undefined || !world.store.supports.durable) return
    const of: Annotated = metadata === 'server' ? null : (await world.inbox()).mailbox
    await new Notes(world, callsOf(world), world.alice).set(of, { '/private/comment': 'kept' })
    await world.reopen()
    const w = new Notes(world, callsOf(world), world.alice)
    w.equal(await w.get(of), { '/private/comment': 'kept' }, 'after a reopen')
  }),
]

/** Proves the law of the server's annotations, and of a mailbox's where there are any; or that the store has none at all. */
function annotationLaw(
  id: string,
  source: string,
  prove: (notes: Notes, of: Annotated) => Promise<void>,
): ComplianceCase {
  return law(id, source, async (world) => {
    const { metadata } = world.store.supports
    if (metadata === undefined) {
      const calls = [world.store.metadata, world.store.setMetadata]
      world.check.equal(calls, [undefined, undefined], 'a store without annotations has no calls for them')
      return
    }
    const notes = new Notes(world, callsOf(world), world.alice)
    await prove(notes, null)
    const { mailbox } = await world.inbox()
    if (metadata === 'mailboxes') await prove(notes, mailbox)
    else {
      const changes = [{ entry: '/private/comment', value: fromUtf8('no') }]
      const answer = await notes.calls.setMetadata({ ...notes.who, of: mailbox, changes }, NEVER)
      world.check.kind(answer, 'denied', 'a store that annotates the server alone refuses a mailbox')
    }
  })
}

function callsOf({ store }: World): MetadataCalls {
  const { metadata, setMetadata } = store
  if (metadata === undefined || setMetadata === undefined) {
    throw new ComplianceFailure('a store that declares metadata has the calls: not so')
  }
  return { metadata: metadata.bind(store), setMetadata: setMetadata.bind(store) }
}

/** Annotations as texts, of one account. */
class Notes {
  readonly world: World
  readonly calls: MetadataCalls
  readonly who: { readonly account: AccountId }

  constructor(world: World, calls: MetadataCalls, account: AccountId) {
    this.world = world
    this.calls = calls
    this.who = { account }
  }

  equal(actual: unknown, expected: unknown, claim: string): void {
    this.world.check.equal(actual, expected, claim)
  }

  async set(of: Annotated, values: { readonly [entry: string]: string | null }): Promise<void> {
    await this.change(
      of,
      Object.entries(values).map(([entry, value]) => ({ entry, value: value === null ? null : fromUtf8(value) })),
    )
  }

  async change(of: Annotated, changes: readonly AnnotationChange[]): Promise<void> {
    const answer = await this.calls.setMetadata({ ...this.who, of, changes }, NEVER)
    this.world.check.kind(answer, 'done', 'annotations are set')
  }

  async get(
    of: Annotated,
    entries: readonly string[] = ['/private'],
    depth: 0 | 1 | 'infinity' = 'infinity',
  ): Promise<{ readonly [entry: string]: string }> {
    const { found } = await this.calls.metadata({ ...this.who, of: [of], entries, depth }, NEVER)
    this.world.check.equal(found.length, 1, 'rows')
    const rows = sortedAnnotations(found[0]?.annotations ?? [])
    this.world.check.equal(new Set(rows.map(([entry]) => entry)).size, rows.length, 'no annotation comes twice')
    return Object.fromEntries(rows.map(([entry, value]) => [entry, new TextDecoder().decode(value)]))
  }
}
