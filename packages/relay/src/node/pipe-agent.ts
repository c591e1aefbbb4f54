import { type Clock, HostError } from '@mailwright/core'
import { deliveredTo, originalTo, parseMailbox, returnPath } from '@mailwright/smtp'
import type { DeliveryAgent, DeliveryRequest, DeliveryResult, RoutedRecipient } from '../delivery/agent.js'
import { type CommandEnd, commandOutcome } from '../delivery/command-outcome.js'
import { COMMAND_LIMITS, type CommandLimits } from '../delivery/limits.js'
import { type AddressRules, macrosOf, OPTION_LIKE, pipeArguments } from '../delivery/pipe-arguments.js'
import { deliveredBefore } from '../driver/store-agent.js'
import { type LineRules, messageLines } from './message-lines.js'
import { runCommand } from './run-command.js'

/** pipe(8)'s flags: fields above the message (D F O R), what becomes of its lines (B . >) and of addresses (h q u), and X: it goes on from there. */
export type PipeFlag = 'B' | 'D' | 'F' | 'O' | 'R' | 'X' | 'h' | 'q' | 'u' | '.' | '>'

export interface PipeAgentOptions {
  /** In `relay=`: Postfix's name of the service. */
  readonly name: string
  /** The program's path, and templates of its arguments: `${recipient}`, `${sender}`, `${user}` … as in pipe(8). Never a shell. */
  readonly argv: readonly string[]
  /** As in `DRhu`. Default none. */
  readonly flags?: string
  /** All that the program has of the environment, besides PATH. */
  readonly env?: { readonly [name: string]: string }
  readonly directory?: string
  /** Whose rights the program has; needs to be root. Default: ours. */
  readonly as?: { readonly uid: number; readonly gid: number }
  /** Default LF. */
  readonly lineEnd?: string
  /** What stands for the empty sender. Default `MAILER-DAEMON`, as in pipe(8). */
  readonly nullSender?: string
  /** Default `+`. */
  readonly delimiter?: string
  readonly clock: Clock
  readonly limits?: Partial<CommandLimits>
}

const FLAGS: ReadonlySet<string> = new Set<PipeFlag>(['B', 'D', 'F', 'O', 'R', 'X', 'h', 'q', 'u', '.', '>'])

/** Where a program looks for others. */
export const COMMAND_PATH = '/usr/local/bin:/usr/bin:/bin'

/**
 * Delivers into a program, as Postfix's pipe(8): all recipients of a request in one call, but one at a time where a field names the recipient.
 *
 * @throws {HostError} for a flag or a macro that there is not, and for a program that is no absolute path.
 */
export function createPipeAgent(options: PipeAgentOptions): DeliveryAgent {
  return new PipeAgent(options)
}

class PipeAgent implements DeliveryAgent {
  readonly #options: PipeAgentOptions
  readonly #flags: ReadonlySet<string>
  readonly #limits: CommandLimits
  readonly #rules: AddressRules
  readonly #lines: LineRules

