import { type Clock, HostError } from '@mailwright/core'
import type { DeliveryAgent, DeliveryResult, RoutedRecipient } from '../delivery/agent.js'
import { commandOutcome } from '../delivery/command-outcome.js'
import { commandWords } from '../delivery/command-words.js'
import { COMMAND_LIMITS, type CommandLimits } from '../delivery/limits.js'
import type { AddressRules } from '../delivery/pipe-arguments.js'
import { deliveredBefore } from '../driver/store-agent.js'
import { type AliasProgram, parseProgram } from '../routing/program.js'
import { appendToFile } from './append-to-file.js'
import { type CommandUser, environmentOf, stampOf } from './command-agent.js'
import { type LineRules, messageLines } from './message-lines.js'
import { COMMAND_PATH } from './pipe-agent.js'
import { runCommand } from './run-command.js'

export interface AliasAgentOptions {
  /** Whose rights commands have, and whose files are written (default_privs). Needed where this process is root's; default: ours. */
  readonly as?: { readonly uid: number; readonly gid: number }
  /** What commands find as USER and LOGNAME. Default `nobody`. */
  readonly name?: string
  /** What commands have of the environment, besides what is known of the message. */
  readonly env?: { readonly [name: string]: string }
  readonly delimiter?: string
  readonly clock: Clock
  readonly limits?: Partial<CommandLimits>
}

/** A recipient that is a program, and the alias that it came from, under whose name it is known. */
interface AliasRecipient {
  readonly program: AliasProgram
  readonly routed: RoutedRecipient
}

/**
 * Delivers what aliases name besides addresses: into commands, as local(8) runs them, and to the end of files, as mbox. Commands get no shell: what only a shell
 * understands is refused. For the transports `command` and `file`.
 *
 * @throws {HostError} for root without `as`: mail must not do what root may.
 */
export function createAliasAgent(options: AliasAgentOptions): DeliveryAgent {
  if (options.as === undefined && process.getuid?.() === 0) {
    throw new HostError('commands and files of aliases need the rights of somebody who is not root')
  }
  return {
    async deliver(request, signal) {
      const seen = await deliveredBefore(request.body)
      const results: DeliveryResult[] = []
      for (const each of request.recipients) {
        const { position, recipient } = each
        const program = parseProgram(each.address)
        const alias = recipient.originalTo ?? each.address
        if (program === undefined) {
          const text = `not a program of an alias: ${each.address}`
          results.push({ position, relay: 'local', kind: 'failed', status: '5.3.5', text })
        } else if (seen.has(alias.toLowerCase())) {
          const text = `mail forwarding loop for ${alias}`
          results.push({ position, relay: 'local', kind: 'failed', status: '5.4.6', text })
        } else {
          const known = { program, routed: { ...each, address: alias } }
          const deliver = program.kind === 'command' ? runAlias : fileAlias
          const { kind, status, text } = await deliver(known, request, options, signal)
          const base = { position, relay: 'local', status, text }
          results.push(kind === 'delivered' ? { ...base, kind, reports: 'delivered' } : { ...base, kind })
        }
      }
      return { results }
    },
  }
}

type Ended = ReturnType<typeof commandOutcome>
type Request = Parameters<DeliveryAgent['deliver']>[0]

const UNCHANGED: LineRules = { lineEnd: '\n', dots: 'asTheyAre', from: 'asItIs', end: 'asItIs' }
const MBOX: LineRules = { lineEnd: '\n', dots: 'asTheyAre', from: 'quoted', end: 'blankLine' }

async function runAlias(
  { program: { text: command }, routed }: AliasRecipient,
  request: Request,
  options: AliasAgentOptions,
  signal: AbortSignal,
): Promise<Ended> {
  const argv = commandWords(command)
  if (argv === undefined) {
    return { kind: 'failed', status: '5.3.5', text: `a command that needs a shell is not run: ${command}` }
  }
  const one = { ...request, recipients: [routed] }
  const limits = { ...COMMAND_LIMITS, ...options.limits }
  const rules: AddressRules = {
    lowerCase: new Set(),
    quotes: 'none',
    delimiter: options.delimiter ?? '+',
    nullSender: '',
  }
  const user: CommandUser = { name: options.name ?? 'nobody', home: '/' }
  const end = await runCommand(
    {
      argv,
      env: { PATH: COMMAND_PATH, ...options.env, ...environmentOf(one, routed, user, rules) },
      ...(options.as === undefined ? {} : { as: options.as }),
      input: messageLines(request.body.read(), UNCHANGED, stampOf(one, routed, options.clock)),
      timeLimit: limits.time,
      outputLimit: limits.output,
    },
    signal,
  )
  return commandOutcome(end, { command, words: `delivered to command: ${command}` })
}

async function fileAlias(
  { program: { text: path }, routed }: AliasRecipient,
  request: Request,
  options: AliasAgentOptions,
  signal: AbortSignal,
): Promise<Ended> {
  const stamp = stampOf({ ...request, recipients: [routed] }, routed, options.clock)
  const text = messageLines(request.body.read(), MBOX, stamp)
  const { as, clock } = options
  const appended = await appendToFile({ path, text, clock, ...(as === undefined ? {} : { as }) }, signal)
  if (appended.kind === 'appended') return { kind: 'delivered', status: '2.0.0', text: `delivered to file: ${path}` }
  return appended
}
