import { type Clock, fromUtf8, type Random } from '@mailwright/core'
import { queueId, sessionTrace } from '@mailwright/relay'
import { filtered, headerGuard, submissionFilters } from '@mailwright/relay/driver'
import { type SmtpHandler, writeMailbox } from '@mailwright/smtp'
import type { ReceiveHook } from '../server/options.js'

/** Takes mail for any address of the given domains and hands it to a function; mail for anybody else is refused. */
export function receiveHandler(options: {
  readonly receive: ReceiveHook
  readonly domains: readonly string[]
  readonly hostname: string
  readonly clock: Clock
  readonly random: Random
}): SmtpHandler {
  const { receive, clock, random } = options
  const domains = new Set(options.domains.map((domain) => domain.toLowerCase()))
  const [home = options.hostname] = options.domains
  return {
    async recipient({ recipient }) {
      if (domains.has((recipient.domain ?? home).toLowerCase())) return { kind: 'accepted' }
      const text = `<${writeMailbox(recipient)}>: Relay access denied`
      return { kind: 'refused', reply: { code: 554, enhanced: '5.7.1', text } }
    },
    async message({ session, transaction, recipients, body }, signal) {
      const id = queueId(random)
      const to = recipients.map(({ localPart, domain }) => ({ localPart, domain: domain ?? home }))
      const only = to.length === 1 ? (to[0] ?? null) : null
      const at = clock.date()
      const stamp = fromUtf8(sessionTrace(session, transaction, id, only, at))
      await receive(
        {
          id,
          from: transaction.reversePath === null ? '' : writeMailbox(transaction.reversePath),
          to: to.map(writeMailbox),
          user: session.identity?.user ?? null,
          peerAddress: session.peer.address,
          body: filtered(
            body,
            [headerGuard(), ...submissionFilters({ session, transaction }, { id, at, home })],
            stamp,
          ),
        },
        signal,
      )
      if (session.role !== 'lmtp') return { kind: 'accepted', id }
      return { kind: 'perRecipient', outcomes: recipients.map(() => ({ kind: 'delivered', id })) }
    },
  }
}
