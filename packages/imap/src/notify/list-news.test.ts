import { type Flow, type MailboxEntry, type MailboxList, mailboxId, mailboxName } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import type { MailboxFilter, NotifyEvent } from '../command.js'
import { EventGroups } from './event-groups.js'
import { KnownMailboxes } from './known-mailboxes.js'
import { listNews } from './list-news.js'

/** `id name`, with `+` where it is subscribed, and `:` before the rights to it where it is not everything. */
function known(...rows: readonly string[]): KnownMailboxes {
  const mailboxes = rows.map((row): MailboxEntry => {
    const [id = '', text = '', mark] = row.split(' ')
    const rights = mark?.startsWith(':') === true ? { rights: mark.slice(1) } : {}
    const isSubscribed = mark === '+'
    return { id: mailboxId(id), name: nameOf(text), isSelectable: true, specialUse: [], isSubscribed, ...rights }
  })
  return new KnownMailboxes({ mailboxes, subscribedOnly: [] } satisfies MailboxList)
}

function nameOf(text: string): MailboxEntry['name'] {
  const result = mailboxName(text)
  if ('bad' in result) throw new RangeError(text)
  return result.name
}

function news(
  before: KnownMailboxes,
  now: KnownMailboxes,
  filter: MailboxFilter = { kind: 'personal' },
  events: readonly NotifyEvent[] = ['MailboxName', 'SubscriptionChange'],
  own: readonly string[] = [],
): string[] {
  const groups = new EventGroups([{ filter, events: new Set(events) }])
  return finish(listNews(before, now, groups, new Set(own))).map(({ name, oldName }) =>
    oldName === null ? name : `${name} was ${oldName}`,
  )
}

/** Runs a flow that does nothing but breathe. */
function finish<T>(flow: Flow<T>): T {
  for (;;) {
    const step = flow.next()
    if (step.done === true) return step.value
  }
}

describe('names that are told', () => {
  test('a new one, and its parent, whether there is one or not', () => {
    expect(news(known('1 INBOX'), known('1 INBOX', '2 a/b'))).toEqual(['a', 'a/b'])
  })

  test('one that is gone, and its parent', () => {
    expect(news(known('1 a', '2 a/b'), known('1 a'))).toEqual(['a', 'a/b'])
  })

  test('one renamed, without what went along with it', () => {
    expect(news(known('1 a', '2 a/b', '3 a/c'), known('1 x', '2 x/b', '3 x/d'))).toEqual(['x was a', 'x/d was a/c'])
  })

  test('INBOX renamed: another one is in its place, and goes untold', () => {
    expect(news(known('1 INBOX'), known('2 INBOX', '1 a'))).toEqual(['a was INBOX'])
    expect(news(known('1 INBOX'), known('1 INBOX', '2 a'))).toEqual(['a'])
  })

  test('one that may be looked at, or no longer', () => {
    expect(news(known('1 a', '2 b'), known('1 a :l', '2 b'))).toEqual(['a'])
    expect(news(known('1 a :l', '2 b :lr'), known('1 a', '2 b :lrs'))).toEqual(['a'])
    expect(news(known('1 a'), known('1 a :r'))).toEqual(['a'])
    expect(news(known('1 a :r'), known('1 a :i'))).toEqual([])
  })

  test('one deleted and made again in between: it is another mailbox', () => {
    expect(news(known('1 a'), known('2 a'))).toEqual(['a'])
  })

  test('subscriptions, by name', () => {
    expect(news(known('1 a', '2 b +'), known('1 a +', '2 b'))).toEqual(['a', 'b'])
  })

  test('nothing where nothing happened', () => {
    expect(news(known('1 a +', '2 b'), known('2 b', '1 a +'))).toEqual([])
  })

  test('of the mailboxes that were named only', () => {
    const [before, now] = [known('1 a', '2 ab'), known()]
    expect(news(before, now, { kind: 'subtree', names: new Set([nameOf('a')]) })).toEqual(['a'])
    expect(news(before, now, { kind: 'mailboxes', names: new Set([nameOf('ab')]) })).toEqual(['ab'])
    expect(news(before, now, { kind: 'subscribed' })).toEqual([])
  })

  test('by the events that were named only', () => {
    expect(news(known('1 a'), known('1 b', '2 c +'), undefined, ['SubscriptionChange'])).toEqual(['c'])
    expect(news(known('1 a'), known('1 a +'), undefined, ['MailboxName'])).toEqual([])
  })

  test('nothing of what the client did itself', () => {
    expect(news(known('1 a'), known('2 b'), undefined, undefined, ['a'])).toEqual(['b'])
    expect(news(known('1 a', '3 p'), known('1 x', '2 p/b', '3 p'), undefined, undefined, ['x', 'p/b'])).toEqual([])
  })
})
