import type { CloseReason } from '@mailwright/core'
import type { Reply } from './reply.js'

/** What a command comes to. Commands return it; only the command runner writes it, so each gets exactly one. */
export interface Answer {
  /** One reply; one a recipient at the end of LMTP's DATA (RFC 2033 §4.2); none after STARTTLS, where TLS is the answer. */
  readonly replies: readonly Reply[]
  /** What it says about the peer: a mistake, and a refusal by the host where such count, bring it nearer to its error limits. */
  readonly verdict: 'fine' | 'mistake' | 'refused'
  /** Close the connection after it. */
  readonly close: CloseReason | null
}

/** An answer that is nobody's mistake. */
export function said(...replies: readonly Reply[]): Answer {
  return { replies, verdict: 'fine', close: closing(replies) }
}

/** An answer to a mistake. */
export function mistake(reply: Reply): Answer {
  return { replies: [reply], verdict: 'mistake', close: closing([reply]) }
}

/** An answer after which the connection closes. */
export function farewell(reply: Reply, close: CloseReason): Answer {
  return { replies: [reply], verdict: 'fine', close }
}

/** 421 says "closing transmission channel" (RFC 5321 §4.2.3): then it is closed, whoever said so. */
function closing(replies: readonly Reply[]): CloseReason | null {
  return replies.some((reply) => reply.code === 421) ? 'refused' : null
}
