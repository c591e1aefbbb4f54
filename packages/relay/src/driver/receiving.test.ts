import { chunksBody, type EngineEvent, fromLatin1, latin1, type MailQueue, type QueuedMessage } from '@mailwright/core'
import type { HostNote, Mailbox, MailParameters, SmtpRecipient, SmtpRole, SmtpSession } from '@mailwright/smtp'
import { reply } from '@mailwright/smtp'
import { createMemoryQueue } from '@mailwright/store-memory'
import { describe, expect, test } from 'vitest'
import { actionNote } from '../receiving/actions.js'
import type { Expansion, ReceivingPolicy } from '../receiving/policy.js'
import type { MessageNews } from '../reports/report.js'
import { Receiving, type ReceivingOptions } from './receiving.js'

const signal = new AbortController().signal
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
const clock = { now: () => 0, date: () => NOW, after: () => () => {} }

const at = (localPart: string, domain = 'd'): Mailbox => ({ localPart, domain })

/** Lists by name; nobody is at home but in the store, `gone` is nobody, `later` cannot be asked. */
function policy(lists: { readonly [address: string]: readonly string[] }): ReceivingPolicy {
  return {
    refusals: 'atRecipient',
    stages: new Set(['data']),
    *check(_, { transaction }) {
      const isRefused = transaction?.notes?.some(({ kind }) => kind === 'refuse') === true
      return isRefused ? { kind: 'refused', reply: reply(554, '5.7.1', 'no') } : { kind: 'passed', notes: [] }
    },
    *standing() {
      return { kind: 'known' }
    },
    *senderOf(reversePath) {
      return reversePath.startsWith('away') ? null : reversePath.replace(/@old$/, '@new')
    },
    *expand(recipient): Generator<never, Expansion> {
      const { address } = recipient
      if (address.startsWith('gone')) return { kind: 'refused', reply: reply(550, '5.1.1', `<${address}>: gone`) }
      if (address.startsWith('later')) return { kind: 'refused', reply: reply(451, '4.3.0', 'later') }
      const members = lists[address]
      if (members === undefined) {
        return { kind: 'expanded', recipients: [{ recipient, place: address.endsWith('@d') ? 'store' : 'elsewhere' }] }
      }
      const recipients = members.map((each) => {
        const [member = '', sender] = each.split(' by ')
        const place = member.endsWith('@d') ? ('store' as const) : ('elsewhere' as const)
        const final = { recipient: { ...recipient, address: member, originalTo: address }, place }
        return sender === undefined ? final : { ...final, sender }
      })
      return { kind: 'expanded', recipients, ...(recipients.length > 1 ? { list: 'several' as const } : {}) }
    },
  }
}

const SESSION: SmtpSession = {
  role: 'mx',
  hostname: 'mx.d',
  peer: { address: '192.0.2.9', port: 1, localAddress: '192.0.2.1', localPort: 25 },
  tls: null,
  hello: 'EHLO',
  heloName: 'there',
  identity: null,
  protocol: 'ESMTP',
}

interface Sent {
  readonly role?: SmtpRole
  /** Local part and domain; default jo@x. */
  readonly from?: Mailbox
  readonly to: readonly (Mailbox & Partial<SmtpRecipient>)[]
  readonly notes?: readonly HostNote[]
  readonly parameters?: MailParameters
  readonly text?: string
  readonly lists?: { readonly [address: string]: readonly string[] }
  readonly local?: 'queued'
  readonly options?: Partial<ReceivingOptions>
}

async function send({
  role = 'mx',
  from = at('jo', 'x'),
  to,
  notes = [],
  parameters = {},
  text = 'Subject: x\r\n\r\ny\r\n',
  lists = {},
  local,
  options,
}: Sent) {
  const queue = options?.queue ?? createMemoryQueue()
  const direct: string[] = []
  let count = 0
  const receiving = new Receiving({
    hostname: 'mx.d',
    origin: 'd',
    policy: policy(lists),
    perform: () => Promise.reject(new Error('nothing is asked')),
    queue,
    ...(local === 'queued'
      ? {}
      : {
          direct: async ({ recipients }) => {
            direct.push(...recipients.map(({ localPart }) => localPart))
            return { kind: 'accepted', id: 'DIRECT' }
          },
        }),
    clock,
    random: { bytes: (octets) => new Uint8Array(octets).fill(++count) },
    ...options,
  })
  const told: MessageNews[] = []
  receiving.reporter = {
    report: () => expect.fail('receiving has no failures to report'),
    async tell(news) {
      told.push(news)
      return 'R'
    },
  }
  const isLmtp = role === 'lmtp'
  const session: SmtpSession = {
    ...SESSION,
    role,
    hello: isLmtp ? 'LHLO' : 'EHLO',
    protocol: isLmtp ? 'LMTP' : 'ESMTP',
  }
  const verdict = await receiving.message(
    {
      session,
      transaction: { reversePath: from, parameters, notes },
      recipients: to,
      body: chunksBody([fromLatin1(text)]),
    },
    signal,
  )
  return { verdict, direct, told, ...(await contents(queue)) }
}

