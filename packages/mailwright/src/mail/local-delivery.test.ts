import { staticAuthenticator } from '@mailwright/auth'
import { accountId, uid as asUid, chunksBody, fromLatin1, INBOX, latin1, type MailStore } from '@mailwright/core'
import type { Mailbox, MessageVerdict, SmtpRole, SmtpSession } from '@mailwright/smtp'
import { createMemoryStore } from '@mailwright/store-memory'
import { describe, expect, test } from 'vitest'
import { SILENT } from '../log/logger.js'
import { localDelivery } from './local-delivery.js'

const signal = new AbortController().signal
const peer = { address: '192.0.2.9', port: 1_024, localAddress: '192.0.2.1', localPort: 25 }
const random = { bytes: (count: number) => new Uint8Array(count).fill(0xab) }

const at = (localPart: string, domain: string | null = 'example.com'): Mailbox => ({ localPart, domain })

function session(role: SmtpRole): SmtpSession {
  const hello = role === 'lmtp' ? 'LHLO' : 'EHLO'
  const protocol = role === 'lmtp' ? 'LMTP' : 'ESMTP'
  return { role, hostname: 'mx.example.com', peer, tls: null, hello, heloName: 'there', identity: null, protocol }
}

/** A delivery over a store in memory. `full` accounts have no room; `broken` ones cannot be written to. */
function delivery({
  full = [],
  broken = [],
}: {
  readonly full?: readonly string[]
  readonly broken?: readonly string[]
} = {}) {
  const clock = { now: () => 0, date: () => Date.UTC(2026, 0, 1), after: () => () => {} }
  const inner = createMemoryStore({ clock })
  const staged: string[] = []
  const store: MailStore = Object.create(inner, {
    stage: {
      value: async (args: Parameters<MailStore['stage']>[0], abort: AbortSignal) => {
        staged.push(args.account)
        return full.includes(args.account) ? { kind: 'overQuota' } : inner.stage(args, abort)
      },
    },
    append: {
      value: async (args: Parameters<MailStore['append']>[0], abort: AbortSignal) => {
        if (broken.includes(args.account)) throw new Error('bad sector')
        return inner.append(args, abort)
      },
    },
  })
  for (const name of ['staged', 'discard', 'mailboxes'] as const) {
    Object.defineProperty(store, name, { value: inner[name].bind(inner) })
  }
  const authenticator = staticAuthenticator({ alice: 'a', bob: 'b', carol: 'c' })
  const handler = localDelivery({
    store,
    authenticator,
    clock,
    random,
    logger: SILENT,
    domains: ['example.com', 'example.org'],
    postmaster: 'carol',
  })
  const send = (role: SmtpRole, recipients: readonly Mailbox[], text = 'Subject: hi\r\n\r\ntext\r\n') =>
    handler.message(
      {
        session: session(role),
        transaction: { reversePath: at('joe', 'example.net'), parameters: {} },
        recipients,
        body: chunksBody([fromLatin1(text)]),
      },
      signal,
    )
  const inbox = async (account: string): Promise<string[]> => {
    const { mailboxes } = await inner.mailboxes({ account: accountId(account) }, signal)
    const id = mailboxes.find(({ name }) => name === INBOX)?.id ?? expect.fail('no INBOX')
    const ref = { account: accountId(account), mailbox: id }
    const snapshot = await inner.snapshot(ref, signal)
    if (snapshot.kind !== 'snapshot') return expect.fail(snapshot.kind)
    const texts: string[] = []
    for (const uid of snapshot.messages.uids) {
      const answer = await inner.body({ ...ref, uid: asUid(uid) }, signal)
      if (answer.kind !== 'body') return expect.fail(answer.kind)
      let text = ''
      for await (const chunk of answer.body.read()) text += latin1(chunk)
      texts.push(text)
    }
    return texts
  }
  return { handler, send, inbox, staged }
}

const kinds = (verdict: MessageVerdict): unknown =>
  verdict.kind === 'perRecipient'
    ? verdict.outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.reply.code : outcome.kind))
    : verdict.kind === 'refused'
      ? verdict.reply.code
      : verdict.kind

describe('a header that lacks something', () => {
  test('[B9] is mended where users submit mail, and let be where strangers bring it', async () => {
    const { send, inbox } = delivery()
    await send('mx', [at('alice')])
    await send('submission', [at('alice'), at('bob')])
    const [stranger = '', own = ''] = await inbox('alice')
    expect(stranger).not.toMatch(/^(Message-Id|Date|From): /im)
    expect(own).toMatch(
      /\r\nSubject: hi\r\nMessage-Id: <\d{14}\.\w+@\S+>\r\nDate: .*\r\nFrom: joe@example\.net\r\n\r\ntext\r\n$/,
    )
    const fields = (text: string): string => text.slice(text.indexOf('Subject: '))
    expect(fields((await inbox('bob'))[0] ?? '')).toBe(fields(own))
  })
})

