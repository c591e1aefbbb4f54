import type { ComplianceCase } from '../../kit/case.js'
import { law, type World } from '../world.js'

/** Subscriptions are names, kept apart from mailboxes. */
export const subscribeLaws: readonly ComplianceCase[] = [
  law('subscribe/set-and-cleared', 'RFC 9051 §6.3.7', async (w) => {
    await w.create('Work')
    await w.subscribe('Work')
    await w.subscribe('Work')
    w.check.equal(await subscribed(w), ['Work'], 'subscribed, twice')
    await w.subscribe('Work', false)
    await w.subscribe('Work', false)
    w.check.equal(await subscribed(w), [], 'cleared, twice')
    await w.subscribe('INBOX')
    w.check.equal(await subscribed(w), ['INBOX'], 'INBOX')
  }),

  law('subscribe/a-name-that-no-mailbox-has', 'RFC 9051 §6.3.7', async (w) => {
    await w.subscribe('Not yet')
    w.check.equal([await subscribed(w), await orphans(w)], [[], ['Not yet']], 'before it exists')
    w.check.equal(await w.names(), ['INBOX'], 'no mailbox was made')
    await w.create('Not yet')
    w.check.equal([await subscribed(w), await orphans(w)], [['Not yet'], []], 'once it exists')
  }),

  law('subscribe/outlives-the-mailbox', 'RFC 9051 §6.3.7', async (w) => {
    await w.create('Work')
    await w.subscribe('Work')
    await w.delete('Work')
    w.check.equal([await subscribed(w), await orphans(w)], [[], ['Work']], 'after the mailbox was deleted')
    await w.subscribe('Work', false)
    w.check.equal(await orphans(w), [], 'it can still be cleared')
  }),

  law('subscribe/does-not-follow-a-rename', 'RFC 9051 §6.3.6', async (w) => {
    await w.create('Work')
    await w.subscribe('Work')
    await w.rename('Work', 'Play')
    w.check.equal([await subscribed(w), await orphans(w)], [[], ['Work']], 'the old name stays subscribed')
  }),

  law('subscribe/odd-names', 'RFC 9051 §6.3.7', async (w) => {
    const names = ['a b', 'tab?', '"quoted"', 'Entwürfe', '%', 'back\\slash', '.dot', '~', '#', 'V\u00a02']
    for (const name of names) await w.subscribe(name)
    w.check.equal(await orphans(w), [...names].sort(), 'each comes back as it was given')
    for (const name of names) await w.subscribe(name, false)
    w.check.equal(await orphans(w), [], 'each can be cleared')
  }),
]

async function subscribed(w: World): Promise<string[]> {
  return (await w.entries()).filter((entry) => entry.isSubscribed).map((entry) => entry.name)
}

async function orphans(w: World): Promise<string[]> {
  const { signal } = new AbortController()
  return [...(await w.store.mailboxes({ account: w.alice }, signal)).subscribedOnly].sort()
}
