import {
  type Body,
  type ClaimedMessage,
  fromUtf8,
  type MailQueue,
  type QueuedMessage,
  type QueueEnvelope,
  type QueueId,
  type RecipientEnvelope,
  type RecipientOutcome,
  utf8,
} from '@mailwright/core'
import { bodyOf } from '../kit/case.js'
import type { Check } from '../kit/check.js'
import type { QueueFixture, QueueLaw } from './queue-case.js'

export const NEVER: AbortSignal = new AbortController().signal
/** A moment at which everything began. */
export const START = Date.UTC(2026, 0, 1)
export const HOUR = 3_600_000

export const SENT: RecipientOutcome = { kind: 'delivered', status: '2.0.0', text: '250 Ok', relay: 'mx' }
export const FAILED: RecipientOutcome = { kind: 'failed', status: '5.1.1', text: 'no', relay: 'mx' }
export function deferred(until: number): Extract<RecipientOutcome, { readonly kind: 'deferred' }> {
  return { kind: 'deferred', until, status: '4.4.1', text: 'later', relay: 'none' }
}

/** A queue under a law, with the words laws are written in. */
export class QueueWorld {
  queue: MailQueue
  readonly fixture: QueueFixture
  readonly check: Check
  #ids = 0

  constructor(queue: MailQueue, fixture: QueueFixture, check: Check) {
    this.queue = queue
    this.fixture = fixture
    this.check = check
  }

  id(): QueueId {
    return `Q${String(++this.#ids).padStart(6, '0')}` as QueueId
  }

  /** Queues a message to these addresses, and answers its id. */
  async send(
    to: readonly (string | RecipientEnvelope)[] = ['a@example.org'],
    more: {
      readonly envelope?: Partial<QueueEnvelope>
      readonly arrived?: number
      readonly notBefore?: number
      readonly hold?: 'held'
      readonly body?: Body
      readonly id?: QueueId
    } = {},
  ): Promise<QueueId> {
    const { envelope, arrived = START, body = bodyOf([fromUtf8('Subject: x\r\n\r\n')]), id = this.id(), ...rest } = more
    const recipients = to.map((each) => (typeof each === 'string' ? { address: each } : each))
    const args = { id, envelope: { reversePath: 'me@example.com', ...envelope }, recipients, arrived, body, ...rest }
    this.check.kind(await this.queue.enqueue(args, new AbortController().signal), 'queued', 'a message is queued')
    return id
  }

  async claim(now = START, limit = 100, lease = HOUR): Promise<readonly ClaimedMessage[]> {
    return (await this.queue.claim({ now, limit, lease }, NEVER)).claimed
  }

  /** Claims the only message that is due. */
  async claimOne(now = START): Promise<ClaimedMessage> {
    const [claim] = await this.claim(now)
    if (claim === undefined) throw this.check.kind({ kind: 'nothing' } as { kind: string }, 'claim', 'a message is due')
    return claim
  }

  async claimedIds(now = START, limit = 100): Promise<readonly QueueId[]> {
    return (await this.claim(now, limit)).map(({ message }) => message.id)
  }

  settle(
    { lease }: Pick<ClaimedMessage, 'lease'>,
    ...outcomes: readonly (readonly [recipient: number, outcome: RecipientOutcome])[]
  ): ReturnType<MailQueue['settle']> {
    const given = outcomes.map(([recipient, outcome]) => ({ recipient, outcome }))
    return this.queue.settle({ lease, outcomes: given }, NEVER)
  }

  async message(id: QueueId): Promise<QueuedMessage> {
    return this.check.kind(await this.queue.open({ id }, NEVER), 'found', 'the message is there').message
  }

  async text(id: QueueId): Promise<string> {
    const found = this.check.kind(await this.queue.open({ id }, NEVER), 'found', 'the message is there')
    return gathered(found.body.read())
  }

  async ids(): Promise<readonly QueueId[]> {
    return (await this.queue.list({ after: null, limit: 1_000 }, NEVER)).messages.map(({ id }) => id)
  }

  async reopen(): Promise<void> {
    this.queue = await this.fixture.reopen(this.queue)
  }
}

export async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += utf8(chunk)
  return text
}

/** Makes a law; the queue is opened before it and closed after it. */
export function queueLaw(id: string, source: string, run: (world: QueueWorld) => Promise<void>): QueueLaw {
  return {
    id,
    source,
    async run(fixture, check) {
      const world = new QueueWorld(await fixture.open(), fixture, check)
      try {
        await run(world)
      } finally {
        await world.queue.close()
      }
    },
  }
}
