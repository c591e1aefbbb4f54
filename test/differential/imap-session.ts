import { Wire } from '../support/wire.js'
import { type ImapValue, readValues } from './imap-value.js'

/** Where to log in. */
export interface Place {
  readonly port: number
  readonly user: string
  readonly password: string
}

/** What a command was answered. */
export interface Answer {
  /** `closed`: the server closed the connection instead. */
  readonly status: 'OK' | 'NO' | 'BAD' | 'closed'
  readonly words: string
  /** Untagged responses without `* `, literals in place. */
  readonly untagged: readonly string[]
}

/** A session with an IMAP server, as much of a client as is needed to compare two. */
export class ImapSession {
  readonly #place: Place
  #wire: Wire
  #tag = 0

  private constructor(place: Place, wire: Wire) {
    this.#place = place
    this.#wire = wire
  }

  static async open(place: Place): Promise<ImapSession> {
    const session = new ImapSession(place, await Wire.open(place.port))
    await session.#login()
    return session
  }

  /** A new connection in the place of one that was closed, without a mailbox. */
  async reopen(): Promise<void> {
    this.#wire.destroy()
    this.#wire = await Wire.open(this.#place.port)
    await this.#login()
  }

  /** A command that has to succeed. */
  async must(command: string): Promise<readonly string[]> {
    const answer = await this.say(command)
    if (answer.status !== 'OK') throw new Error(`${command.slice(0, 200)}: ${answer.status} ${answer.words}`)
    return answer.untagged
  }

  /** `command` may hold literals of LITERAL+. */
  async say(command: string): Promise<Answer> {
    const tag = `t${++this.#tag}`
    await this.#wire.sendLine(`${tag} ${command}`)
    const untagged: string[] = []
    for (;;) {
      const response = await this.#response().catch(() => undefined)
      if (response === undefined) return { status: 'closed', words: '', untagged }
      if (response.startsWith('* ')) {
        untagged.push(response.slice(2))
        continue
      }
      const [, status, words = ''] = /^\S+ (OK|NO|BAD) ?(.*)$/s.exec(response) ?? []
      if (!response.startsWith(`${tag} `) || (status !== 'OK' && status !== 'NO' && status !== 'BAD'))
        throw new Error(`no answer to ${command.slice(0, 200)}: ${response.slice(0, 200)}`)
      return { status, words, untagged }
    }
  }

  close(): void {
    this.#wire.destroy()
  }

  async #login(): Promise<void> {
    await this.#wire.line()
    await this.must(`LOGIN ${this.#place.user} ${this.#place.password}`)
  }

  async #response(): Promise<string> {
    const pieces: string[] = []
    for (;;) {
      const line = await this.#wire.line()
      const literal = /\{(\d+)\}$/.exec(line)
      pieces.push(line)
      if (literal === null) return pieces.join('')
      pieces.push('\r\n', (await this.#wire.octets(Number(literal[1]))).toString('latin1'))
    }
  }
}

/** The items of FETCH responses, by sequence number. Items are named in upper case; FLAGS alone is not what was asked for. */
export function fetched(untagged: readonly string[]): ReadonlyMap<number, ReadonlyMap<string, ImapValue>> {
  const bySeq = new Map<number, Map<string, ImapValue>>()
  for (const line of untagged) {
    const [head = '', seq] = /^(\d+) FETCH /.exec(line) ?? []
    if (seq === undefined) continue
    const items = bySeq.get(Number(seq)) ?? new Map<string, ImapValue>()
    bySeq.set(Number(seq), items)
    const [list] = readValues(line.slice(head.length))
    if (list?.kind !== 'list') throw new SyntaxError(`no msg-att: ${line.slice(0, 200)}`)
    for (let at = 0; at + 1 < list.items.length; at += 2) {
      const [name, value] = [list.items[at], list.items[at + 1]]
      if (name?.kind !== 'atom' || value === undefined) throw new SyntaxError(`no msg-att: ${line.slice(0, 200)}`)
      items.set(name.text.toUpperCase(), value)
    }
  }
  return bySeq
}
