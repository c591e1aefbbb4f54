import { type EngineEvent, fromLatin1, latin1, type MailStore } from '@mailwright/core'
import { type Connection, type Duplex, type DuplexSink, drive } from '@mailwright/core/driver'
import { createImapServer, type ImapServerOptions } from '@mailwright/imap'
import { duplexPair, settled, VirtualClock } from '@mailwright/testing'
import { authenticator } from './world.js'

/** A client on a connection in memory: sends octets, keeps what comes. */
export class TestClient implements DuplexSink {
  readonly events: EngineEvent[] = []
  readonly connection: Connection
  output = ''
  isClosed = false
  readonly #duplex: Duplex

  constructor(store: MailStore, options: Partial<ImapServerOptions> = {}, clock = new VirtualClock()) {
    const [server, client] = duplexPair()
    const peer = { address: '192.0.2.1', port: 49152, localAddress: '192.0.2.2', localPort: 143 }
    const engine = createImapServer({ peer, supports: store.supports, passwords: 'anywhere', ...options })
    this.#duplex = client
    client.open(this)
    this.connection = drive(engine, server, {
      adapters: [store, authenticator],
      clock,
      onEvent: (event) => this.events.push(event),
    })
  }

  /** Sends octets, one a character, and waits until the server has nothing more to say. */
  async send(octets: string): Promise<void> {
    this.#duplex.write(fromLatin1(octets))
    await this.quiet()
  }

  /** Waits until nothing has come for a while of turns. */
  async quiet(): Promise<void> {
    for (let turns = 0, before = -1; turns < 25; turns++) {
      if (before !== this.output.length) turns = 0
      before = this.output.length
      await settled()
    }
  }

  /** Stops and resumes reading. */
  pause(): void {
    this.#duplex.pause()
  }

  resume(): void {
    this.#duplex.resume()
  }

  end(): void {
    this.#duplex.end()
  }

  received(chunk: Uint8Array): void {
    this.output += latin1(chunk)
  }

  ended(): void {
    this.#duplex.end()
  }

  drained(): void {}

  closed(): void {
    this.isClosed = true
  }
}