async function contents(queue: MailQueue) {
  const { messages } = await queue.list({ after: null, limit: 99 }, signal)
  const texts: string[] = []
  for (const { id } of messages) {
    const found = await queue.open({ id }, signal)
    if (found.kind !== 'found') return expect.fail(found.kind)
    let text = ''
    for await (const chunk of found.body.read()) text += latin1(chunk)
    texts.push(text)
  }
  return { messages, texts }
}

const to = ({ recipients }: QueuedMessage): string => recipients.map(({ address }) => address).join(' ')

describe('which way a message goes', () => {
  test('into the store at once, when all its recipients are there as they were given', async () => {
    const { direct, messages } = await send({ to: [at('a'), at('b')] })
    expect([direct, messages]).toEqual([['a', 'b'], []])
  })

  test.each<[string, Partial<Sent>]>([
    ['somebody elsewhere', { to: [at('a'), at('b', 'far')] }],
    ['an alias', { to: [at('list')], lists: { 'list@d': ['a@d'] } }],
    ['a report of success', { to: [{ ...at('a'), notify: ['SUCCESS'] }] }],
    ['a time to come', { to: [at('a')], parameters: { futureRelease: { kind: 'for', seconds: 60 } } }],
    ['a note that it waits', { to: [at('a')], notes: [actionNote('HOLD')] }],
    ['no way at once', { to: [at('a')], local: 'queued' }],
    ['a sender who is called otherwise', { from: at('jo', 'old'), to: [at('a')] }],
  ])('by the queue: %s', async (_, sent) => {
    const { verdict, direct, messages, texts } = await send({ to: [], ...sent })
    expect(verdict).toEqual({ kind: 'accepted', id: '010101010101' })
    expect(direct).toEqual([])
    expect(messages).toHaveLength(1)
    expect(texts[0]).toMatch(
      /^Received: from there \(unknown \[192\.0\.2\.9\]\)\r\n\tby mx\.d \(Mailwright\) with ESMTP id 010101010101[\r;]/,
    )
  })

  test('[C3] a sender is called what tables say, and waits while they cannot be asked', async () => {
    const { messages } = await send({ from: at('jo', 'old'), to: [at('a')] })
    expect(messages[0]?.envelope.reversePath).toBe('jo@new')
    const away = await send({ from: at('away', 'old'), to: [at('a')] })
    expect(away.verdict).toMatchObject({ kind: 'refused', reply: { code: 451, enhanced: '4.3.0' } })
    expect(away.messages).toEqual([])
    const lmtp = await send({ role: 'lmtp', from: at('away', 'old'), to: [at('a'), at('b')] })
    expect(lmtp.verdict).toMatchObject({
      kind: 'perRecipient',
      outcomes: [{ kind: 'refused' }, { kind: 'refused' }],
    })
  })

  test('what was declared goes with it', async () => {
    const parameters: MailParameters = {
      body: '8BITMIME',
      ret: 'HDRS',
      envelopeId: 'E',
      smtpUtf8: true,
      requireTls: true,
      priority: 3,
      deliverBy: { seconds: 60, mode: 'R', isTraced: true },
      futureRelease: { kind: 'for', seconds: 30 },
    }
    const recipient = { ...at('a', 'far'), notify: ['DELAY'] as const, originalRecipient: 'rfc822;b@far' }
    const { messages } = await send({ to: [recipient], parameters })
    expect(messages[0]?.envelope).toMatchObject({
      reversePath: 'jo@x',
      body: '8BITMIME',
      ret: 'HDRS',
      envelopeId: 'E',
      smtpUtf8: true,
      requireTls: true,
      priority: 3,
      deliverBy: { at: NOW + 60_000, mode: 'R', isTraced: true },
      origin: { clientAddress: '192.0.2.9', helo: 'there', protocol: 'ESMTP' },
    })
    expect(messages[0]?.recipients).toMatchObject([
      { address: 'a@far', notify: ['DELAY'], originalRecipient: 'rfc822;b@far' },
    ])
  })

  test('[B9] a mail exchanger adds nothing but its trace, and mends the end of a header', async () => {
    const { texts } = await send({ to: [at('a', 'far')], text: 'Subject: hello\r\nGreetings\r\n' })
    expect(texts[0]?.split('\r\n').slice(3)).toEqual(['Subject: hello', '', 'Greetings', ''])
    const submitted = await send({ role: 'submission', to: [at('a', 'far')] })
    expect(submitted.texts[0]).toMatch(/\r\nMessage-Id: <20260102030405\.010101010101@mx\.d>\r\n/)
  })
})

