import { expect, test } from 'vitest'
import { accountId, mailboxId, modSeq } from '../brands.js'
import { LocalChangeBus, type MailboxHint } from './change-bus.js'

const HINT: MailboxHint = { account: accountId('a'), mailbox: mailboxId('m'), modSeq: modSeq(1) }

test('a hint reaches the listeners of its mailbox, in order, until they are released', () => {
  const bus = new LocalChangeBus()
  const heard: string[] = []
  const release = bus.subscribe(HINT, () => heard.push('first'))
  bus.subscribe(HINT, () => heard.push('second'))
  bus.subscribe({ ...HINT, account: accountId('b') }, () => heard.push('other account'))
  bus.publish(HINT)
  release()
  release()
  bus.publish(HINT)
  expect(heard).toEqual(['first', 'second', 'second'])
})

test('hints about the list of mailboxes have listeners of their own', () => {
  const bus = new LocalChangeBus()
  const heard: string[] = []
  const release = bus.subscribeList(accountId('a'), () => heard.push('list'))
  bus.subscribeList(accountId('b'), () => heard.push('other account'))
  bus.subscribe(HINT, () => heard.push('mailbox'))
  bus.publish({ account: accountId('a'), mailbox: null })
  bus.publish(HINT)
  release()
  bus.publish({ account: accountId('a'), mailbox: null })
  expect(heard).toEqual(['list', 'mailbox'])
})

test('one function subscribed twice is called twice and released once', () => {
  const bus = new LocalChangeBus()
  let calls = 0
  const listener = (): void => {
    calls++
  }
  bus.subscribe(HINT, listener)()
  bus.subscribe(HINT, listener)
  bus.publish(HINT)
  expect(calls).toBe(1)
})

test("a listener's exception reaches neither the publisher nor the other listeners", () => {
  const faults: unknown[] = []
  const bus = new LocalChangeBus((fault) => faults.push(fault))
  let calls = 0
  bus.subscribe(HINT, () => {
    throw new Error('broken')
  })
  bus.subscribe(HINT, () => {
    calls++
  })
  bus.publish(HINT)
  expect([calls, faults.length]).toEqual([1, 1])
})
