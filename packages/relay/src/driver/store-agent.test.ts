import {
  accountId,
  uid as asUid,
  bytesHandle,
  fromLatin1,
  INBOX,
  latin1,
  type MailStore,
  newRecipient,
  type QueuedMessage,
  type QueueId,
} from '@mailwright/core'
import { createMemoryStore } from '@mailwright/store-memory'
import { describe, expect, test } from 'vitest'
import type { DeliveryResult } from '../delivery/agent.js'
import { discardAgent, errorAgent } from '../delivery/plain-agents.js'
import { createStoreAgent, type StoreAgentOptions } from './store-agent.js'

const signal = new AbortController().signal
const clock = { now: () => 0, date: () => 0, after: () => () => {} }

function request(text: string, to: readonly string[], nexthop = '', originalTo?: string) {
  const recipients = to.map((address) => newRecipient({ address, ...(originalTo === undefined ? {} : { originalTo }) }))
  const message: QueuedMessage = {
    id: 'A' as QueueId,
    envelope: { reversePath: 'jo@x' },
    recipients,
    arrived: 0,
    octets: text.length,
    isHeld: false,
    isActive: true,
  }
  const routed = recipients.map((recipient, position) => ({ position, recipient, address: recipient.address }))
  return { message, body: bytesHandle(fromLatin1(text)), nexthop, recipients: routed }
}

const told = (results: readonly DeliveryResult[]) =>
  results.map(({ kind, status, text }) => `${kind} ${status} ${text}`)

/** A store in memory whose user `full` has no room. */
function world(options: Partial<StoreAgentOptions> = {}) {
  const inner = createMemoryStore({ clock })
  const store: MailStore = Object.create(inner, {
    stage: {
      value: async (args: Parameters<MailStore['stage']>[0], abort: AbortSignal) =>
        args.account === 'full' ? { kind: 'overQuota' } : inner.stage(args, abort),
    },
  })
  for (const name of ['append', 'discard', 'mailboxes'] as const) {
    Object.defineProperty(store, name, { value: inner[name].bind(inner) })
  }
  const agent = createStoreAgent({
    store,
    name: 'local',
    ownerOf: async (address) => {
      const [user = ''] = address.split('@')
      if (user === 'later') return { kind: 'unavailable' }
      return user === 'nobody' ? { kind: 'unknownUser' } : { kind: 'found', account: accountId(user) }
    },
    ...options,
  })
  const inbox = async (user: string): Promise<readonly string[]> => {
    const account = accountId(user)
    const { mailboxes } = await inner.mailboxes({ account }, signal)
    const mailbox = mailboxes.find(({ name }) => name === INBOX)?.id ?? expect.fail('no INBOX')
    const snapshot = await inner.snapshot({ account, mailbox }, signal)
    if (snapshot.kind !== 'snapshot') return expect.fail(snapshot.kind)
    const texts: string[] = []
    for (const uid of snapshot.messages.uids) {
      const found = await inner.body({ account, mailbox, uid: asUid(uid) }, signal)
      if (found.kind !== 'body') return expect.fail(found.kind)
      let text = ''
      for await (const chunk of found.body.read()) text += latin1(chunk)
      texts.push(text)
    }
    return texts
  }
  return { agent, inbox }
}