describe('[C12] what rules want done', () => {
  const notes = (...all: readonly HostNote[]) => ({ to: [at('a'), at('b', 'far')], notes: all })

  test('HOLD: it is in the queue, and nobody gets it', async () => {
    const { messages } = await send(notes(actionNote('HOLD', 'why')))
    expect(messages.map(({ isHeld }) => isHeld)).toEqual([true])
  })

  test('DISCARD: the peer hears yes, and nothing is kept', async () => {
    const { verdict, direct, messages } = await send(notes(actionNote('DISCARD')))
    expect([verdict, direct, messages]).toEqual([{ kind: 'accepted', id: '010101010101' }, [], []])
  })

  test('FILTER: the queue knows where to', async () => {
    const { messages } = await send(notes(actionNote('FILTER', 'smtp:[filter]:10025')))
    expect(messages[0]?.envelope.filter).toBe('smtp:[filter]:10025')
  })

  test('REDIRECT: instead of its recipients', async () => {
    const { messages } = await send(notes(actionNote('REDIRECT', 'z@far')))
    expect(messages.map(to)).toEqual(['z@far'])
  })

  test('BCC: as well, and nobody is told about him', async () => {
    const { messages } = await send(notes(actionNote('BCC', 'z@far')))
    expect(messages.map(to)).toEqual(['a@d b@far z@far'])
    expect(messages[0]?.recipients[2]?.notify).toEqual(['NEVER'])
  })

  test('PREPEND: above our trace; what would be no field is left out', async () => {
    const { texts } = await send(
      notes(actionNote('PREPEND', 'X-A: b'), actionNote('PREPEND', 'X: y\r\nBcc: z'), actionNote('PREPEND', 'no')),
    )
    expect(texts[0]).toMatch(/^X-A: b\r\nReceived: /)
  })

  test('a list at DATA may refuse', async () => {
    const { verdict, messages } = await send({ to: [at('a', 'far')], notes: [{ kind: 'refuse' }] })
    expect(verdict).toMatchObject({ kind: 'refused', reply: { code: 554 } })
    expect(messages).toEqual([])
  })
})

test('[C12] what rules want told is told, with what it is about', async () => {
  const events: EngineEvent[] = []
  const notes = [actionNote('HOLD', 'why'), { kind: 'REJECT_WARNING', text: '450 4.7.1 no' }, { kind: 'mine' }]
  const receiving = new Receiving({
    hostname: 'mx.d',
    origin: 'd',
    policy: {
      ...policy({}),
      stages: new Set(['recipient']),
      *check() {
        return { kind: 'passed', notes }
      },
    },
    perform: () => Promise.reject(new Error('nothing is asked')),
    queue: createMemoryQueue(),
    clock,
    random: { bytes: (octets) => new Uint8Array(octets) },
    onEvent: (event) => events.push(event),
  })
  const verdict = await receiving.recipient(
    { session: SESSION, transaction: { reversePath: null, parameters: {} }, recipient: at('a'), accepted: 0 },
    signal,
  )
  expect(verdict).toEqual({ kind: 'accepted', notes })
  const about = { verb: 'RCPT', from: '', to: 'a@d', rip: '192.0.2.9', helo: 'there', protocol: 'ESMTP' }
  expect(events).toEqual([
    { name: 'holdRuled', text: 'why', ...about },
    { name: 'refusalWarned', text: '450 4.7.1 no', ...about },
  ])
})

