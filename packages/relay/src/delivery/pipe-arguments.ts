import { HostError } from '@mailwright/core'
import type { DeliveryRequest, RoutedRecipient } from './agent.js'

/** How addresses are changed before a program sees them: pipe(8)'s flags `h`, `u` and `q`. */
export interface AddressRules {
  /** Recipient domains and nexthop in lower case (`h`), local parts (`u`). */
  readonly lowerCase: ReadonlySet<'domain' | 'localPart'>
  /** Local parts that need quotes get them (`q`). */
  readonly quotes: 'added' | 'none'
  readonly delimiter: string
  /** What stands for the empty sender. */
  readonly nullSender: string
}

/** The parts of a recipient that arguments are made of. */
export interface RecipientWords {
  readonly recipient: string
  readonly original_recipient: string
  readonly user: string
  readonly extension: string
  readonly mailbox: string
  readonly domain: string
}

/** One of these in an argument repeats it for each recipient. */
const OF_RECIPIENT: ReadonlySet<string> = new Set<keyof RecipientWords>([
  'recipient',
  'original_recipient',
  'user',
  'extension',
  'mailbox',
  'domain',
])

const OF_MESSAGE: ReadonlySet<string> = new Set([
  'client_address',
  'client_helo',
  'client_hostname',
  'client_protocol',
  'nexthop',
  'queue_id',
  'sasl_method',
  'sasl_username',
  'sender',
  'size',
])

const MACRO = /\$(?:\$|\{(\w+)\}|\((\w+)\)|(\w+)|)/g

/** Names in an argument. @throws {HostError} for one that there is not. */
export function macrosOf(argument: string): readonly string[] {
  return [...argument.matchAll(MACRO)].flatMap(([whole, braced, bracketed, bare]) => {
    if (whole === '$$') return []
    const name = braced ?? bracketed ?? bare ?? ''
    if (!OF_RECIPIENT.has(name) && !OF_MESSAGE.has(name)) {
      throw new HostError(`${JSON.stringify(argument)}: there is no ${whole}`)
    }
    return [name]
  })
}

/** Arguments; or that one of them would be taken for an option, because an address begins with a dash. */
export type PipeArguments =
  | { readonly kind: 'arguments'; readonly list: readonly string[] }
  | { readonly kind: 'optionLike'; readonly argument: string }

/** What becomes of mail whose address would be an option (Postfix's allow_min_user). */
export const OPTION_LIKE = { kind: 'failed', status: '5.1.3', text: 'the address begins with a dash' } as const

/**
 * The arguments of a program for one delivery, as pipe(8) makes them: `${name}` becomes what is known of the message; an argument with a name
 * of a recipient is there once for each. No argument is ever looked at by a shell.
 */
export function pipeArguments(
  templates: readonly string[],
  request: Pick<DeliveryRequest, 'message' | 'nexthop' | 'recipients'>,
  rules: AddressRules,
): PipeArguments {
  const ofMessage = messageWords(request, rules)
  const each = request.recipients.map((recipient) => recipientWords(recipient, rules))
  let optionLike: string | undefined
  const list = templates.flatMap((template) => {
    const isRepeated = macrosOf(template).some((name) => OF_RECIPIENT.has(name))
    const fill = (words: { readonly [name: string]: string }): string =>
      template.replaceAll(MACRO, (whole: string, braced?: string, bracketed?: string, bare?: string) =>
        whole === '$$' ? '$' : (words[braced ?? bracketed ?? bare ?? ''] ?? ''),
      )
    const made = isRepeated ? each.map((words) => fill({ ...ofMessage, ...words })) : [fill(ofMessage)]
    if (!template.startsWith('-')) optionLike ??= made.find((argument) => argument.startsWith('-'))
    return made
  })
  return optionLike === undefined ? { kind: 'arguments', list } : { kind: 'optionLike', argument: optionLike }
}

/** What is known of a message, by the names of pipe(8). */
export function messageWords(
  { message, nexthop }: Pick<DeliveryRequest, 'message' | 'nexthop'>,
  rules: AddressRules,
): { readonly [name: string]: string } {
  const { envelope, id, octets } = message
  const { clientAddress = '', clientName, helo = '', protocol = '', user = '', mechanism = '' } = envelope.origin ?? {}
  return {
    client_address: clientAddress,
    client_helo: helo,
    client_hostname: clientName ?? (clientAddress === '' ? '' : 'unknown'),
    client_protocol: protocol,
    nexthop: rules.lowerCase.has('domain') ? nexthop.toLowerCase() : nexthop,
    queue_id: id,
    sasl_method: mechanism,
    sasl_username: user,
    sender: envelope.reversePath === '' ? rules.nullSender : quoted(envelope.reversePath, rules),
    size: String(octets),
  }
}

export function recipientWords({ address, recipient }: RoutedRecipient, rules: AddressRules): RecipientWords {
  const at = address.lastIndexOf('@')
  const isLower = (part: 'domain' | 'localPart'): boolean => rules.lowerCase.has(part)
  const writtenLocal = at < 0 ? address : address.slice(0, at)
  const writtenDomain = at < 0 ? '' : address.slice(at + 1)
  const local = isLower('localPart') ? writtenLocal.toLowerCase() : writtenLocal
  const domain = isLower('domain') ? writtenDomain.toLowerCase() : writtenDomain
  const mailbox = unquoted(local)
  const cut = rules.delimiter === '' ? -1 : mailbox.indexOf(rules.delimiter)
  return {
    recipient: quoted(at < 0 ? local : `${local}@${domain}`, rules),
    original_recipient: quoted(recipient.originalTo ?? recipient.address, rules),
    user: cut > 0 ? mailbox.slice(0, cut) : mailbox,
    extension: cut > 0 ? mailbox.slice(cut + rules.delimiter.length) : '',
    mailbox,
    domain,
  }
}

/** The queue keeps written forms; without `q` programs get them bare, as they do from Postfix. */
function quoted(address: string, { quotes }: AddressRules): string {
  if (quotes === 'added') return address
  const at = address.lastIndexOf('@')
  return at < 0 ? unquoted(address) : unquoted(address.slice(0, at)) + address.slice(at)
}

function unquoted(local: string): string {
  return local.startsWith('"') && local.endsWith('"') && local.length > 1
    ? local.slice(1, -1).replace(/\\(.)/g, '$1')
    : local
}
