import type { Millis } from '@mailwright/core'
import type { StageFacts } from '../receiving/policy.js'
import { clientAddress, recipientOf, senderOf } from './outcome.js'

/** Programs that decide about mail, as postgrey and policyd do: SMTPD_POLICY_README. */
export interface PolicyServices {
  /**
   * Asks one: a request has attributes, an answer is an action of access(5).
   *
   * @param args.service as in `inet:127.0.0.1:10023` or `unix:/run/policy`.
   * @param args.timeout for the whole question.
   * @returns `unavailable`: it could not be reached, or did not answer in time or in the protocol's form.
   */
  askPolicy(
    args: { readonly service: string; readonly request: string; readonly timeout: Millis },
    signal: AbortSignal,
  ): Promise<
    { readonly kind: 'answered'; readonly action: string } | { readonly kind: 'unavailable'; readonly reason: string }
  >
}

/** How a list names a service. */
export interface PolicyService {
  readonly service: string
  /** Default 100 s (smtpd_policy_service_timeout). */
  readonly timeout: Millis
  /** What counts when it is not available (smtpd_policy_service_default_action). */
  readonly defaultAction: string
  /** Told to the service, so that one can serve several lists (smtpd_policy_service_policy_context). */
  readonly context: string
}

const TIMEOUT: Millis = 100_000
const DEFAULT_ACTION = '451 4.3.5 Server configuration problem'

/** Units of times in main.cf, in milliseconds. */
const UNITS: { readonly [unit: string]: Millis } = { s: 1_000, m: 60_000, h: 3_600_000 }

/**
 *     policy-service = service / "{" service *( "," ( "{" name "=" value "}" / name "=" value ) ) "}"
 *     service        = "inet:" host ":" port / "unix:" path
 *
 * postconf(5), check_policy_service. @returns `undefined` for what is none.
 */
export function parsePolicyService(text: string): PolicyService | undefined {
  const inside = /^\{(.*)\}$/s.exec(text)?.[1]?.trim()
  const [service = '', ...members] = inside === undefined ? [text] : membersOf(inside)
  if (!/^(?:inet:\[?[^\s[\]/]+\]?:[\w-]+|unix:\/\S+)$/.test(service)) return undefined
  let timeout = TIMEOUT
  let defaultAction = DEFAULT_ACTION
  let context = ''
  for (const member of members) {
    const [, name, value = ''] = /^\{?\s*(\w+)\s*=\s*(.*?)\s*\}?$/s.exec(member) ?? []
    const [, count, unit = 's'] = /^(\d{1,5})([smh]?)$/.exec(value) ?? []
    if (name === 'timeout' && count !== undefined) timeout = Number(count) * (UNITS[unit === '' ? 's' : unit] ?? 0)
    else if (name === 'default_action' && value !== '') defaultAction = value
    else if (name === 'policy_context') context = value
    else return undefined
  }
  return timeout > 0 ? { service, timeout, defaultAction, context } : undefined
}

/** Words between commas and white space; what stands in braces is one. */
function membersOf(text: string): readonly string[] {
  return text.match(/\{[^{}]*\}|[^\s,{}]+/g) ?? []
}

/** How Postfix calls where a question comes up. */
function protocolState(facts: StageFacts, stage: string): string {
  if (stage === 'etrn') return 'ETRN'
  if (stage === 'expn') return 'EXPN'
  if (stage === 'data') return 'DATA'
  if (stage === 'endOfData') return 'END-OF-MESSAGE'
  if (facts.recipient !== undefined) return 'RCPT'
  if (facts.transaction !== undefined) return 'MAIL'
  return facts.session.hello ?? 'CONNECT'
}

/** The attributes of a request, of those that we know. SMTPD_POLICY_README, Protocol description. */
export function policyAttributes(
  stage: string,
  facts: StageFacts,
  client: { readonly name: string; readonly reverseName: string },
  context: string,
): ReadonlyMap<string, string> {
  const { session, transaction, accepted = 0 } = facts
  const { peer, identity, tls } = session
  const isLate = stage === 'data' || stage === 'endOfData'
  return new Map([
    ['request', 'smtpd_access_policy'],
    ['protocol_state', protocolState(facts, stage)],
    ['protocol_name', session.hello === 'HELO' || session.hello === null ? 'SMTP' : 'ESMTP'],
    ['client_address', clientAddress(session)],
    ['client_name', client.name],
    ['client_port', String(peer.port)],
    ['reverse_client_name', client.reverseName],
    ['server_address', peer.localAddress],
    ['server_port', String(peer.localPort)],
    ['helo_name', session.heloName ?? ''],
    ['sender', senderOf(facts) ?? ''],
    ['recipient', recipientOf(facts) ?? ''],
    ['recipient_count', String(isLate ? accepted : 0)],
    ['queue_id', ''],
    ['size', String(transaction?.parameters.size ?? 0)],
    ['etrn_domain', facts.etrnDomain ?? ''],
    ['sasl_method', session.mechanism ?? ''],
    ['sasl_username', identity?.user ?? ''],
    ['sasl_sender', transaction?.parameters.auth ?? ''],
    ['encryption_protocol', tls?.protocol ?? ''],
    ['encryption_cipher', tls?.cipher ?? ''],
    ['policy_context', context],
  ])
}

/**
 *     request   = *attribute LF
 *     attribute = name "=" value LF
 *
 * A value can hold no line end: what a peer said must not end it.
 */
export function writePolicyRequest(attributes: ReadonlyMap<string, string>): string {
  const lines = [...attributes].map(([name, value]) => `${name}=${value.replace(/[\x00-\x1f\x7f]/g, '?')}\n`)
  return `${lines.join('')}\n`
}

/** The action of an answer that is whole; `undefined` for one without. */
export function readPolicyReply(text: string): string | undefined {
  return /^action=[ \t]*(.*?)[ \t]*$/m.exec(text)?.[1]
}
