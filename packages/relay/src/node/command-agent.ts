import { type Clock, HostError } from '@mailwright/core'
import { deliveredTo, originalTo, parseMailbox, returnPath } from '@mailwright/smtp'
import type { DeliveryAgent, DeliveryRequest, DeliveryResult, RoutedRecipient } from '../delivery/agent.js'
import { commandOutcome } from '../delivery/command-outcome.js'
import { COMMAND_LIMITS, type CommandLimits } from '../delivery/limits.js'
import {
  type AddressRules,
  macrosOf,
  messageWords,
  OPTION_LIKE,
  pipeArguments,
  recipientWords,
} from '../delivery/pipe-arguments.js'
import { deliveredBefore } from '../driver/store-agent.js'
import { type LineRules, messageLines } from './message-lines.js'
import { COMMAND_PATH, fromLine } from './pipe-agent.js'
import { runCommand } from './run-command.js'

/** Who a program delivers for. */
export interface CommandUser {
  readonly name: string
  readonly home: string
  readonly shell?: string
  /** Whose rights the program has; needs to be root. Default: ours. */
  readonly as?: { readonly uid: number; readonly gid: number }
}

export interface CommandAgentOptions {
  /** The program's path, and templates of its arguments, as for pipes: `/usr/lib/dovecot/dovecot-lda`, `-a`, `${recipient}`. Never a shell. */
  readonly argv: readonly string[]
  readonly userOf: (
    address: string,
    signal: AbortSignal,
  ) => Promise<
    { readonly kind: 'found'; readonly user: CommandUser } | { readonly kind: 'unknownUser' | 'unavailable' }
  >
  /** What the program has of the environment, besides what is known of the message. */
  readonly env?: { readonly [name: string]: string }
  readonly delimiter?: string
  readonly clock: Clock
  readonly limits?: Partial<CommandLimits>
}

const UNCHANGED: LineRules = { lineEnd: '\n', dots: 'asTheyAre', from: 'asItIs', end: 'asItIs' }

/**
 * Delivers into a program of each user, as Postfix's `mailbox_command`: procmail, maildrop, dovecot-lda. The message stands below a `From ` line,
 * Return-Path, X-Original-To and Delivered-To; its environment names message and recipient as local(8) does.
 *
 * @throws {HostError} for a macro that there is not, and for a program that is no absolute path.
 */
export function createCommandAgent(options: CommandAgentOptions): DeliveryAgent {
  const { argv } = options
  for (const argument of argv) macrosOf(argument)
  if (argv[0]?.startsWith('/') !== true) throw new HostError(`not the path of a program: ${JSON.stringify(argv[0])}`)
  return {
    async deliver(request, signal) {
      const seen = await deliveredBefore(request.body)
      const results: DeliveryResult[] = []
      for (const recipient of request.recipients) {
        results.push(await deliverTo(recipient, request, seen, options, signal))
      }
      return { results }
    },
  }
}

async function deliverTo(
  recipient: RoutedRecipient,
  request: DeliveryRequest,
  seen: ReadonlySet<string>,
  options: CommandAgentOptions,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const { position, address } = recipient
  const base = { position, relay: 'local' }
  if (seen.has(address.toLowerCase())) {
    return { ...base, kind: 'failed', status: '5.4.6', text: `mail forwarding loop for ${address}` }
  }
  const found = await options.userOf(address, signal)
  if (found.kind === 'unknownUser') {
    return { ...base, kind: 'failed', status: '5.1.1', text: `unknown user: "${localPart(address)}"` }
  }
  if (found.kind !== 'found') return { ...base, kind: 'deferred', status: '4.3.0', text: 'user lookup error' }
  const { user } = found
  const limits = { ...COMMAND_LIMITS, ...options.limits }
  const rules: AddressRules = {
    lowerCase: new Set(),
    quotes: 'none',
    delimiter: options.delimiter ?? '+',
    nullSender: '',
  }
  const one = { ...request, recipients: [recipient] }
  const made = pipeArguments(options.argv, one, rules)
  if (made.kind === 'optionLike') return { ...base, ...OPTION_LIKE }
  const stamp = stampOf(one, recipient, options.clock)
  const end = await runCommand(
    {
      argv: made.list,
      env: { PATH: COMMAND_PATH, ...options.env, ...environmentOf(one, recipient, user, rules) },
      directory: user.home,
      ...(user.as === undefined ? {} : { as: user.as }),
      input: messageLines(request.body.read(), UNCHANGED, stamp),
      timeLimit: limits.time,
      outputLimit: limits.output,
    },
    signal,
  )
  const command = options.argv[0] ?? ''
  const { kind, status, text } = commandOutcome(end, { command, words: `delivered to command: ${command}` })
  return kind === 'delivered' ? { ...base, kind, status, text, reports: 'delivered' } : { ...base, kind, status, text }
}

/** local(8), "EXTERNAL COMMAND DELIVERY". */
export function environmentOf(
  request: DeliveryRequest,
  recipient: RoutedRecipient,
  user: CommandUser,
  rules: AddressRules,
): { readonly [name: string]: string } {
  const words = recipientWords(recipient, rules)
  const message = messageWords(request, rules)
  const all: { readonly [name: string]: string } = {
    CLIENT_ADDRESS: message['client_address'] ?? '',
    CLIENT_HELO: message['client_helo'] ?? '',
    CLIENT_HOSTNAME: message['client_hostname'] ?? '',
    CLIENT_PROTOCOL: message['client_protocol'] ?? '',
    DOMAIN: words.domain,
    EXTENSION: words.extension,
    HOME: user.home,
    LOCAL: words.mailbox,
    LOGNAME: user.name,
    ORIGINAL_RECIPIENT: words.original_recipient,
    RECIPIENT: words.recipient,
    SASL_METHOD: message['sasl_method'] ?? '',
    SASL_USERNAME: message['sasl_username'] ?? '',
    SENDER: message['sender'] ?? '',
    SHELL: user.shell ?? '/bin/sh',
    USER: user.name,
  }
  // No value can be cut short, nor hold another.
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.replaceAll('\0', '')]))
}

/** What stands above a message that a program or file gets. */
export function stampOf({ message }: DeliveryRequest, { address, recipient }: RoutedRecipient, clock: Clock): string {
  const { reversePath } = message.envelope
  const sender = reversePath === '' ? null : mailboxOf(reversePath)
  return (
    fromLine(reversePath, clock.date()) +
    returnPath(sender) +
    originalTo(mailboxOf(recipient.originalTo ?? recipient.address)) +
    deliveredTo(mailboxOf(address))
  )
}

function mailboxOf(address: string): { readonly localPart: string; readonly domain: string | null } {
  return parseMailbox(address) ?? { localPart: address, domain: null }
}

function localPart(address: string): string {
  return mailboxOf(address).localPart
}
