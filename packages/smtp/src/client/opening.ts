import { type Flow, fromBase64, startTls, toBase64 } from '@mailwright/core'
import type { Reply } from '../response/reply.js'
import type { ClientDialogue } from './dialogue.js'
import type { ClientFailure } from './host.js'

/**
 * From the greeting to where messages can be sent: EHLO (HELO where it is not known), STARTTLS and EHLO again, AUTH.
 *
 * @returns why it came to nothing; `null` when the session is open.
 */
export function* openSession(dialogue: ClientDialogue): Flow<ClientFailure | null> {
  const greeting = yield* dialogue.reply('greeting')
  if (greeting.kind === 'reply') dialogue.name = firstWord(greeting.reply)
  return (
    dialogue.failureOf(greeting) ??
    (yield* hello(dialogue)) ??
    (yield* encrypt(dialogue)) ??
    trust(dialogue) ??
    (yield* logIn(dialogue))
  )
}

/** RFC 5321 §3.2: who does not know EHLO is asked by HELO. LMTP knows LHLO only (RFC 2033 §4.1). */
function* hello(dialogue: ClientDialogue): Flow<ClientFailure | null> {
  const { protocol, hostname } = dialogue.settings
  const verb = protocol === 'lmtp' ? 'LHLO' : 'EHLO'
  const result = yield* dialogue.ask(verb, `${verb} ${hostname}`)
  if (result.kind === 'reply' && result.reply.code < 300) {
    dialogue.extensions = extensionsOf(result.reply)
    return null
  }
  dialogue.extensions = new Map()
  if (verb === 'LHLO' || result.kind === 'malformed' || result.reply.code < 500) return dialogue.failureOf(result)
  return dialogue.failureOf(yield* dialogue.ask('HELO', `HELO ${hostname}`))
}

/**
 *     ehlo-line = ehlo-keyword *( SP ehlo-param )
 *
 * RFC 5321 §4.1.1.1, in upper case. `AUTH=LOGIN` is how servers said it before RFC 2554.
 */
function extensionsOf({ text }: Reply): ReadonlyMap<string, string> {
  const [, ...lines] = typeof text === 'string' ? [text] : text
  const extensions = new Map<string, string>()
  for (const line of lines) {
    const [, keyword = '', rest = ''] = /^([A-Za-z0-9][A-Za-z0-9-]*)[ =]?(.*)$/.exec(line) ?? []
    const name = keyword.toUpperCase()
    // The old form may stand beside the new one.
    const before = name === 'AUTH' ? extensions.get(name) : undefined
    if (name !== '') extensions.set(name, before === undefined ? rest.trim() : `${before} ${rest.trim()}`)
  }
  return extensions
}

/**
 * RFC 3207 §4. What the server said in clear text is forgotten: its name, its extensions, and whatever came behind the 220 (response injection,
 * CVE-2021-33515's other side).
 */
function* encrypt(dialogue: ClientDialogue): Flow<ClientFailure | null> {
  const { tls: policy } = dialogue.settings
  if (policy === 'none' || dialogue.tls !== null) return null
  const isMust = policy !== 'may'
  if (!dialogue.offers('STARTTLS')) {
    const text = `TLS is required, but was not offered by host ${dialogue.shown}`
    return isMust ? { kind: 'tls', lacks: 'encryption', text } : null
  }
  const result = yield* dialogue.ask('STARTTLS', 'STARTTLS')
  if (result.kind === 'malformed') return dialogue.failureOf(result)
  if (result.reply.code !== 220) return isMust ? dialogue.failureOf(result) : null
  dialogue.stage = 'TLS handshake'
  dialogue.tls = yield* startTls()
  dialogue.extensions = new Map()
  return yield* hello(dialogue)
}

/** RFC 8689, and hosts whose policy says whom they mean to talk to. */
function trust({ settings, tls }: ClientDialogue): ClientFailure | null {
  if (settings.tls !== 'verified' || tls?.trust === 'Verified') return null
  return { kind: 'tls', lacks: 'trust', text: 'Server certificate not verified' }
}

/** RFC 4954 §4. Postfix's words for what fails. */
function* logIn(dialogue: ClientDialogue): Flow<ClientFailure | null> {
  const { auth, limits } = dialogue.settings
  if (auth === null || (auth.needed === 'offered' && !dialogue.offers('AUTH'))) return null
  const offered = new Set((dialogue.offer('AUTH') ?? '').toUpperCase().split(/\s+/))
  for (const mechanism of auth.mechanisms) {
    if (!offered.has(mechanism.name)) continue
    if (mechanism.isPlaintext && dialogue.tls === null && auth.plaintext === 'overTls') continue
    const exchange = mechanism.begin(auth.credentials)
    if (exchange === null) continue
    const { initialResponse } = exchange
    const initial = initialResponse === null ? '' : ` ${toBase64(initialResponse) || '='}`
    let result = yield* dialogue.ask('AUTH', `AUTH ${mechanism.name}${initial}`)
    for (let asked = 0; result.kind === 'reply' && result.reply.code === 334; asked++) {
      if (asked > limits.authChallenges) {
        return { kind: 'auth', text: `SASL authentication failed; server ${dialogue.shown} asks without end` }
      }
      const challenge = asked === limits.authChallenges ? undefined : fromBase64(oneText(result.reply))
      const response = challenge === undefined ? null : exchange.respond(challenge)
      result = yield* dialogue.ask('AUTH', response === null ? '*' : toBase64(response))
    }
    if (result.kind === 'reply' && result.reply.code < 300 && exchange.isProved === false) {
      return { kind: 'auth', text: `SASL authentication failed; server ${dialogue.shown} did not prove who it is` }
    }
    return dialogue.failureOf(result)
  }
  return {
    kind: 'auth',
    text: `SASL authentication failed; cannot authenticate to server ${dialogue.shown}: no mechanism available`,
  }
}

function oneText({ text }: Reply): string {
  return (typeof text === 'string' ? text : text.join('')).trim()
}

function firstWord(reply: Reply): string {
  return oneText(reply).split(' ')[0] ?? ''
}
