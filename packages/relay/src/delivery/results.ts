import { type ClientFailure, type ClientOutcome, type ClientStage, type Reply, replyText } from '@mailwright/smtp'
import type { DeliveryResult } from './agent.js'

/** The server at the other end, as logs name it. */
export interface RemoteHost {
  readonly name: string
  /** `mx.example.org[192.0.2.1]`, or the path of a socket. */
  readonly shown: string
  /** With its port, as in `relay=`. */
  readonly relay: string
}

/** What became of a recipient, in Postfix's words. */
export function resultOf(
  position: number,
  outcome: ClientOutcome,
  remote: RemoteHost,
  reports: Extract<DeliveryResult, { readonly kind: 'delivered' }>['reports'],
): DeliveryResult {
  const base = { position, relay: remote.relay }
  switch (outcome.kind) {
    case 'accepted':
      return {
        ...base,
        kind: 'delivered',
        status: outcome.reply.enhanced ?? '2.0.0',
        text: replyText(outcome.reply),
        reports,
      }
    case 'refused': {
      const { reply, stage } = outcome
      const said = `host ${remote.shown} said: ${replyText(reply)} (in reply to ${stage} command)`
      if (reply.code < 400) return { ...base, kind: 'failed', status: '5.5.0', text: `Protocol error: ${said}` }
      return {
        ...base,
        kind: reply.code >= 500 ? 'failed' : 'deferred',
        status: statusOf(reply),
        text: said,
        remote: { host: remote.name, reply: replyText(reply) },
      }
    }
    case 'unsendable':
      return { ...base, kind: 'failed', status: outcome.enhanced, text: outcome.text }
    case 'broken':
      return { ...base, kind: 'deferred', ...failureWords(outcome.failure, remote) }
    default:
      return outcome satisfies never
  }
}

/** Status and text of a session that came to nothing. Everything is worth another try, as in Postfix. */
export function failureWords(
  failure: ClientFailure,
  { shown, name }: RemoteHost,
): Pick<DeliveryResult, 'status' | 'text'> & {
  readonly remote?: { readonly host: string; readonly reply: string }
} {
  switch (failure.kind) {
    case 'refused': {
      const text = replyText(failure.reply)
      const remote = { host: name, reply: text }
      const status = temporary(statusOf(failure.reply))
      if (OPENING.has(failure.stage)) return { status, text: `host ${shown} refused to talk to me: ${text}`, remote }
      if (failure.stage === 'AUTH') {
        return { status, text: `SASL authentication failed; server ${shown} said: ${text}`, remote }
      }
      if (failure.stage === 'STARTTLS') {
        return { status, text: `TLS is required, but host ${shown} refused to start TLS: ${text}`, remote }
      }
      return { status, text: `host ${shown} said: ${text} (in reply to ${failure.stage} command)`, remote }
    }
    case 'ended': {
      if (failure.stage === 'TLS handshake') return { status: '4.7.5', text: 'Cannot start TLS: handshake failure' }
      const doing = failure.stage === 'greeting' ? 'receiving the initial server greeting' : WHILE[failure.stage]
      const what =
        failure.why === 'timeout' ? `conversation with ${shown} timed out while` : `lost connection with ${shown} while`
      return { status: '4.4.2', text: `${what} ${doing ?? `sending ${failure.stage}`}` }
    }
    case 'malformed':
      return { status: '4.5.0', text: `host ${shown} sent no reply to ${failure.stage}: ${failure.line}` }
    case 'tls':
      return { status: failure.lacks === 'encryption' ? '4.7.4' : '4.7.5', text: failure.text }
    case 'auth':
      return { status: '4.7.0', text: failure.text }
    default:
      return failure satisfies never
  }
}

/** Before anything was asked of the server. */
const OPENING: ReadonlySet<ClientStage> = new Set(['greeting', 'EHLO', 'HELO', 'LHLO'])

const WHILE: { readonly [stage: string]: string } = {
  EHLO: 'performing the EHLO handshake',
  HELO: 'performing the HELO handshake',
  LHLO: 'performing the LHLO handshake',
  STARTTLS: 'receiving the STARTTLS response',
  AUTH: 'performing the EHLO handshake',
  DATA: 'sending DATA command',
  'end of DATA': 'sending end of data -- message may be sent more than once',
}

/** The server's own status code; one of its class where it gave none. */
function statusOf({ code, enhanced }: Reply): string {
  return enhanced ?? `${String(code).charAt(0)}.0.0`
}

/** The session failed, not the message: whatever the server thinks, the message may go elsewhere. */
function temporary(status: string): string {
  return status.replace(/^5/, '4')
}