  constructor(options: PipeAgentOptions) {
    this.#options = options
    const { argv, flags = '', delimiter = '+', nullSender = 'MAILER-DAEMON', lineEnd = '\n' } = options
    for (const argument of argv) macrosOf(argument)
    if (argv[0]?.startsWith('/') !== true) throw new HostError(`not the path of a program: ${JSON.stringify(argv[0])}`)
    this.#flags = new Set(flags)
    for (const flag of this.#flags)
      if (!FLAGS.has(flag)) throw new HostError(`there is no flag ${JSON.stringify(flag)}`)
    this.#limits = { ...COMMAND_LIMITS, ...options.limits }
    const has = (flag: PipeFlag): boolean => this.#flags.has(flag)
    this.#rules = {
      lowerCase: new Set([...(has('h') ? ['domain' as const] : []), ...(has('u') ? ['localPart' as const] : [])]),
      quotes: has('q') ? 'added' : 'none',
      delimiter,
      nullSender,
    }
    this.#lines = {
      lineEnd,
      dots: has('.') ? 'doubled' : 'asTheyAre',
      from: has('>') ? 'quoted' : 'asItIs',
      end: has('B') ? 'blankLine' : 'asItIs',
    }
  }

  async deliver(request: DeliveryRequest, signal: AbortSignal): ReturnType<DeliveryAgent['deliver']> {
    const most = this.#limits.message
    if (most > 0 && request.message.octets > most) {
      return {
        results: this.#all(request.recipients, { kind: 'failed', status: '5.2.3', text: 'message size exceeds limit' }),
      }
    }
    if (!this.#flags.has('D') && !this.#flags.has('O')) return { results: await this.#run(request, signal) }
    const seen = this.#flags.has('D') ? await deliveredBefore(request.body) : new Set<string>()
    const results: DeliveryResult[] = []
    for (const recipient of request.recipients) {
      const text = `mail forwarding loop for ${recipient.address}`
      if (seen.has(recipient.address.toLowerCase())) {
        results.push(...this.#all([recipient], { kind: 'failed', status: '5.4.6', text }))
      } else {
        results.push(...(await this.#run({ ...request, recipients: [recipient] }, signal)))
      }
    }
    return { results }
  }

  async #run(request: DeliveryRequest, signal: AbortSignal): Promise<readonly DeliveryResult[]> {
    const { argv, env, directory, as, name } = this.#options
    const stamp = this.#stamp(request)
    const made = pipeArguments(argv, request, this.#rules)
    if (made.kind === 'optionLike') return this.#all(request.recipients, OPTION_LIKE)
    const end = await runCommand(
      {
        argv: made.list,
        env: { PATH: COMMAND_PATH, ...env },
        ...(directory === undefined ? {} : { directory }),
        ...(as === undefined ? {} : { as }),
        input: messageLines(request.body.read(), this.#lines, stamp),
        timeLimit: this.#limits.time,
        outputLimit: this.#limits.output,
      },
      signal,
    )
    return this.#results(request.recipients, end, `delivered via ${name} service`)
  }

  #results(recipients: readonly RoutedRecipient[], end: CommandEnd, words: string): readonly DeliveryResult[] {
    const command = this.#options.argv[0] ?? ''
    return this.#all(recipients, commandOutcome(end, { command, words }))
  }

  #all(
    recipients: readonly RoutedRecipient[],
    { kind, status, text }: ReturnType<typeof commandOutcome>,
  ): readonly DeliveryResult[] {
    const reports = this.#flags.has('X') ? 'relayed' : 'delivered'
    return recipients.map(({ position }): DeliveryResult => {
      const base = { position, relay: this.#options.name, status, text }
      return kind === 'delivered' ? { ...base, kind, reports } : { ...base, kind }
    })
  }

  #stamp({ message, recipients }: DeliveryRequest): string {
    const [first] = recipients
    const { reversePath } = message.envelope
    const has = (flag: PipeFlag): boolean => this.#flags.has(flag)
    const lines = [
      has('F') ? fromLine(reversePath, this.#options.clock.date()) : '',
      has('R') ? returnPath(reversePath === '' ? null : mailboxOf(reversePath)) : '',
      has('O') && first !== undefined
        ? originalTo(mailboxOf(first.recipient.originalTo ?? first.recipient.address))
        : '',
      has('D') && first !== undefined ? deliveredTo(mailboxOf(first.address)) : '',
    ]
    return lines.join('')
  }
}

function mailboxOf(address: string): { readonly localPart: string; readonly domain: string | null } {
  return parseMailbox(address) ?? { localPart: address, domain: null }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The line that begins a message in an mbox: `From sender Sat Apr 26 12:11:46 2014`, the time in UTC. */
export function fromLine(reversePath: string, at: number): string {
  const date = new Date(at)
  const sender = reversePath === '' ? 'MAILER-DAEMON' : reversePath.replace(/\s/g, '_')
  const [, time] = /T(\d\d:\d\d:\d\d)/.exec(date.toISOString()) ?? []
  const day = String(date.getUTCDate()).padStart(2, ' ')
  return `From ${sender} ${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} ${date.getUTCFullYear()}\r\n`
}
