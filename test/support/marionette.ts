import { connect, type Socket } from 'node:net'
import { eventually, within } from './wait.js'

/** How long a program that speaks Marionette may take to start. */
const START = 60_000

/**
 * Mozilla's protocol for those who drive its programs: each message is a length, a colon and JSON; a command is
 * `[0, id, name, parameters]`, its answer `[1, id, error, result]`.
 */
export class Marionette {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #wake: () => void = () => {}
  #hasEnded = false
  #id = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#hasEnded = true
      this.#wake()
    })
  }

  /** Waits until the program listens, and begins a session with its own windows (not those of web pages). */
  static async open(port: number): Promise<Marionette> {
    const socket = await eventually(START, 'Marionette listens', () => connected(port))
    const marionette = new Marionette(socket)
    await marionette.#message()
    await marionette.say('WebDriver:NewSession', { capabilities: {} })
    await marionette.say('Marionette:SetContext', { value: 'chrome' })
    return marionette
  }

  /** Says a command. @throws with the program's words when it refuses. */
  async say(name: string, parameters: object = {}): Promise<unknown> {
    const octets = JSON.stringify([0, ++this.#id, name, parameters])
    this.#socket.write(`${Buffer.byteLength(octets)}:${octets}`)
    const [, , error, result] = await this.#message()
    if (error !== null) throw new Error(`${name}: ${JSON.stringify(error)}`)
    return result
  }

  /**
   * Runs the body of an asynchronous function in the program, with its own rights.
   *
   * @param given what the body knows as `given`; what it returns must be JSON, too.
   * @param millis how long it may take.
   */
  async run(body: string, given: unknown, millis: number): Promise<unknown> {
    const script = `
      const [given, done] = arguments
      const work = async () => {${body}}
      work().then((value) => done({ value }), (error) => done({ error: error + '\\n' + error.stack }))`
    await this.say('WebDriver:SetTimeouts', { script: millis })
    const answer = await this.say('WebDriver:ExecuteAsyncScript', { script, args: [given] })
    // The form of `done` above, which every command's answer has around it.
    const { value } = answer as { readonly value: { readonly value?: unknown; readonly error?: string } }
    if (value.error !== undefined) throw new Error(value.error)
    return value.value
  }

  close(): void {
    this.#socket.destroy()
  }

  /** The next message. */
  async #message(): Promise<readonly unknown[]> {
    for (;;) {
      const colon = this.#received.indexOf(':')
      const end = colon + 1 + Number(this.#received.subarray(0, Math.max(colon, 0)))
      if (colon !== -1 && this.#received.length >= end) {
        const text = this.#received.subarray(colon + 1, end).toString()
        this.#received = this.#received.subarray(end)
        const message: unknown = JSON.parse(text)
        return Array.isArray(message) ? message : [message]
      }
      if (this.#hasEnded) throw new Error('Marionette has gone')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function connected(port: number): Promise<Socket | undefined> {
  const socket = connect(port, '127.0.0.1')
  return within(
    START,
    'a connection opens',
    new Promise((resolve) => {
      socket.once('connect', () => resolve(socket))
      socket.once('error', () => resolve(undefined))
    }),
  )
}
