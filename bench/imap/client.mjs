import { connect } from 'node:net'

const LF = 10
/** The end of an answer that is looked at: a tagged line is shorter. */
const TAIL = 2_048

/**
 * An IMAP client that costs next to nothing: it looks at the end of what comes for the tagged line, and keeps the rest only where it is
 * asked to. A measurement is then one of the server.
 */
export class Client {
  /** Octets that came so far. */
  octets = 0
  #socket
  #tag = 0
  #tail = Buffer.alloc(0)
  #kept = null
  #waiting = null
  #watcher = null

  static async open({ port, user, password }) {
    const client = new Client()
    await client.#connect(port)
    await client.command(`LOGIN ${user} ${password}`)
    return client
  }

  async #connect(port) {
    const greeted = this.#until((tail) => tail.toString('latin1').startsWith('* OK'))
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, highWaterMark: 262_144 })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')))
    await greeted
  }

  /** Sends a command and waits for its end. @returns {Promise<void>} @throws for NO and BAD. */
  async command(text) {
    const tag = `z${++this.#tag}`
    const answered = this.#tagged(tag)
    this.#socket.write(`${tag} ${text}\r\n`)
    await answered
  }

  /** As {@link command}; resolves with all that came. */
  async text(text) {
    this.#kept = []
    try {
      await this.command(text)
      return Buffer.concat(this.#kept).toString('latin1')
    } finally {
      this.#kept = null
    }
  }

  async append(mailbox, message) {
    const tag = `z${++this.#tag}`
    const continued = this.#until((tail) => tail[0] === 43 /* + */ || this.#refusal(tail, tag))
    this.#socket.write(`${tag} APPEND ${mailbox} {${message.length}}\r\n`)
    await continued
    const answered = this.#tagged(tag)
    this.#socket.write(message)
    this.#socket.write('\r\n')
    await answered
  }

  /** IDLE, from the continuation on; `watcher` is told of each chunk that comes. */
  async idle(watcher) {
    const continued = this.#until((tail) => tail.includes('+ '))
    this.#socket.write(`z${++this.#tag} IDLE\r\n`)
    await continued
    this.#watcher = watcher ?? null
  }

  close() {
    this.#waiting = null
    this.#socket.destroy()
  }

  #tagged(tag) {
    return this.#until((tail) => {
      const line = tail.subarray(tail.lastIndexOf(LF, tail.length - 2) + 1).toString('latin1')
      if (!line.startsWith(`${tag} `)) return false
      if (!line.startsWith(`${tag} OK`)) throw new Error(line.trim())
      return true
    })
  }

  #refusal(tail, tag) {
    const text = tail.toString('latin1')
    if (text.startsWith(`${tag} `)) throw new Error(text.trim())
    return false
  }

  #until(isEnd) {
    return new Promise((resolve, reject) => {
      this.#waiting = { isEnd, resolve, reject }
    })
  }

  #take(chunk) {
    this.octets += chunk.length
    this.#kept?.push(chunk)
    this.#watcher?.(chunk)
    if (this.#waiting === null) return
    const whole = chunk.length >= TAIL ? chunk : Buffer.concat([this.#tail, chunk])
    this.#tail = whole.subarray(Math.max(0, whole.length - TAIL))
    if (this.#tail[this.#tail.length - 1] !== LF) return
    const { isEnd, resolve, reject } = this.#waiting
    try {
      if (!isEnd(this.#tail)) return
      this.#waiting = null
      this.#tail = Buffer.alloc(0)
      resolve()
    } catch (error) {
      this.#waiting = null
      reject(error)
    }
  }

  #fail(error) {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(error)
  }
}
