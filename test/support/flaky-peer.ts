import { createServer, type Server, type Socket } from 'node:net'

/** A message that a peer took: on whose record it stands from now on. */
export interface Taken {
  readonly recipient: string
  /** With CRLF, dots undoubled. */
  readonly message: string
  /** The client was sent a 250. Whether it heard is its own affair. */
  readonly wasTold: boolean
  /** What the test called the time when it came. */
  readonly era: number
}

/** How often a peer is in trouble, from 0 to 1. */
export interface FlakyOptions {
  readonly random: () => number
  /** Where a session, a command or a message meets with trouble. */
  readonly trouble: number
  /** Connections are refused for so many milliseconds out of each second. Default 0. */
  readonly down?: number
}

/** What may happen behind the final dot, when trouble is due. */
const ENDINGS = ['dropped', 'silent', 'later', 'takenAndDropped', 'takenAndSilent'] as const

/**
 * An SMTP server that keeps a true record of what it answers for, and is no pleasure to deliver to: it refuses connections, resets them, falls
 * silent, puts off, and takes messages without saying so. Recipients whose address begins with `no-` do not exist.
 */
export class FlakyPeer {
  readonly taken: Taken[] = []
  /** How often each trouble came. */
  readonly troubles = new Map<string, number>()
  /** Stands in what is taken from now on. */
  era = 0
  readonly #options: FlakyOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor(options: FlakyOptions) {
    this.#options = options
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      void this.#serve(new Session(socket)).finally(() => socket.destroy())
    })
  }

  static async start(options: FlakyOptions): Promise<FlakyPeer> {
    const peer = new FlakyPeer(options)
    await new Promise<void>((resolve, reject) => {
      peer.#server.once('error', reject)
      peer.#server.listen(0, '127.0.0.1', resolve)
    })
    const address = peer.#server.address()
    peer.#port = typeof address === 'object' && address !== null ? address.port : 0
    return peer
  }

  get port(): number {
    return this.#port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** One connection, to its end. */
  async #serve(session: Session): Promise<void> {
    if (Date.now() % 1_000 < (this.#options.down ?? 0)) return session.reset()
    const welcome = this.#trouble('greeting', ['reset', 'silent', 'later'] as const)
    if (welcome === 'reset') return session.reset()
    if (welcome === 'silent') return session.closed()
    if (welcome === 'later') return session.say('421 4.3.2 not now')
    session.say('220 flaky.test ESMTP')
    let recipients: string[] = []
    for (let line = await session.line(); line !== null; line = await session.line()) {
      const [verb = ''] = line.toUpperCase().split(/[ :]/)
      switch (verb) {
        case 'EHLO':
          session.say('250-flaky.test\r\n250-PIPELINING\r\n250 8BITMIME')
          break
        case 'MAIL': {
          recipients = []
          const how = this.#trouble('mail', ['later', 'silent', 'reset'] as const)
          if (how === 'reset') return session.reset()
          if (how === 'silent') return session.closed()
          session.say(how === 'later' ? '451 4.3.0 try again' : '250 2.1.0 Ok')
          break
        }
        case 'RCPT': {
          const address = /<(.*)>/.exec(line)?.[1] ?? ''
          if (address.startsWith('no-')) session.say('550 5.1.1 no such user')
          else if (this.#trouble('recipient', ['later'] as const) !== null) session.say('450 4.2.1 mailbox busy')
          else {
            recipients.push(address)
            session.say('250 2.1.5 Ok')
          }
          break
        }
        case 'DATA':
          if (recipients.length === 0) {
            session.say('554 5.5.1 no valid recipients')
            break
          }
          if (!(await this.#message(session, recipients))) return
          break
        case 'RSET':
          session.say('250 2.0.0 Ok')
          break
        case 'QUIT':
          return session.say('221 2.0.0 Bye')
        default:
          session.say('500 5.5.2 what?')
      }
    }
  }

  /** @returns whether the session goes on. */
  async #message(session: Session, recipients: readonly string[]): Promise<boolean> {
    session.say('354 go ahead')
    if (this.#trouble('data', ['reset'] as const) !== null) {
      await session.something()
      session.reset()
      return false
    }
    const message = await session.message()
    if (message === null) return false
    const ending = this.#trouble('end', ENDINGS)
    const take = (wasTold: boolean): void => {
      for (const recipient of recipients) this.taken.push({ recipient, message, wasTold, era: this.era })
    }
    switch (ending) {
      case null:
        take(session.isOpen)
        session.say('250 2.0.0 taken')
        return true
      case 'later':
        session.say('451 4.3.0 not this time')
        return true
      case 'dropped':
        session.reset()
        return false
      case 'silent':
        await session.closed()
        return false
      case 'takenAndDropped':
        take(false)
        session.reset()
        return false
      case 'takenAndSilent':
        take(false)
        await session.closed()
        return false
      default:
        return ending satisfies never
    }
  }

  #trouble<T extends string>(where: string, kinds: readonly T[]): T | null {
    const { random, trouble } = this.#options
    if (random() >= trouble) return null
    const kind = kinds[Math.floor(random() * kinds.length)] ?? null
    const name = `${where}: ${kind}`
    this.troubles.set(name, (this.troubles.get(name) ?? 0) + 1)
    return kind
  }
}

/** What a client says. */
class Session {
  readonly #socket: Socket
  #heard = ''
  #isOver = false
  #wake: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1')
      this.#wake()
    })
    for (const end of ['end', 'close'] as const) {
      socket.once(end, () => {
        this.#isOver = true
        this.#wake()
      })
    }
  }

  get isOpen(): boolean {
    return !this.#isOver
  }

  say(lines: string): void {
    this.#socket.write(`${lines}\r\n`)
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Until the client goes. */
  async closed(): Promise<void> {
    while (!this.#isOver) await this.#change()
  }

  /** Until the client says anything. */
  async something(): Promise<void> {
    while (this.#heard === '' && !this.#isOver) await this.#change()
  }

  /** Without its CRLF; `null` when the client went. */
  line(): Promise<string | null> {
    return this.#until('\r\n')
  }

  /** A message up to its final dot; `null` when the client went before. */
  async message(): Promise<string | null> {
    const text = await this.#until('\r\n.\r\n')
    return text === null ? null : `${text}\r\n`.replaceAll(/^\./gm, '')
  }

  async #until(end: string): Promise<string | null> {
    for (let from = 0; ; ) {
      const at = this.#heard.indexOf(end, from)
      if (at >= 0) {
        const text = this.#heard.slice(0, at)
        this.#heard = this.#heard.slice(at + end.length)
        return text
      }
      if (this.#isOver) return null
      from = Math.max(0, this.#heard.length - end.length)
      await this.#change()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
