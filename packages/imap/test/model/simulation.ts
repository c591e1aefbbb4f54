import { accountId, type ChangeBus, type ChangeHint, type MailStore, mailboxName } from '@mailwright/core'
import { createMemoryStore } from '@mailwright/store-memory'
import { VirtualClock } from '@mailwright/testing'
import { Choices } from './choices.js'
import { Client, type ClientKind, type Command, Violation } from './client.js'
import { fillCommand, MAILBOXES, openCommand, randomCommand } from './commands.js'
import { Connection } from './connection.js'
import { Oracle } from './oracle.js'

const FRED = accountId('fred')
const SIGNAL = new AbortController().signal
const MESSAGES = 5
const NOTIFIED = '(SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))'
/** Steps to the rest of a run: far more than any takes. */
const BOUND = 5_000

/** What runs against each other, and what is broken in it, if anything. */
export interface Setting {
  readonly clients: readonly ClientKind[]
  /** Clients ask by NOTIFY to be told between commands; expunges wait (RFC 5465 §6.1.2). */
  readonly notifies?: boolean
  /** Expunged UIDs that the store remembers. */
  readonly remembered?: number
  /** Breaks the store. */
  readonly store?: (store: MailStore) => MailStore
  /** Breaks what the engine says. */
  readonly tamper?: (line: string) => string
}

interface Session {
  readonly name: string
  readonly client: Client
  connection: Connection
  /** The mailbox as it was when this session looked last. */
  looked: ReadonlyMap<number, string> | null
}

/** Some sessions on one account, each of their steps chosen by a run's numbers. */
export class Simulation {
  /** What happened, for whoever has to find out why. */
  readonly log: string[] = []
  readonly #choices: Choices
  readonly #setting: Setting
  readonly #sessions: Session[] = []
  #store: MailStore
  #oracle: Oracle

  private constructor(setting: Setting, numbers: readonly number[]) {
    this.#setting = setting
    this.#choices = new Choices(numbers)
    const bus: ChangeBus = {
      publish: (hint) => this.#publish(hint),
      subscribe: () => () => {},
      subscribeList: () => () => {},
    }
    const clock = new VirtualClock(Date.UTC(2026, 0, 1))
    const { remembered, store = (own) => own } = setting
    const limits = remembered === undefined ? {} : { expunged: remembered }
    this.#store = store(createMemoryStore({ clock, bus, limits }))
    this.#oracle = new Oracle(this.#store)
  }

  /** Runs to the end of the numbers, then to rest. @throws {Violation} with the log. */
  static async run(setting: Setting, numbers: readonly number[]): Promise<void> {
    const simulation = new Simulation(setting, numbers)
    try {
      await simulation.#begin()
      while (!simulation.#choices.isOver) await simulation.#step()
      await simulation.#rest()
    } catch (error) {
      if (error instanceof Error) error.message += `\n${simulation.log.join('\n')}`
      throw error
    }
  }

  async #begin(): Promise<void> {
    for (const name of MAILBOXES) await this.#makeMailbox(name)
    for (const [at, kind] of this.#setting.clients.entries()) {
      const session = {
        name: 'ABCDEFG'[at] ?? '?',
        client: new Client(kind),
        connection: this.#connection(),
        looked: null,
      }
      this.#sessions.push(session)
      await this.#login(session)
    }
  }

