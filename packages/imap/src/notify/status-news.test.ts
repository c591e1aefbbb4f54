import { type MailboxStatus, mailboxId } from '@mailwright/core'
import { expect, test } from 'vitest'
import type { NotifyEvent } from '../command.js'
import { firstStatus, type KnownStatus, statusNews } from './status-news.js'

const BEFORE = { messages: 2, uidNext: 3, unseen: 1, highestModSeq: 9, uidValidity: 7 }
const MESSAGES: readonly NotifyEvent[] = ['MessageNew', 'MessageExpunge']
const ALL: readonly NotifyEvent[] = [...MESSAGES, 'FlagChange']

const ROWS: readonly {
  readonly name: string
  readonly events: readonly NotifyEvent[]
  readonly before?: KnownStatus
  readonly now: KnownStatus
  readonly usesModSeq?: boolean
  readonly told: string
}[] = [
  { name: 'nothing changed', events: ALL, now: {}, told: '' },
  {
    name: 'a message came',
    events: MESSAGES,
    now: { messages: 3, uidNext: 4, highestModSeq: 10 },
    told: 'uidNext 4, messages 3',
  },
  {
    name: 'a message came, to a client with mod-sequences',
    events: MESSAGES,
    now: { messages: 3, uidNext: 4, highestModSeq: 10 },
    usesModSeq: true,
    told: 'uidNext 4, messages 3, highestModSeq 10',
  },
  { name: 'one came and one went', events: MESSAGES, now: { uidNext: 4 }, told: 'uidNext 4, messages 2' },
  { name: 'a message went', events: MESSAGES, now: { messages: 1 }, told: 'uidNext 3, messages 1' },
  { name: 'flags, not asked for', events: MESSAGES, now: { unseen: 0, highestModSeq: 10 }, usesModSeq: true, told: '' },
  { name: 'a message was read', events: ALL, now: { unseen: 0, highestModSeq: 10 }, told: 'unseen 0, uidValidity 7' },
  { name: 'another flag, without mod-sequences', events: ALL, now: { highestModSeq: 10 }, told: '' },
  {
    name: 'another flag, with mod-sequences',
    events: ALL,
    now: { highestModSeq: 10 },
    usesModSeq: true,
    told: 'highestModSeq 10, uidValidity 7',
  },
  { name: 'another UIDVALIDITY', events: ALL, now: { uidValidity: 8 }, told: 'uidValidity 8' },
  {
    name: 'of a new mailbox that is empty',
    events: ALL,
    before: { messages: 0, uidNext: 1 },
    now: { messages: 0, uidNext: 1 },
    told: '',
  },
  {
    name: 'of a new mailbox that is not',
    events: MESSAGES,
    before: { messages: 0, uidNext: 1 },
    now: {},
    told: 'uidNext 3, messages 2',
  },
]

for (const { name, events, before = BEFORE, now, usesModSeq = false, told } of ROWS) {
  test(`STATUS tells: ${name}`, () => {
    const status: MailboxStatus = { mailbox: mailboxId('m'), ...BEFORE, ...now }
    const news = statusNews(new Set(events), before, status, usesModSeq)
    expect(news.map(({ att, value }) => `${att} ${value}`).join(', ')).toBe(told)
  })
}

test('STATUS tells at the beginning what later news starts from', () => {
  const status: MailboxStatus = { mailbox: mailboxId('m'), ...BEFORE }
  const first = (events: readonly NotifyEvent[], hasModSeqs: boolean): string =>
    firstStatus(new Set(events), status, hasModSeqs)
      .map(({ att, value }) => `${att} ${value}`)
      .join(', ')
  expect(first(MESSAGES, true)).toBe('uidValidity 7, uidNext 3, messages 2')
  expect(first(ALL, false)).toBe('uidValidity 7, uidNext 3, messages 2, unseen 1')
  expect(first(ALL, true)).toBe('uidValidity 7, uidNext 3, messages 2, unseen 1, highestModSeq 9')
})
