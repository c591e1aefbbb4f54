import { type Clock, HostError } from '@mailwright/core'
import { type Performer, runFlow } from '@mailwright/core/driver'
import type { DeliveryAgent, Router } from '@mailwright/relay'
import { createCommandAgent, findSystemUser } from '@mailwright/relay/node'
import type { RelayOptions } from '../server/relay-options.js'

/**
 * Delivers mail for users of the site into a program (Postfix's mailbox_command). A user whom the machine knows by the same name has the program run by his own rights and in his
 * home, where this process may do that; any other by those of `aliasUser`.
 *
 * @throws {HostError} for root without `aliasUser`, and for a program or an argument that is none.
 */
export function mailboxCommandAgent(
  { mailboxCommand, aliasUser }: Required<Pick<RelayOptions, 'mailboxCommand'>> & Pick<RelayOptions, 'aliasUser'>,
  {
    router,
    perform,
    delimiter,
    clock,
  }: {
    readonly router: () => Pick<Router, 'user' | 'qualify'>
    /** Answers the router's calls. */
    readonly perform: Performer
    readonly delimiter: string
    readonly clock: Clock
  },
): DeliveryAgent {
  const isRoot = process.getuid?.() === 0
  if (isRoot && aliasUser === undefined) {
    throw new HostError('relay.mailboxCommand: programs need the rights of somebody who is not root: set aliasUser')
  }
  const { argv, env, timeLimit } = mailboxCommand
  return createCommandAgent({
    argv,
    ...(env === undefined ? {} : { env }),
    ...(timeLimit === undefined ? {} : { limits: { time: timeLimit } }),
    delimiter,
    clock,
    async userOf(address, signal) {
      const found = await runFlow(router().user(router().qualify(address)), perform, signal)
      if (found.kind !== 'found') return { kind: found.kind === 'noSuchUser' ? 'unknownUser' : 'unavailable' }
      const known = await findSystemUser(found.user).catch(() => 'unreadable' as const)
      if (known === 'unreadable') return { kind: 'unavailable' }
      const { as, ...user } = known ?? { name: found.user, home: '/', as: aliasUser }
      return { kind: 'found', user: isRoot && as !== undefined ? { ...user, as } : user }
    },
  })
}