describe('[B19] delivery into a store', () => {
  test('each has a copy below Return-Path, X-Original-To and Delivered-To, in that order', async () => {
    const { agent, inbox } = world()
    const { results } = await agent.deliver(request('Subject: x\r\n\r\ny\r\n', ['ann@d', 'bob@d'], '', 'all@d'), signal)
    expect(told(results)).toEqual(Array(2).fill('delivered 2.0.0 delivered to mailbox'))
    expect(await inbox('ann')).toEqual([
      'Return-Path: <jo@x>\r\nX-Original-To: all@d\r\nDelivered-To: ann@d\r\nSubject: x\r\n\r\ny\r\n',
    ])
    expect((await inbox('bob'))[0]).toContain('Delivered-To: bob@d\r\n')
  })

  test('what was delivered there before loops; who is unknown, or over quota, or cannot be looked up', async () => {
    const { agent, inbox } = world()
    const text = 'Delivered-To: ANN@D\r\n\r\n'
    const { results } = await agent.deliver(request(text, ['ann@d', 'nobody@d', 'full@d', 'later@d', 'bob@d']), signal)
    expect(told(results)).toEqual([
      'failed 5.4.6 mail forwarding loop for ann@d',
      'failed 5.1.1 unknown user: "nobody"',
      'deferred 4.2.2 the mailbox of full@d is over its quota',
      'deferred 4.3.0 user lookup error',
      'delivered 2.0.0 delivered to mailbox',
    ])
    expect(await inbox('ann')).toEqual([])
  })

  test('over quota may be a failure; a filter may take the place of the INBOX', async () => {
    const failing = world({ overQuota: 'failed' })
    const { results } = await failing.agent.deliver(request('x', ['full@d']), signal)
    expect(told(results)).toEqual(['failed 5.2.2 the mailbox of full@d is over its quota'])
    const filed: string[] = []
    const filtering = world({
      file: async ({ account, stamp }) => {
        filed.push(`${account} ${latin1(stamp).split('\r\n').length}`)
        return { kind: 'filed', text: 'stored mail into mailbox Lists' }
      },
    })
    expect(told((await filtering.agent.deliver(request('x', ['ann@d']), signal)).results)).toEqual([
      'delivered 2.0.0 stored mail into mailbox Lists',
    ])
    expect(filed).toEqual(['ann 4'])
    expect(await filtering.inbox('ann')).toEqual([])
  })
})

describe('the INBOX of an account', () => {
  test('is looked up once, and again when the store does not know it any more', async () => {
    const inner = createMemoryStore({ clock })
    let lists = 0
    let isLost = false
    const store: MailStore = Object.create(inner, {
      stage: { value: inner.stage.bind(inner) },
      discard: { value: inner.discard.bind(inner) },
      mailboxes: {
        value: (...args: Parameters<MailStore['mailboxes']>) => {
          lists++
          return inner.mailboxes(...args)
        },
      },
      append: {
        value: async (...args: Parameters<MailStore['append']>) => {
          const lost = isLost
          isLost = false
          return lost ? { kind: 'noSuchMailbox' } : inner.append(...args)
        },
      },
    })
    const { agent } = world({ store })
    const deliver = async (): Promise<readonly string[]> =>
      told((await agent.deliver(request('x', ['ann@d']), signal)).results)
    const delivered = ['delivered 2.0.0 delivered to mailbox']
    expect([await deliver(), await deliver(), lists]).toEqual([delivered, delivered, 1])
    isLost = true
    expect([await deliver(), lists]).toEqual([delivered, 2])
  })
})

describe('[C12] transports that deliver nowhere', () => {
  test.each([
    ['5.7.1 We do not go there', 'failed 5.7.1 We do not go there'],
    ['4.7.1 We do not go there', 'failed 5.7.1 We do not go there'],
    ['We do not go there', 'failed 5.0.0 We do not go there'],
    ['', 'failed 5.0.0 mail for this recipient is not delivered'],
    ['5.7.1', 'failed 5.7.1 mail for this recipient is not delivered'],
    ['5.7.1000 wide', 'failed 5.0.0 5.7.1000 wide'],
  ])('error:%s', async (nexthop, expected) => {
    expect(told((await errorAgent('failed').deliver(request('x', ['a@d'], nexthop), signal)).results)).toEqual([
      expected,
    ])
  })

  test('retry and discard', async () => {
    const later = await errorAgent('deferred').deliver(request('x', ['a@d'], '5.3.2 closed'), signal)
    expect(told(later.results)).toEqual(['deferred 4.3.2 closed'])
    const gone = await discardAgent().deliver(request('x', ['a@d', 'b@d'], 'who cares'), signal)
    expect(told(gone.results)).toEqual(Array(2).fill('delivered 2.0.0 who cares'))
  })
})
