import type { LookupTables } from '@mailwright/core'
import { performer, runFlow } from '@mailwright/core/driver'
import { findLogin, lookUpTlsPolicy } from '@mailwright/relay'
import type { Chosen, SessionFacts, SmtpAgentOptions } from '@mailwright/relay/driver'
import type { ClientAuth } from '@mailwright/smtp'
import type { RelayOptions } from '../server/relay-options.js'

/** How we meet each destination: what the host's functions say, then its tables. */
export function destinationChoices(
  relay: Omit<RelayOptions, 'queue'>,
  tables: LookupTables,
): Pick<SmtpAgentOptions, 'credentials' | 'tlsPolicy' | 'sessionsBy'> {
  const { saslPasswordMaps = [], tlsPolicyMaps = [], loginsBy = 'host', loginPlaintext = 'overTls' } = relay
  const perform = performer([tables])
  const { signal } = new AbortController()

  async function login({ nexthop, host, sender }: SessionFacts): Promise<Awaited<Chosen<ClientAuth | undefined>>> {
    const given = relay.credentials?.(nexthop, host)
    if (given !== undefined || saslPasswordMaps.length === 0) return given
    const facts = { nexthop, host, ...(loginsBy === 'sender' ? { sender } : {}) }
    const found = await runFlow(findLogin(saslPasswordMaps, facts), perform, signal)
    switch (found.kind) {
      case 'found':
        return { credentials: found.credentials, needed: 'offered', plaintext: loginPlaintext }
      case 'none':
        return undefined
      case 'unavailable':
        return 'unavailable'
      default:
        return found satisfies never
    }
  }

  return {
    credentials: login,
    ...(loginsBy === 'sender' ? { sessionsBy: 'sender' } : {}),
    async tlsPolicy({ nexthop, host }) {
      const found = await runFlow(lookUpTlsPolicy(tlsPolicyMaps, nexthop), perform, signal)
      return found === 'none' ? (relay.tlsPolicy?.(nexthop, host) ?? { level: 'may' }) : found
    },
  }
}