  async #makeMailbox(text: string): Promise<void> {
    const result = mailboxName(text)
    if ('bad' in result) throw new Error(result.bad)
    if (text !== 'INBOX') await this.#store.createMailbox({ account: FRED, name: result.name }, SIGNAL)
    const { mailboxes } = await this.#store.mailboxes({ account: FRED }, SIGNAL)
    const id = mailboxes.find(({ name }) => name === result.name)?.id
    if (id === undefined) throw new Error(`no ${text}`)
    this.#oracle.meet(text, id)
    if (text !== 'INBOX') return
    const octets = new TextEncoder().encode('Subject: model\r\n\r\nbody\r\n')
    const body = (async function* () {
      yield octets
    })()
    const staged = await this.#store.stage({ account: FRED, body }, SIGNAL)
    if (staged.kind !== 'staged') throw new Error(staged.kind)
    const message = { staged: staged.staged, flags: { system: 0, keywords: [] }, internalDate: null }
    const args = { account: FRED, mailbox: id, messages: new Array<typeof message>(MESSAGES).fill(message) }
    await this.#oracle.performed({ call: 'append', args }, await this.#store.append(args, SIGNAL))
  }

  #connection(): Connection {
    return new Connection(this.#store, this.#setting.tamper)
  }

  /** Nothing of a login is worth being torn apart here. */
  async #login(session: Session): Promise<void> {
    session.connection = this.#connection()
    session.client.reconnected()
    const enable = session.client.kind === 'qresync' ? '2 ENABLE QRESYNC\r\n' : ''
    const notify = this.#setting.notifies === true ? `3 NOTIFY SET ${NOTIFIED}\r\n` : ''
    await session.connection.receive(`1 LOGIN fred secret\r\n${enable}${notify}`)
    for (let { pending } = session.connection; pending !== null; { pending } = session.connection) {
      await session.connection.perform(pending)
      await session.connection.deliver(pending)
    }
    session.connection.unread = ''
    this.log.push(`${session.name} connects (${session.client.kind})`)
  }

  #publish(hint: ChangeHint): void {
    if (hint.mailbox === null) return
    for (const { connection } of this.#sessions)
      if (connection.watched.includes(hint.mailbox)) connection.hints.push(hint)
  }

  async #step(): Promise<void> {
    const choices = this.#choices
    const session = choices.pick(this.#sessions)
    if (session.connection.isClosed || choices.oneIn(60)) return this.#lose(session)
    const able = this.#actions(session)
    if (able.length > 0) await choices.pick(able)()
  }

  /** Everything that may happen to a session next; what is likelier stands there more than once. */
  #actions(session: Session): (() => Promise<void>)[] {
    const { client, connection } = session
    const actions: (() => Promise<void>)[] = []
    const { pending, unread, hints } = connection
    if (unread !== '') {
      const all = (): Promise<void> => this.#read(session, unread.length)
      actions.push(all, all, () => this.#read(session, 1 + this.#choices.below(unread.length)))
    }
    if (pending !== null) {
      const go = (): Promise<void> => (pending.answer === null ? this.#perform(session) : this.#deliver(session))
      actions.push(go, go, go)
    }
    if (hints.length > 0) actions.push(() => this.#hint(session))
    if (unread === '' && client.running === null) {
      actions.push(() => this.#send(session, randomCommand(client, this.#choices)))
    }
    if (unread === '' && client.running?.isIdling === true) actions.push(() => this.#done(session))
    return actions
  }

  async #send(session: Session, command: Command): Promise<void> {
    this.log.push(`${session.name} C: ${command.text}`)
    session.looked = null
    await session.connection.receive(session.client.send(command))
  }

  async #done(session: Session): Promise<void> {
    if (session.client.running !== null) session.client.running.isIdling = false
    this.log.push(`${session.name} C: DONE`)
    await session.connection.receive('DONE\r\n')
  }

  async #perform(session: Session): Promise<void> {
    const { client, connection } = session
    const { pending } = connection
    if (pending === null) return
    const answer = await connection.perform(pending)
    const { call } = pending
    const running = client.running
    await this.#oracle.performed(call, answer, running?.relies)
    if (call.call === 'changesSince') session.looked = this.#oracle.state(call.args.mailbox)
    this.log.push(`${session.name} >> ${call.call} ${this.#described(call)}`)
  }

  #described({ args }: { readonly args: object }): string {
    const words = Object.entries(args).flatMap(([name, value]) => {
      if (name === 'mailbox' || name === 'to') return [this.#oracle.nameOf(String(value))]
      if (name === 'uids') return [`uids ${value}`]
      return name === 'modSeq' || name === 'change' ? [`${name} ${JSON.stringify(value)}`] : []
    })
    return words.join(' ')
  }

  async #deliver({ connection }: Session): Promise<void> {
    if (connection.pending !== null) await connection.deliver(connection.pending)
  }

  async #hint(session: Session): Promise<void> {
    const hint = session.connection.hints.shift()
    if (hint === undefined) return
    if (!this.#choices.isOver && this.#choices.oneIn(8)) {
      this.log.push(`${session.name} misses a hint`)
      return
    }
    this.log.push(`${session.name} << hint ${this.#oracle.nameOf(hint.mailbox)} ${hint.modSeq}`)
    await session.connection.hint(hint)
  }

  async #read(session: Session, octets: number): Promise<void> {
    const { client, connection } = session
    const text = connection.unread.slice(0, octets)
    connection.unread = connection.unread.slice(octets)
    this.log.push(
      ...text
        .trimEnd()
        .split('\r\n')
        .map((line) => `${session.name} S: ${line}`),
    )
    const before = client.running
    client.receive(text)
    if (before === null || client.running !== null) return
    this.#oracle.checkBeliefs(client)
    if (before.looks === true && session.looked !== null) this.#oracle.checkView(client, session.looked)
  }

  async #lose(session: Session): Promise<void> {
    this.log.push(`${session.name} loses its connection`)
    const { connection } = session
    const { pending } = connection
    // A call that is under way may be carried out all the same, unless its message has not come whole.
    if (pending !== null && pending.answer === null && pending.body === null && this.#choices.oneIn(2)) {
      await this.#perform(session)
    }
    await connection.lose()
    await this.#login(session)
  }

  /** Everything under way comes to its end, every client looks, and then all must agree. */
  async #rest(): Promise<void> {
    await this.#settle()
    for (const session of this.#sessions) {
      const { client } = session
      for (let steps = 0; client.mailbox === null || !client.isSynchronised; steps++) {
        if (steps === 10) throw new Violation(`${session.name} is never told what it asks for`)
        await this.#ask(session, client.mailbox === null ? openCommand(client, this.#choices) : client.nextStep())
      }
      await this.#ask(session, { text: 'NOOP', looks: true })
      if (client.unknown.length > 0) await this.#ask(session, fillCommand(client))
      await this.#ask(session, { text: 'NOOP', looks: true })
      this.log.push(`${session.name} is at rest`)
      this.#oracle.checkAll(client)
    }
    await this.#oracle.checkStore(FRED)
  }

  async #ask(session: Session, command: Command | null): Promise<void> {
    if (command === null) return
    await this.#send(session, command)
    await this.#settle()
  }

  async #settle(): Promise<void> {
    for (let steps = 0; steps < BOUND; steps++) {
      const session = this.#sessions.find(({ client, connection }) => {
        const isBusy = connection.unread !== '' || connection.pending !== null || connection.hints.length > 0
        return isBusy || connection.isClosed || client.running !== null
      })
      if (session === undefined) return
      const { connection, client } = session
      if (connection.isClosed) await this.#lose(session)
      else if (connection.unread !== '') await this.#read(session, connection.unread.length)
      else if (connection.pending !== null) {
        if (connection.pending.answer === null) await this.#perform(session)
        else await this.#deliver(session)
      } else if (connection.hints.length > 0) await this.#hint(session)
      else if (client.running?.isIdling === true) await this.#done(session)
      else throw new Error(`no reply to ${client.running?.text}`)
    }
    throw new Error('no end in sight')
  }
}
