import { HostError } from '@mailwright/core'
import type { ConnectionVerdict, Verdict } from '../handler.js'
import type { HostNote } from '../session.js'
import type { Reply } from './reply.js'

/**
 * The reply of a refusal, `null` for a yes. Only a plain yes is one: a host that answers with anything else has not
 * said yes.
 *
 * @throws {HostError} when the verdict is none.
 */
export function refusalOf(verdict: ConnectionVerdict): Reply | null {
  // A host in plain JavaScript may answer with nothing at all.
  switch (verdict?.kind) {
    case 'accepted':
      return null
    case 'refused':
      return verdict.reply
    default:
      throw notAVerdict(verdict satisfies never)
  }
}

/** What the host noted with its yes. */
export function notesOf(verdict: Verdict): readonly HostNote[] {
  return verdict.kind === 'accepted' ? (verdict.notes ?? []) : []
}

/** The fault of a host whose handler answered with something that is not in the union. */
export function notAVerdict(answer: unknown): HostError {
  return new HostError(`not a verdict: ${JSON.stringify(answer)}`)
}