describe('recipients', () => {
  const ask = async (recipient: Mailbox) => {
    const transaction = { reversePath: null, parameters: {} }
    const answer = await delivery().handler.recipient(
      { session: session('mx'), transaction, recipient, accepted: 0 },
      signal,
    )
    return answer.kind === 'refused' ? answer.reply.code : answer.kind
  }
  test.each([
    ['a user', at('alice'), 'accepted'],
    ['a user of another of our domains, in any case', at('Alice', 'EXAMPLE.ORG'), 'accepted'],
    ['a user with a suffix', at('alice+lists'), 'accepted'],
    ['a name without a domain', at('alice', null), 'accepted'],
    ['postmaster, where nobody has that name', at('PostMaster'), 'accepted'],
    ['nobody', at('dave'), 550],
    ['an empty name with a suffix', at('+alice'), 550],
    ['another domain', at('alice', 'example.net'), 554],
    ['the percent hack', at('alice%example.net'), 550],
    ['a bang path', at('example.net!alice'), 550],
    ['a foreign address quoted', at('alice@example.net'), 550],
    ['a way out of the folder', at('../bob'), 550],
  ])('%s', async (_, recipient, expected) => {
    expect(await ask(recipient)).toBe(expected)
  })
})

describe('messages', () => {
  test('each user gets one copy with its own address on it, whatever the number of recipients', async () => {
    const { send, inbox } = delivery()
    expect(kinds(await send('mx', [at('alice'), at('bob'), at('alice', 'example.org')]))).toBe('accepted')
    const [letter, ...more] = await inbox('alice')
    expect(more).toEqual([])
    expect(letter).toMatch(
      /^Return-Path: <joe@example\.net>\r\nX-Original-To: alice@example\.com\r\nDelivered-To: alice@example\.com\r\nReceived: /,
    )
    expect(letter?.endsWith('\r\nSubject: hi\r\n\r\ntext\r\n')).toBe(true)
    expect((await inbox('bob'))[0]).toContain('Delivered-To: bob@example.com\r\n')
    // RFC 5321 §7.2: nobody learns of the others.
    expect(letter).not.toContain('bob')
    expect(letter).not.toContain('for <')
  })
  test('the only recipient stands in Received', async () => {
    const { send, inbox } = delivery()
    await send('mx', [at('alice', null)])
    expect((await inbox('alice'))[0]).toContain('for <alice@example.com>;')
  })
  test('a message that went round too often is refused and filed nowhere', async () => {
    const { send, inbox } = delivery()
    const text = `${'Received: x\r\n'.repeat(51)}\r\ntext\r\n`
    expect(kinds(await send('mx', [at('alice')], text))).toBe(554)
    expect(await inbox('alice')).toEqual([])
  })
})

describe('a user over quota', () => {
  test('by SMTP nobody gets the message: the sender keeps it', async () => {
    const { send, inbox } = delivery({ full: ['bob'] })
    expect(kinds(await send('mx', [at('alice'), at('bob')]))).toBe(452)
    expect(await inbox('alice')).toEqual([])
  })
  test('by LMTP the others get it', async () => {
    const { send, inbox } = delivery({ full: ['bob'] })
    expect(kinds(await send('lmtp', [at('alice'), at('bob'), at('carol')]))).toEqual(['delivered', 452, 'delivered'])
    expect(await inbox('alice')).toHaveLength(1)
    expect(await inbox('carol')).toHaveLength(1)
  })
  test('by LMTP the others get it at the second try at the latest, also behind a user who is full', async () => {
    const { send, inbox, staged } = delivery({ full: ['bob'] })
    expect(kinds(await send('lmtp', [at('bob'), at('alice')]))).toEqual([452, 451])
    expect(kinds(await send('lmtp', [at('bob'), at('alice')]))).toEqual([452, 'delivered'])
    expect(await inbox('alice')).toHaveLength(1)
    expect(staged).toEqual(['bob', 'alice', 'bob'])
  })
})

test('by LMTP a store that fails one user delivers to the others', async () => {
  const { send, inbox } = delivery({ broken: ['alice'] })
  expect(kinds(await send('lmtp', [at('alice'), at('bob')]))).toEqual([451, 'delivered'])
  expect(await inbox('bob')).toHaveLength(1)
})
