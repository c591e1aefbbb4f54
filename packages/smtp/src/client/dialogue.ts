import type { Flow, Millis, TlsFacts, Wire } from '@mailwright/core'
import { fromUtf8, latin1 } from '@mailwright/core'
import type { ClientFailure, ClientSession, ClientStage } from './host.js'
import type { ClientSettings } from './options.js'
import { type ReplyResult, readReply } from './reply-reader.js'

/** The state of one session with a server, as its flows see and change it. */
export class ClientDialogue {
  readonly settings: ClientSettings
  readonly wire: Wire
  stage: ClientStage = 'greeting'
  /** The name in the server's greeting. */
  name = ''
  tls: TlsFacts | null
  extensions: ReadonlyMap<string, string> = new Map()
  /** When the first line of the present reply came, and how long the others took. */
  #firstLine: Millis | null = null
  #dripped: Millis = 0

  constructor(settings: ClientSettings, wire: Wire) {
    this.settings = settings
    this.wire = wire
    this.tls = settings.implicitTls
  }

  /** How long the server may be silent now: the lines of one reply share its time, so that dripping ends. */
  get patience(): Millis {
    return this.#allowed - this.#dripped
  }

  /** How long the server may take to answer in the present stage. RFC 5321 §4.5.3.2. */
  get #allowed(): Millis {
    const { limits } = this.settings
    switch (this.stage) {
      case 'greeting':
        return limits.greeting
      case 'MAIL FROM':
      case 'RCPT TO':
        return limits.envelope
      case 'DATA':
      case 'message body':
        return limits.dataInitiation
      case 'end of DATA':
        return limits.dataTermination
      case 'RSET':
      case 'QUIT':
        return limits.farewell
      case 'EHLO':
      case 'HELO':
      case 'LHLO':
      case 'STARTTLS':
      case 'TLS handshake':
      case 'AUTH':
        return limits.hello
      default:
        return this.stage satisfies never
    }
  }

  /** The server, as texts name it. */
  get shown(): string {
    return this.settings.peerName ?? this.name
  }

  get session(): ClientSession {
    const { name, tls, extensions } = this
    return { name, tls, extensions }
  }

  /** What stands behind a keyword of EHLO's list; `undefined` where the server does not offer it, or it is not to be used. */
  offer(keyword: string): string | undefined {
    return this.settings.withheld.has(keyword) ? undefined : this.extensions.get(keyword)
  }

  offers(keyword: string): boolean {
    return this.offer(keyword) !== undefined
  }

  /** Sends a command. Its text holds no line end: whatever goes into it was looked at. */
  say(line: string): void {
    this.wire.write(`${latin1(fromUtf8(line))}\r\n`)
  }

  /** Sends a command and reads its answer. */
  *ask(stage: ClientStage, line: string): Flow<ReplyResult> {
    this.say(line)
    return yield* this.reply(stage)
  }

  *reply(stage: ClientStage): Flow<ReplyResult> {
    this.stage = stage
    const { limits } = this.settings
    this.#firstLine = null
    this.#dripped = 0
    // What EHLO answers is a list: the line that matters may be the last.
    const kept = stage === 'EHLO' || stage === 'LHLO' ? limits.replyLines : undefined
    return yield* readReply(limits, kept, () => {
      this.#firstLine ??= this.wire.now
      this.#dripped = this.wire.now - this.#firstLine
    })
  }

  /** Why the session cannot go on after this answer to a command that had to succeed; `null` where it did. */
  failureOf(result: ReplyResult): ClientFailure | null {
    if (result.kind === 'malformed') return { kind: 'malformed', stage: this.stage, line: result.line }
    const { reply } = result
    return reply.code < 400 ? null : { kind: 'refused', stage: this.stage, reply }
  }
}
