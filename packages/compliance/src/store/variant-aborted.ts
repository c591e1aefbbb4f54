import type { AccountId, MailStore } from '@mailwright/core'
import type { Variant } from '../kit/case.js'
import { check } from '../kit/check.js'
import { MOMENTS } from '../kit/moments.js'
import { rowsOf, sortedAnnotations } from './rows.js'
import { fixtureWith, type PassingCall, storeThrough } from './wrap.js'

/** Calls that change something and can be asked twice. `stage` has eaten its body; its aborts are laws of their own. */
const CHANGING: ReadonlySet<string> = new Set([
  'createMailbox',
  'renameMailbox',
  'deleteMailbox',
  'subscribe',
  'append',
  'copy',
  'move',
  'storeFlags',
  'expunge',
  'claimRecent',
  'setMetadata',
  'setQuota',
  'setAcl',
])

/**
 * Every changing call is tried with signals that abort ever later, until one comes through. What rejected must have
 * left nothing behind; what came through is what the law goes on with, so it must have happened whole.
 */
export const abortedVariant: Variant = {
  id: 'aborted',
  title: 'every change is aborted at each of its awaits before it is let through',
  wrap: (fixture) =>
    fixtureWith(fixture, (store) => {
      // One change at a time, or another's effect would pass for a remainder.
      let queue: Promise<unknown> = Promise.resolve()
      return storeThrough({
        supports: store.supports,
        pass: (call) => {
          const { account } = call
          if (!CHANGING.has(call.name) || account === undefined || call.signal.aborted) {
            return call.perform(store, call.signal)
          }
          const result = queue.then(() => attempts(store, account, call))
          queue = result.catch(() => undefined)
          return result
        },
        close: () => store.close(),
      })
    }),
}

async function attempts<Result>(store: MailStore, account: AccountId, call: PassingCall<Result>): Promise<Result> {
  const before = await observe(store, account)
  for (const [attempt, moment] of MOMENTS.entries()) {
    const controller = new AbortController()
    const reason = new Error(`aborted by the kit, attempt ${attempt}`)
    const fire = moment(() => controller.abort(reason))
    const outcome = await call.perform(store, AbortSignal.any([call.signal, controller.signal])).then(
      (result) => ({ result }),
      (fault: unknown) => ({ fault }),
    )
    await fire
    if ('result' in outcome) return outcome.result
    // A fault of its own, not our abort: the law is to see it.
    if (!controller.signal.aborted) throw outcome.fault
    check.equal(
      await observe(store, account),
      before,
      `${call.name} that was aborted (attempt ${attempt}) leaves nothing behind`,
    )
  }
  return call.perform(store, call.signal)
}

/** What any session can see of an account. UIDNEXT and the mod-sequence are left out: an aborted call may skip numbers. */
async function observe(store: MailStore, account: AccountId): Promise<unknown> {
  const { signal } = new AbortController()
  const { mailboxes, subscribedOnly } = await store.mailboxes({ account }, signal)
  const entries = [...mailboxes].sort((a, b) => (a.name < b.name ? -1 : 1))
  const contents: unknown[] = []
  for (const entry of entries) {
    const found = await store.snapshot({ account, mailbox: entry.id }, signal)
    if (found.kind === 'noSuchMailbox') contents.push(null)
    else contents.push({ uidValidity: found.uidValidity, rows: rowsOf(found.messages) })
  }
  const { statuses } = await store.status(
    {
      account,
      mailboxes: entries.map((entry) => entry.id),
      items: ['messages', 'unseen', 'deleted', 'size', 'recent'],
    },
    signal,
  )
  const annotations = await store.metadata?.(
    { account, of: [null, ...entries.map((entry) => entry.id)], entries: ['/private', '/shared'], depth: 'infinity' },
    signal,
  )
  const notes = (annotations?.found ?? []).map((row) => sortedAnnotations(row.annotations))
  const lists: unknown[] = []
  for (const { id } of entries) lists.push(await store.acl?.({ account, mailbox: id }, signal))
  return { entries, contents, statuses, subscribedOnly: [...subscribedOnly].sort(), notes, lists }
}
