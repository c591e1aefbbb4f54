import { Wire } from '../support/wire.js'
import { type ImapValue, readValues } from './imap-value.js'

/** What a command was answered. */
export interface Answer {
  /** `OK`, `NO` or `BAD`, and the words. */
  readonly status: 'OK' | 'NO' | 'BAD'
  readonly words: string
  /** Untagged responses without `* `, literals in place. */
  readonly untagged: readonly string[]
}

/** A session with an IMAP server, as much of a client as is needed to compare two. */
export class ImapSession {
  readonly #wire: Wire
  #tag = 0

  private constructor(wire: Wire) {
    this.#wire = wire
  }

  static async open(port: number, user: string, password: string): Promise<ImapSession> {
    const session = new ImapSession(await Wire.open(port))
    await session.#wire.line()
    await session.must(`LOGIN ${user} ${password}`)
    return session
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
      const response = await this.#response()
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
