import { staticAuthenticator } from '@mailwright/auth'
import { accountId, uid as asUid, INBOX, latin1, type MailStore } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createMemoryQueue, createMemoryStore } from '@mailwright/store-memory'
import {
  type Certificate,
  createMailServer,
  type ListenerOptions,
  type LogFields,
  type Logger,
  type MailServer,
  type RelayOptions,
} from 'mailwright'
import { eventually } from './wait.js'

const signal = new AbortController().signal

export interface MailHostOptions {
  readonly domain: string
  readonly users: readonly string[]
  readonly relay?: Partial<RelayOptions>
  readonly listeners?: readonly ListenerOptions[]
  readonly messageOctets?: number
  /** STARTTLS at its listeners. Default: none. */
  readonly certificate?: Certificate
}

/** A mail transfer agent in this process: users, a store and a queue in memory, everything it logged. */
export class MailHost {
  readonly server: MailServer
  readonly store: MailStore
  readonly relay: RelayOptions
  readonly log: readonly LogFields[]

  private constructor(server: MailServer, store: MailStore, relay: RelayOptions, log: readonly LogFields[]) {
    this.server = server
    this.store = store
    this.relay = relay
    this.log = log
  }

  static async start(options: MailHostOptions): Promise<MailHost> {
    const { domain, users, relay = {}, listeners, messageOctets, certificate } = options
    const log: LogFields[] = []
    const write = (fields: LogFields, event: string): void => void log.push({ event, ...fields })
    const logger: Logger = { debug: write, info: write, warn: write, error: write }
    const store = createMemoryStore({ clock: systemClock })
    const full: RelayOptions = { queue: createMemoryQueue(), ...relay }
    const server = await createMailServer({
      hostname: `mx.${domain}`,
      domains: [domain],
      postmaster: users[0] ?? 'nobody',
      listeners: listeners ?? [
        { protocol: 'smtp', port: 0 },
        { protocol: 'submission', port: 0 },
        { protocol: 'lmtp', port: 0 },
      ],
      store,
      authenticator: staticAuthenticator(Object.fromEntries(users.map((user) => [user, `secret-of-${user}`]))),
      relay: full,
      logger,
      ...(certificate === undefined ? {} : { certificate }),
      ...(messageOctets === undefined ? {} : { limits: { messageOctets } }),
    })
    return new MailHost(server, store, full, log)
  }

  /** Messages in a user's INBOX, the older first, octets as latin1. */
  async inbox(user: string): Promise<readonly string[]> {
    const account = accountId(user)
    const { mailboxes } = await this.store.mailboxes({ account }, signal)
    const inbox = mailboxes.find(({ name }) => name === INBOX)
    if (inbox === undefined) throw new Error('no INBOX')
    const ref = { account, mailbox: inbox.id }
    const snapshot = await this.store.snapshot(ref, signal)
    if (snapshot.kind !== 'snapshot') throw new Error(snapshot.kind)
    const texts: string[] = []
    for (const uid of snapshot.messages.uids) {
      const found = await this.store.body({ ...ref, uid: asUid(uid) }, signal)
      if (found.kind !== 'body') throw new Error(found.kind)
      let text = ''
      for await (const chunk of found.body.read()) text += latin1(chunk)
      texts.push(text)
    }
    return texts
  }

  /** Waits until a user has so many messages. */
  arrived(user: string, count = 1): Promise<readonly string[]> {
    return eventually(20_000, `${count} messages for ${user}`, async () => {
      const messages = await this.inbox(user)
      return messages.length >= count ? messages : undefined
    })
  }

  /** Events of a name, as they were logged. */
  events(event: string): readonly LogFields[] {
    return this.log.filter((line) => line['event'] === event)
  }

  /** Waits until nothing is in the queue. */
  async queueEmpty(): Promise<void> {
    await eventually(20_000, 'an empty queue', async () => {
      const { messages } = await this.relay.queue.list({ after: null, limit: 1 }, signal)
      return messages.length === 0 ? true : undefined
    })
  }

  async close(): Promise<void> {
    await this.server.close()
    await this.store.close?.()
  }
}