describe('lists', () => {
  test('each who is on several lists, or was named too, has one copy', async () => {
    const lists = { 'one@d': ['x@far', 'y@far'], 'two@d': ['Y@FAR', 'x@FAR'] }
    const { messages } = await send({ to: [at('one'), at('two'), at('x', 'far'), at('x', 'far')], lists })
    expect(messages.map(to)).toEqual(['x@far y@far Y@FAR'])
    expect(messages[0]?.recipients[0]).toMatchObject({ originalTo: 'one@d', originalRecipient: 'rfc822;one@d' })
  })

  test('with owners are messages of their own, each with its id in its trace', async () => {
    const lists = { 'one@d': ['x@far by owner@d', 'y@far by owner@d'] }
    const { verdict, messages, texts } = await send({ to: [at('one'), at('z', 'far')], lists })
    expect(verdict).toMatchObject({ kind: 'accepted' })
    expect(messages.map((each) => `${each.envelope.reversePath}: ${to(each)}`).sort()).toEqual([
      'jo@x: z@far',
      'owner@d: x@far y@far',
    ])
    for (const [at, { id }] of messages.entries()) expect(texts[at]).toContain(` id ${id};`)
    expect(texts.every((text) => text.endsWith('Subject: x\r\n\r\ny\r\n'))).toBe(true)
  })

  test('with owners: where one message cannot be queued, none is', async () => {
    const queue = createMemoryQueue({ messages: 1 })
    const lists = { 'one@d': ['x@far by owner@d'] }
    const { verdict, messages } = await send({ to: [at('one'), at('z', 'far')], lists, options: { queue } })
    expect(verdict).toMatchObject({ kind: 'refused', reply: { code: 452, enhanced: '4.3.1' } })
    expect(messages).toEqual([])
  })

  test('[B14] success of a list is told when it is expanded, and no more of its members', async () => {
    const lists = { 'one@d': ['x@far', 'y@far'] }
    const recipient = { ...at('one'), notify: ['SUCCESS', 'FAILURE'] as const }
    const { messages, told } = await send({ to: [recipient], lists })
    expect(messages[0]?.recipients.map(({ notify }) => notify)).toEqual([['FAILURE'], ['FAILURE']])
    const [news] = told
    expect(news?.recipients.map(({ action, recipient: { address } }) => [action, address])).toEqual([
      ['expanded', 'one@d'],
    ])
    let header = ''
    for await (const chunk of news?.body.read() ?? []) header += latin1(chunk)
    expect(header).toContain('Subject: x\r\n')
  })
})

describe('what cannot be had', () => {
  const outcomes = async (role: SmtpRole, ...names: readonly string[]) => {
    const { verdict } = await send({ role, to: names.map((name) => at(name, 'far')) })
    if (verdict.kind !== 'perRecipient') return verdict.kind === 'refused' ? verdict.reply.code : verdict.kind
    return verdict.outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.reply.code : outcome.kind))
  }

  test('by SMTP nobody gets it, so that the peer can repeat it; by LMTP each hears for himself', async () => {
    expect(await outcomes('mx', 'a', 'later')).toBe(451)
    expect(await outcomes('lmtp', 'a', 'later', 'gone')).toEqual(['delivered', 451, 550])
    expect(await outcomes('lmtp', 'later', 'gone')).toEqual([451, 550])
  })

  test.each(['mx', 'lmtp'] as const)('a full queue, and a message that goes in circles (%s)', async (role) => {
    const options = { queue: createMemoryQueue({ messages: 0 }) }
    const refusal = (verdict: Awaited<ReturnType<typeof send>>['verdict']) => {
      const [outcome] = verdict.kind === 'perRecipient' ? verdict.outcomes : [verdict]
      return outcome?.kind === 'refused' ? `${outcome.reply.code} ${outcome.reply.enhanced}` : outcome?.kind
    }
    expect(refusal((await send({ role, to: [at('a', 'far')], options })).verdict)).toBe('452 4.3.1')
    const text = `${'Received: x\r\n'.repeat(51)}\r\n`
    const circling = await send({ role, to: [at('a', 'far')], text })
    expect([refusal(circling.verdict), circling.messages]).toEqual(['554 5.4.6', []])
  })
})
