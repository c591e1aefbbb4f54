import {
  bytesHandle,
  type EngineEvent,
  fromLatin1,
  newRecipient,
  type QueuedMessage,
  type QueueId,
} from '@mailwright/core'
import { systemClock, systemRandom } from '@mailwright/core/node'
import type { DeliveryAgent, DeliveryResult } from '@mailwright/relay'
import { createSmtpAgent, type SmtpAgentOptions } from '@mailwright/relay/driver'
import { socketDialer } from '@mailwright/relay/node'
import { note } from './messages.js'

export interface OutboundOptions extends Partial<Omit<SmtpAgentOptions, 'addresses'>> {
  /** What its messages are told to be (BODY=). */
  readonly type?: '8BITMIME' | 'BINARYMIME'
  /** Addresses of names; there is no other DNS. Default: none. */
  readonly addresses?: { readonly [name: string]: readonly string[] }
}

/** Our delivery agent with real sockets, and what it told. */
export class Outbound {
  readonly agent: DeliveryAgent
  readonly events: EngineEvent[] = []

  readonly #type: OutboundOptions['type']

  constructor({ addresses = {}, type, ...options }: OutboundOptions = {}) {
    this.#type = type
    this.agent = createSmtpAgent({
      protocol: 'smtp',
      hostname: 'client.example',
      clock: systemClock,
      random: systemRandom,
      dialer: socketDialer(),
      resolver: {
        resolveMx: async () => ({ kind: 'notFound' }),
        resolveTlsa: async () => ({ kind: 'notFound' }),
        resolveAddresses: async ({ host }) => {
          const records = addresses[host]
          return records === undefined ? { kind: 'notFound' } : { kind: 'found', records, isAuthentic: true }
        },
      },
      onEvent: (event) => void this.events.push(event),
      ...options,
    })
  }

  /** Sends one message to a nexthop: `kind status text` of each recipient, in their order. */
  async send(
    nexthop: string,
    to: readonly string[],
    text = note('outbound'),
    signal = AbortSignal.timeout(60_000),
  ): Promise<readonly string[]> {
    return (await this.results(nexthop, to, text, signal)).map(
      ({ kind, status, text: words }) => `${kind} ${status} ${words}`,
    )
  }

  async results(
    nexthop: string,
    to: readonly string[],
    text: string,
    signal: AbortSignal,
  ): Promise<readonly DeliveryResult[]> {
    const body = fromLatin1(text)
    const message: QueuedMessage = {
      id: 'Q1' as QueueId,
      envelope: { reversePath: 'sender@client.example', ...(this.#type === undefined ? {} : { body: this.#type }) },
      recipients: to.map((address) => newRecipient({ address })),
      arrived: Date.now(),
      octets: body.length,
      isHeld: false,
      isActive: true,
    }
    const recipients = message.recipients.map((recipient, position) => ({
      position,
      recipient,
      address: recipient.address,
    }))
    const { results } = await this.agent.deliver({ message, body: bytesHandle(body), nexthop, recipients }, signal)
    return [...results].sort((one, other) => one.position - other.position)
  }
}
